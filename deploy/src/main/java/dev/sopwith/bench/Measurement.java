package dev.sopwith.bench;

import java.time.Duration;

/**
 * One figure beside its yardstick, both measured in the same run.
 *
 * @param name what was done
 * @param unit of all numbers here
 * @param target what the median shall stay below
 * @param yardstick what was done for comparison
 */
record Measurement(
        String name,
        Unit unit,
        long target,
        Spread value,
        String yardstick,
        Spread yardstickValue) {

    /** What is measured. */
    enum Unit {
        NANOSECONDS,
        BYTES,
        /** How often. */
        TIMES
    }

    /** A measurement of time. */
    Measurement(String name, Duration target, Spread time, String yardstick, Spread yardstickTime) {
        this(name, Unit.NANOSECONDS, target.toNanos(), time, yardstick, yardstickTime);
    }

    /** How many times as much as the yardstick it took. */
    double ratio() {
        return (double) value.median() / Math.max(1, yardstickValue.median());
    }

    /** Whether the median is below the target: said, never asserted. */
    boolean meetsTarget() {
        return value.median() < target;
    }
}
