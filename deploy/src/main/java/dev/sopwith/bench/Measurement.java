package dev.sopwith.bench;

import java.time.Duration;

/**
 * One figure beside its yardstick, both measured in the same run.
 *
 * @param name what was done
 * @param target what the median shall stay below
 * @param yardstick what was done for comparison
 */
record Measurement(
        String name, Duration target, Spread time, String yardstick, Spread yardstickTime) {

    /** How many times as long as the yardstick it took. */
    double ratio() {
        return (double) time.median() / Math.max(1, yardstickTime.median());
    }

    /** Whether the median is below the target: said, never asserted. */
    boolean meetsTarget() {
        return time.median() < target.toNanos();
    }
}
