package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Tells runs that time has passed: deadlines of gates, people and runs, reminders, retries. What is
 * due follows from each run's state and is stored beside it, so there is nothing to keep here, and
 * what passed while the service was down is due at its start.
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
    private final Set<RunId> unreadable = ConcurrentHashMap.newKeySet(); // said so
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

    /** Begins: with what is due now, then with whatever comes due. */
    public void start() {
        prepare();
        thread.start();
    }

    /** Everything but the thread that looks. */
    void prepare() {
        clock.start().ifPresent(it -> giveTime(it.now()));
    }

    /** Nobody could decide: gates that would have closed meanwhile stay open. */
    private void giveTime(Instant now) {
        forAllDue(now, (run, state) -> giveTime(run, state, now));
    }

    private void giveTime(RunId run, RunState state, Instant now) {
        if (!(state instanceof RunState.Active(_, RunState.Phase.AtGate(var gate))
                && !now.isBefore(gate.deadline()))) {
            return;
        }
        var later =
                new RunCommand.MoveDeadline(
                        gate.at(), gate.revision(), now.plus(TIME_TO_DECIDE), now);
        engine.command(run, later);
    }

    /**
     * Something is done with each run of which something is due. One that nobody can read is said
     * once, and is nobody else's loss.
     */
    private void forAllDue(Instant now, BiConsumer<RunId, RunState> deed) {
        for (long number : dueBy(now)) {
            var run = new RunId(number);
            if (unreadable.contains(run)) continue;
            try {
                engine.state(run).ifPresent(state -> deed.accept(run, state));
            } catch (StoreException e) {
                throw e;
            } catch (RunJson.Unreadable e) {
                unreadable.add(run);
                LOG.log(System.Logger.Level.ERROR, RunJson.standsStill(run, e));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "no deadline passes for " + run, e);
            }
        }
    }

    private List<Long> dueBy(Instant now) {
        return engine.store().read(it -> it.runs().dueBy(now.toEpochMilli()));
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
            var look = clock.look();
            if (look.isEmpty()) return;
            var now = look.get().now();
            if (look.get().beginsAgain()) giveTime(now);
            forAllDue(now, (run, _) -> engine.command(run, new RunCommand.Tick(now)));
            engine.fillSlots(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a look at the deadlines failed, others follow", e);
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
