/**
 * Chat: words to commands, state to posts, one connector a network.
 *
 * <p>In: what people write and click. Out: commands for the engine, posts in rooms. This module
 * sees the engine and never the hardware; no network's library is known outside of its connector.
 */
@NullMarked
package dev.sopwith.bot;

import org.jspecify.annotations.NullMarked;
