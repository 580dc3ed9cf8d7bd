package dev.sopwith.bench;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param warmUp how long it is repeated before any time is taken
 * @param shortWarmUp the same for what takes less than {@link Meter#SHORT_NANOS}: its time is that
 *     of the compiled code, and on a busy machine the compiler is not done after a second (one
 *     figure then swung between 120 and 1,300 µs)
 * @param samples how many times are taken then
 * @param batch how long one sample lasts at least: what is shorter is repeated and divided
 * @param freshJvms how many processes are started for a cold figure
 */
record Effort(Duration warmUp, Duration shortWarmUp, int samples, Duration batch, int freshJvms) {
    static final Effort USUAL =
            new Effort(Duration.ofSeconds(1), Duration.ofSeconds(8), 15, Duration.ofMillis(5), 3);
}
