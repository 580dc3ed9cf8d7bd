/**
 * The imperative shell around the machine: takes what comes in to one commit, then makes the world
 * look like the state. Small; what decides is in {@code engine.run} and {@code engine.trigger}.
 */
@NullMarked
package dev.sopwith.engine.runtime;

import org.jspecify.annotations.NullMarked;
