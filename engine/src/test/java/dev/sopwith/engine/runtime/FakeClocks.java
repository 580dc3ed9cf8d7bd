package dev.sopwith.engine.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Clocks that a test sets, as people and time servers do it, and lets go on, as time does.
 *
 * <p>Threading: safe from any thread.
 */
final class FakeClocks implements Clocks {
    private Instant wall; // guarded by this
    private Duration running = Duration.ofDays(2); // guarded by this
    private Duration asleep = Duration.ZERO; // guarded by this
    private boolean knowsSleep = true; // guarded by this
    private Synchronised synchronised = Synchronised.NO; // guarded by this

    FakeClocks(Instant wall) {
        this.wall = wall;
    }

    /** Time goes on. */
    synchronized void pass(Duration time) {
        wall = wall.plus(time);
        running = running.plus(time);
    }

    /** Somebody sets the clock. */
    synchronized void jump(Duration by) {
        wall = wall.plus(by);
    }

    /** The machine sleeps. */
    synchronized void sleep(Duration time) {
        wall = wall.plus(time);
        asleep = asleep.plus(time);
    }

    synchronized void hideSleep() {
        knowsSleep = false;
    }

    synchronized void setSynchronised(Synchronised now) {
        synchronised = now;
    }

    /** The machine was started anew, by whatever the clock says now. */
    synchronized void restart() {
        running = Duration.ofSeconds(20);
        asleep = Duration.ZERO;
    }

    @Override
    public synchronized Instant wall() {
        return wall;
    }

    @Override
    public synchronized Duration running() {
        return running;
    }

    @Override
    public synchronized Optional<Duration> runningOrAsleep() {
        return knowsSleep ? Optional.of(running.plus(asleep)) : Optional.empty();
    }

    @Override
    public synchronized Synchronised synchronised() {
        return synchronised;
    }
}
