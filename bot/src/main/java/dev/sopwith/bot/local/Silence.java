package dev.sopwith.bot.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks after a client that waits for the service: tells whoever waits when nothing comes, and
 * hangs up when nothing has come for too long. A read of a socket has no time-out of its own.
 *
 * <p>Threading: each watch has a thread of its own, which ends with it.
 */
final class Silence {
    private final Path socket;
    private final Wire wire;
    private final Consumer<String> worry;
    private final LocalClient.Patience patience;

    Silence(Path socket, Wire wire, Consumer<String> worry, LocalClient.Patience patience) {
        this.socket = socket;
        this.wire = wire;
        this.worry = worry;
        this.patience = patience;
    }

    /**
     * Watches from now on.
     *
     * @param isAsked whether the service is sent something to do
     * @param isLong whether the answer is meant to take its time
     */
    Watch watch(boolean isAsked, boolean isLong) {
        return new Watch(isAsked, isLong);
    }

    /** One exchange, for as long as it lasts. */
    final class Watch implements AutoCloseable {
        private final boolean isAsked;
        private final boolean isLong;
        private final long begin = System.nanoTime();
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread thread;
        private volatile String whyEnded = "";

        private Watch(boolean isAsked, boolean isLong) {
            this.isAsked = isAsked;
            this.isLong = isLong;
            // Not a virtual one: the first of them costs a short command more than it waits for.
            this.thread = Thread.ofPlatform().daemon().name("local-silence").start(this::look);
        }

        /** Why the exchange failed: what was thrown, or that the service was silent. */
        IOException reason(IOException thrown) {
            return whyEnded.isEmpty() ? thrown : new LocalClient.Silent(whyEnded, isAsked);
        }

        private void look() {
            boolean isToldOfSilence = false;
            boolean isToldOfWork = isLong;
            try {
                while (!over.await(untilNext().toNanos(), TimeUnit.NANOSECONDS)) {
                    var silent = silent();
                    boolean isSilent = silent.compareTo(patience.worry()) >= 0;
                    if (silent.compareTo(patience.end()) >= 0) {
                        whyEnded = notAnswered(patience.end());
                        wire.close();
                        return;
                    }
                    if (isSilent && !isToldOfSilence) {
                        worry.accept(notAnswered(patience.worry()) + "; still waiting");
                    } else if (!isSilent && !isToldOfWork && isOld()) {
                        worry.accept("the service is still at it; waiting");
                        isToldOfWork = true;
                    }
                    isToldOfSilence = isSilent;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private Duration silent() {
            long now = System.nanoTime();
            return Duration.ofNanos(now - begin).compareTo(sinceHeard(now)) < 0
                    ? Duration.ofNanos(now - begin)
                    : sinceHeard(now);
        }

        private Duration sinceHeard(long now) {
            return Duration.ofNanos(Math.max(0, now - wire.heardAt()));
        }

        private boolean isOld() {
            return System.nanoTime() - begin >= patience.worry().toNanos();
        }

        /** Until it can be time to say something. */
        private Duration untilNext() {
            var silent = silent();
            var next = silent.compareTo(patience.worry()) < 0 ? patience.worry() : patience.end();
            var left = next.minus(silent);
            // A byte may come meanwhile and the next silence begin: that must not be overslept.
            return left.compareTo(patience.worry()) < 0 ? left : patience.worry();
        }

        private String notAnswered(Duration time) {
            return "the service has not answered for %d s%s"
                    .formatted(
                            time.toSeconds(), SocketOwner.of(socket).map(": "::concat).orElse(""));
        }

        /** Ends it; nothing is told after this. */
        @Override
        public void close() {
            over.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
