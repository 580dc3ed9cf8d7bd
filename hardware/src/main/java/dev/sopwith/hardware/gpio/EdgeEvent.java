package dev.sopwith.hardware.gpio;

import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.DigitalStateChangeEvent;

/** A change of an input, with what tells it from others. */
final class EdgeEvent extends DigitalStateChangeEvent<DigitalInput> {
    private final long nanos;
    private final long sequence;
    private final long missed;

    /**
     * @param nanos when it was, by the clock of {@link System#nanoTime}
     * @param sequence of the edges of this line since it is held, from 1
     * @param missed edges just before it that nobody read in time
     */
    EdgeEvent(DigitalInput source, boolean isHigh, long nanos, long sequence, long missed) {
        super(source, DigitalState.getState(isHigh));
        this.nanos = nanos;
        this.sequence = sequence;
        this.missed = missed;
    }

    long nanos() {
        return nanos;
    }

    long sequence() {
        return sequence;
    }

    long missed() {
        return missed;
    }
}
