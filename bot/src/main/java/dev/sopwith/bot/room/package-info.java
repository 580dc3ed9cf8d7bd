/**
 * What a room shows of a run: its state put into words and documents.
 *
 * <p>In: runs, their events, what a step would do. Out: documents with a key each. Pure: the same
 * state is the same document, for ever; sends nothing and knows no network.
 */
@NullMarked
package dev.sopwith.bot.room;

import org.jspecify.annotations.NullMarked;
