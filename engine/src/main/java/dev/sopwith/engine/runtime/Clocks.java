package dev.sopwith.engine.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a machine knows about time: the clock on its wall, which people and time servers set, and
 * counters that nobody can set, to compare it with.
 *
 * <p>Threading: safe from any thread.
 */
public interface Clocks {
    /** The time of day, as it is set. */
    Instant wall();

    /** Since some moment; nobody sets it. It may stand still while the machine sleeps. */
    Duration running();

    /** The same, and it goes on while the machine sleeps; empty where there is no such counter. */
    Optional<Duration> runningOrAsleep();

    /** Whether a time server keeps the wall clock right, as far as the kernel knows. */
    Synchronised synchronised();

    /** An answer that may not be known. */
    enum Synchronised {
        YES,
        NO,
        /** The system does not say, or may not tell this process. */
        UNKNOWN
    }

    /** A clock that is right by definition, whatever it says: nothing is compared with it. */
    static Clocks right(InstantSource wall) {
        return new Clocks() {
            @Override
            public Instant wall() {
                return wall.instant();
            }

            @Override
            public Duration running() {
                return Duration.between(Instant.EPOCH, wall.instant());
            }

            @Override
            public Optional<Duration> runningOrAsleep() {
                return Optional.empty();
            }

            @Override
            public Synchronised synchronised() {
                return Synchronised.YES;
            }
        };
    }
}
