/**
 * Boards by hand, over the socket: what their signals are, what becomes of them, and setting one.
 * In come requests that begin with {@code hardware}; all others go on to whom they are for.
 */
@NullMarked
package dev.sopwith.boards;

import org.jspecify.annotations.NullMarked;
