/**
 * Decides what a delivery starts. In comes a {@link dev.sopwith.engine.trigger.Delivery} of any
 * source; out goes which triggers hear it and whether their conditions hold ({@link
 * dev.sopwith.engine.trigger.Matcher}), and whether a run may start now ({@link
 * dev.sopwith.engine.trigger.Admission}).
 *
 * <p>All of it is pure: no clock, no store, no network. Where deliveries come from and how their
 * outcome is recorded is not known here.
 */
@NullMarked
package dev.sopwith.engine.trigger;

import org.jspecify.annotations.NullMarked;
