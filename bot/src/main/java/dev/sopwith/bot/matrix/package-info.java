/**
 * Matrix as a chat network. In: documents to be shown, and what a homeserver tells. Out: messages
 * in rooms, and what people did there.
 *
 * <p>The Kotlin files are the bridge to trixnity and the only ones that see it; all that is decided
 * is decided in Java. {@code MatrixConnectors} makes one {@code MatrixConnector} for each of the
 * roster; those of one user share a {@code MatrixAccount}: one device, one sync, one queue.
 */
@NullMarked
package dev.sopwith.bot.matrix;

import org.jspecify.annotations.NullMarked;
