/**
 * How SOPs are put into words, the same for terminals and for rooms.
 *
 * <p>In: a SOP as it was read. Out: plain pieces of text; whoever shows them wraps and colours
 * them. Pure.
 */
@NullMarked
package dev.sopwith.bot.words;

import org.jspecify.annotations.NullMarked;
