/**
 * Reads SOP.toml and SOP.md (FORMAT §1, 2, 5, 7). {@code SopReader} is the door.
 *
 * <p>In: the files of one folder, held in memory. Out: a {@code Sop}, or diagnostics with places.
 * With one error there is no {@code Sop}; nothing is thrown for any input. Pure.
 */
@NullMarked
package dev.sopwith.engine.reading;

import org.jspecify.annotations.NullMarked;
