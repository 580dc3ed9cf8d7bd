package dev.sopwith.bench.synapse;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what becomes true in the end. */
public final class Eventually {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final long PAUSE_NANOS = 20_000_000;

    private Eventually() {}

    /** Something that becomes true in the end. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits until it is so; it must be so in the end. */
    public static void await(Condition condition) throws Exception {
        await(condition, () -> "out of time");
    }

    /**
     * The same.
     *
     * @param what is said when it never is
     */
    public static void await(Condition condition, Callable<String> what) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError(what.call());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
