package dev.sopwith.ingress;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends reads that wait for a sender who has fallen silent: the web server's own sockets know no
 * time limit. Whoever reads then finds the connection closed.
 *
 * <p>Threading: safe from any thread.
 */
final class Watchdog implements AutoCloseable {
    /** Who still sends when a read takes too long is told so, before the connection is closed. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Duration patience;
    private final ScheduledThreadPoolExecutor timer;

    Watchdog(Duration patience) {
        this.patience = patience;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("slow senders").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** How long a read may take. */
    Duration patience() {
        return patience;
    }

    /** Watches this thread until the answer is closed; what it does after that is not disturbed. */
    Watch watch() {
        return new Watch(Thread.currentThread());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** One read that is watched. */
    final class Watch implements AutoCloseable {
        private final Thread reader;
        private final Future<?> end;
        private boolean isOver; // guarded by this

        private Watch(Thread reader) {
            this.reader = reader;
            long nanos = patience.plus(GRACE).toNanos();
            end = timer.schedule(this::interrupt, nanos, TimeUnit.NANOSECONDS);
        }

        private synchronized void interrupt() {
            if (!isOver) reader.interrupt();
        }

        @Override
        public void close() {
            synchronized (this) {
                isOver = true;
            }
            end.cancel(false);
            Thread.interrupted(); // it was about the read, which is over
        }
    }
}
