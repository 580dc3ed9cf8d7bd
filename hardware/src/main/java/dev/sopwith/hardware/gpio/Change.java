package dev.sopwith.hardware.gpio;

import java.time.Instant;

/**
 * A signal went on or off.
 *
 * @param at when, by the wall clock
 * @param sequence of the edges of an input since it is held, from 1; 0 for an output
 * @param missed edges just before this one that came and went before they could be read
 */
public record Change(
        String board, String signal, boolean isOn, Instant at, long sequence, long missed) {
    /** {@return as triggers name it, such as {@code hall/button}} */
    public String topic() {
        return board + "/" + signal;
    }

    /** What triggers get as payload. */
    public String json() {
        // Names of boards and signals need no escapes.
        return "{\"board\":\"%s\",\"signal\":\"%s\",\"value\":%d,\"at\":\"%s\",\"seq\":%d}"
                .formatted(board, signal, isOn ? 1 : 0, at, sequence);
    }
}
