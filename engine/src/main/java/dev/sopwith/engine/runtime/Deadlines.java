package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells runs that time has passed: deadlines of gates, people and runs, reminders, retries. What is
 * due follows from each run's state, so there is no table of timers, and what passed while the
 * service was down is due at its start.
 *
 * <p>While the clock is in doubt ({@link ClockWatch}) nothing is due. When it is trusted again,
 * gates whose deadline has passed get more time, as after a time in which the service was down;
 * what else has passed by the clock that is trusted now is over.
 *
 * <p>Threading: one virtual thread looks twice a second; safe to be told from any thread.
 */
public final class Deadlines implements AutoCloseable {
    /** How often is looked: everything that is due happens within this time. */
    static final Duration PERIOD = Duration.ofMillis(500);

    /** For how long a gate stays open whose deadline passed while nobody could decide. */
    static final Duration TIME_TO_DECIDE = Duration.ofMinutes(15);

    private static final System.Logger LOG = System.getLogger(Deadlines.class.getName());

    private final Engine engine;
    private final ClockWatch clock;
    private final Set<RunId> changed = ConcurrentHashMap.newKeySet();
    private final Map<RunId, Instant> due = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Deadlines by a clock that is right by definition, as tests and measurements have it. */
    public Deadlines(Engine engine, InstantSource clock) {
        this(engine, new ClockWatch(engine, Clocks.right(clock)));
    }

    /** Deadlines of this engine's runs; nothing happens before {@link #start}. */
    public Deadlines(Engine engine, ClockWatch clock) {
        this.engine = engine;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("deadlines").unstarted(this::watch);
    }

    /** Begins: with every run that has not ended, then with whatever changes. */
    public void start() {
        prepare();
        thread.start();
    }

    /** Everything but the thread that looks. */
    void prepare() {
        var start = clock.start();
        engine.listen(changed::add);
        for (var row : engine.store().read(it -> it.runs().active())) {
            // There may be ten thousand: none is asked for once more.
            var state = row.state();
            note(new RunId(row.number()), () -> Optional.of(RunJson.state(state)));
        }
        noteChanges();
        start.ifPresent(it -> giveTime(it.now()));
    }

    /** Nobody could decide: gates that would have closed meanwhile stay open. */
    private void giveTime(Instant now) {
        for (var run : dueBy(now)) giveTime(run, now);
        noteChanges();
    }

    private void giveTime(RunId run, Instant now) {
        var state = engine.state(run);
        if (!(state.isPresent()
                && state.get() instanceof RunState.Active(_, RunState.Phase.AtGate(var gate))
                && !now.isBefore(gate.deadline()))) {
            return;
        }
        var later =
                new RunCommand.MoveDeadline(
                        gate.at(), gate.revision(), now.plus(TIME_TO_DECIDE), now);
        engine.command(run, later);
    }

    /**
     * What is due for runs that have changed. Read only here, by one thread after the change was
     * announced: else an older state, read earlier and noted later, would outlive a newer one.
     */
    private void noteChanges() {
        for (var run : List.copyOf(changed)) {
            changed.remove(run);
            try {
                note(run, () -> engine.state(run));
            } catch (StoreException e) {
                changed.add(run);
                throw e;
            }
        }
    }

    private void note(RunId run, Supplier<Optional<RunState>> state) {
        try {
            state.get()
                    .flatMap(Pending::due)
                    .ifPresentOrElse(at -> due.put(run, at), () -> due.remove(run));
        } catch (IllegalStateException e) {
            due.remove(run);
            LOG.log(System.Logger.Level.ERROR, run + " stands still: it cannot be read", e);
        }
    }

    private void watch() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) pass();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything that is due by now happens; a run that cannot be asked is nobody else's loss. */
    void pass() {
        try {
            noteChanges();
            var look = clock.look();
            if (look.isEmpty()) return;
            var now = look.get().now();
            if (look.get().beginsAgain()) giveTime(now);
            for (var run : dueBy(now)) tick(run, now);
            engine.fillSlots(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a look at the deadlines failed, others follow", e);
        }
    }

    private void tick(RunId run, Instant now) {
        try {
            engine.command(run, new RunCommand.Tick(now));
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "no deadline passes for " + run, e);
        }
        changed.add(run);
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
