/**
 * The rules of a run. In come facts about a SOP and what has happened so far; out go decisions.
 *
 * <p>Pure: only the JDK and the domain, no clock, no I/O, no randomness.
 */
@NullMarked
package dev.sopwith.engine.run;

import org.jspecify.annotations.NullMarked;
