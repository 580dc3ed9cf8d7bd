package dev.sopwith.hardware.mqtt;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, as long as it takes but not for ever. */
public final class Until {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Until() {}

    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) throw new AssertionError("in vain: " + what);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
