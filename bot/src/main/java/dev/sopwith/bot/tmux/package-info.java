/**
 * The connector to the terminals of this machine: a room that clients of the local socket follow.
 *
 * <p>In: documents. Out: frames with rising numbers to whoever follows, and what people say as
 * events. Knows no terminal and no tmux: those are the clients' affair, and tmux carries nothing.
 */
@NullMarked
package dev.sopwith.bot.tmux;

import org.jspecify.annotations.NullMarked;
