/**
 * Whether the record is whole, and the record for people to read. In: a store, or a copy of one.
 * Out: the first row that is not as it was written; one run as JSON lines or as a report.
 *
 * <p>The store chains what is appended (see {@code Trail}); nothing here writes.
 */
@NullMarked
package dev.sopwith.engine.audit;

import org.jspecify.annotations.NullMarked;
