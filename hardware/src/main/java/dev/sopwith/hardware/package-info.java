/**
 * Devices: GPIO pins and MQTT brokers, as sources of triggers and as runners of steps.
 *
 * <p>In: changes of signals, messages. Out: deliveries for the engine, switched pins, published
 * messages. This module sees the engine and never the chat.
 */
@NullMarked
package dev.sopwith.hardware;

import org.jspecify.annotations.NullMarked;
