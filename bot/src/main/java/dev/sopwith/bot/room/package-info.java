/**
 * What a room shows: state put into words and documents, and the reconciler that makes a room show
 * them.
 *
 * <p>In: runs, their events, what a step would do. Out: documents with a key each, through a
 * connector. Making documents is pure: the same state is the same document, for ever. Knows no
 * network.
 */
@NullMarked
package dev.sopwith.bot.room;

import org.jspecify.annotations.NullMarked;
