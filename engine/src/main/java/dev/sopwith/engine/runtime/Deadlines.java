package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells runs that time has passed: deadlines of gates, people and runs, reminders, retries. What is
 * due follows from each run's state, so there is no table of timers, and what passed while the
 * service was down is due at its start.
 *
 * <p>Threading: one virtual thread looks once a second; safe to be told from any thread.
 */
public final class Deadlines implements AutoCloseable {
    /** How often is looked: everything that is due happens within this time. */
    static final Duration PERIOD = Duration.ofMillis(500);

    private static final System.Logger LOG = System.getLogger(Deadlines.class.getName());

    private final Engine engine;
    private final InstantSource clock;
    private final Map<RunId, Instant> due = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Deadlines of this engine's runs; nothing happens before {@link #start}. */
    public Deadlines(Engine engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("deadlines").unstarted(this::watch);
    }

    /** Begins: with every run that has not ended, then with whatever changes. */
    public void start() {
        engine.listen(this::note);
        for (var row : engine.store().read(it -> it.runs().active())) note(new RunId(row.number()));
        thread.start();
    }

    private void note(RunId run) {
        engine.state(run)
                .flatMap(Pending::due)
                .ifPresentOrElse(at -> due.put(run, at), () -> due.remove(run));
    }

    private void watch() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) pass();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything that is due by now happens. */
    void pass() {
        try {
            var now = clock.instant();
            for (var run : dueBy(now)) {
                engine.command(run, new RunCommand.Tick(now));
                note(run);
            }
            engine.fillSlots(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a look at the deadlines failed, others follow", e);
        }
    }

    private List<RunId> dueBy(Instant now) {
        var runs = new ArrayList<RunId>();
        due.forEach(
                (run, at) -> {
                    if (!now.isBefore(at)) runs.add(run);
                });
        return runs;
    }

    /** When something is due next, if anything is. */
    Optional<Instant> next() {
        return due.values().stream().min(Instant::compareTo);
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
