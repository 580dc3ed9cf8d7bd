package dev.sopwith.engine.runtime;

import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.store.Runs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Erases what is kept for {@value #KEPT_DAYS} days and is older: what happened in runs that are
 * over and what their steps left on the disk, what deliveries carried, what was heard, closed
 * posts. Never the chain, and nothing of a run that has not ended.
 *
 * <p>Level-triggered: each look compares what is there with the clock, so that one that was missed
 * or cut off costs nothing. While the clock is in doubt nothing is erased.
 *
 * <p>Threading: one virtual thread. The writer of the store gets small portions, others in between.
 */
public final class Retention implements AutoCloseable {
    /** How long all of this is kept. */
    public static final int KEPT_DAYS = 30;

    private static final Duration KEPT = Duration.ofDays(KEPT_DAYS);
    private static final Duration PERIOD = Duration.ofHours(6);

    /** A clock that was set is in doubt by then: {@link Deadlines} looks more often. */
    private static final Duration CLOCK_IS_SEEN = Deadlines.PERIOD.multipliedBy(20);

    private static final System.Logger LOG = System.getLogger(Retention.class.getName());

    private final Engine engine;
    private final ShellRunner steps;
    private final InstantSource clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Retention of this engine's store and of the directories of its steps. */
    public Retention(Engine engine, ShellRunner steps, InstantSource clock) {
        this.engine = engine;
        this.steps = steps;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("retention").unstarted(this::watch);
    }

    /** Begins; something looks at the clock already. */
    public void start() {
        thread.start();
    }

    private void watch() {
        try {
            do {
                var now = clock.instant();
                if (isClosedAfter(CLOCK_IS_SEEN)) return;
                pass(now);
            } while (!isClosedAfter(PERIOD));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosedAfter(Duration time) throws InterruptedException {
        return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Erases all that is too old by now; what fails is tried again with the next look. */
    void pass(Instant now) {
        try {
            if (engine.clockDoubt().isPresent()) return;
            var before = now.minus(KEPT);
            int rows = engine.store().retain(before.toEpochMilli(), now.toEpochMilli());
            int runs = cleanSteps(before);
            if (rows + runs > 0) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "retention erased %d rows and the steps of %d runs: older than %d days"
                                .formatted(rows, runs, KEPT_DAYS));
            }
        } catch (IOException | RuntimeException e) {
            if (closed.getCount() > 0) {
                LOG.log(System.Logger.Level.ERROR, "retention failed, it tries again later", e);
            }
        }
    }

    private int cleanSteps(Instant before) throws IOException {
        int cleaned = 0;
        for (var run : steps.runs().entrySet()) {
            if (closed.getCount() == 0) break;
            if (isPast(run.getKey(), run.getValue(), before) && clean(run.getKey())) cleaned++;
        }
        return cleaned;
    }

    /**
     * Whether the steps of a run may go. One that the store does not know is of the time before it
     * came from a backup: its directories go by their own age.
     */
    private boolean isPast(long run, Instant touched, Instant before) {
        return engine.store()
                .read(it -> it.runs().find(run))
                .map(row -> row.phase() == Runs.Phase.ENDED && endedBefore(row, before))
                .orElseGet(() -> touched.isBefore(before));
    }

    private static boolean endedBefore(Runs.RunRow row, Instant before) {
        return row.endedAt().isPresent() && row.endedAt().getAsLong() < before.toEpochMilli();
    }

    private boolean clean(long run) {
        try {
            steps.clean(run);
            return true;
        } catch (IOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "the steps of R-%d stay".formatted(run), e);
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        if (!thread.isAlive()) return;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
