/**
 * The port to chat networks: {@code Connector} sends what it is given and hears what people do,
 * {@code ConnectorRegistry} makes one by its kind.
 *
 * <p>In: documents, plain text with a shape, to be shown in rooms. Out: typed events with the
 * network's own ids. Knows no network, no run and no store; decides nothing.
 */
@NullMarked
package dev.sopwith.engine.chat;

import org.jspecify.annotations.NullMarked;
