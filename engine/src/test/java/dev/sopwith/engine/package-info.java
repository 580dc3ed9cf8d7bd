/** Runs the conformance cases: data in, what the product answers out, compared with data. */
@NullMarked
package dev.sopwith.engine;

import org.jspecify.annotations.NullMarked;
