/**
 * The model: what a SOP says once it has been read, and what there is to say about one that could
 * not be.
 *
 * <p>In: nothing but the small languages of {@code engine.expression}. Out: immutable values that
 * every other package shares ({@code Sop}, {@code Step}, {@code Trigger}, {@code Input}, {@code
 * SopFiles}, {@code Diagnostic}).
 */
@NullMarked
package dev.sopwith.engine.sop;

import org.jspecify.annotations.NullMarked;
