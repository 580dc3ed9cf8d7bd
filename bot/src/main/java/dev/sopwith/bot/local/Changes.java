package dev.sopwith.bot.local;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes whoever waits for something to change. A change only says "look".
 *
 * <p>Threading: safe from any thread.
 */
final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long count; // guarded by lock

    /** Something has changed. */
    void tell() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many changes there were. */
    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there were more changes than these, or the time is over. */
    void await(long seen, Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (count == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
