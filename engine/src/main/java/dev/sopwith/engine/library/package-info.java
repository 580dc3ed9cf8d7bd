/**
 * The SOPs on disk: one folder each, kept current while people edit them. {@code SopSet} is all of
 * them at one moment, {@code SopLibrary} follows the disk.
 *
 * <p>In: a folder that may be hostile, broken or half written. Out: sets of readable SOPs, what is
 * wrong with the others, and one event for each folder that changed.
 */
@NullMarked
package dev.sopwith.engine.library;

import org.jspecify.annotations.NullMarked;
