package dev.sopwith.bench;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param warmUp how long it is repeated before any time is taken, so that the compiler is done
 * @param samples how many times are taken then
 * @param batch how long one sample lasts at least: what is shorter is repeated and divided
 * @param freshJvms how many processes are started for a cold figure
 */
record Effort(Duration warmUp, int samples, Duration batch, int freshJvms) {
    static final Effort USUAL = new Effort(Duration.ofSeconds(1), 15, Duration.ofMillis(5), 3);
}
