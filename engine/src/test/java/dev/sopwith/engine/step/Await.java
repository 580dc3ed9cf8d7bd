package dev.sopwith.engine.step;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, as long as it takes but not for ever. */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Await() {}

    /**
     * Returns once it holds; what it throws fails the test.
     *
     * @param what is waited for, in words
     */
    public static void until(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > end) throw new AssertionError("in vain: " + what);
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        } catch (Exception e) {
            throw new AssertionError("while waiting: " + what, e);
        }
    }
}
