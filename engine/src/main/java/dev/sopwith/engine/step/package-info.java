/**
 * Doing what a step says: the port {@code StepRunner} and its runners for shell and http blocks.
 *
 * <p>In: a {@code StepOrder}, with everything decided and filled in. Out: a {@code StepEnd},
 * masked. Nothing here knows a run, a gate or the store; whoever calls has stored that the step
 * starts before, and stores its end after.
 */
@NullMarked
package dev.sopwith.engine.step;

import org.jspecify.annotations.NullMarked;
