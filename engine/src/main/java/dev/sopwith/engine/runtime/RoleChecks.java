package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Asks chat networks who holds which role, wherever a gate has its votes and lacks only that. What
 * they say goes to the run as a command and so becomes a fact; what they do not say as well, and is
 * asked again until the gate's time is over: no answer is never a yes.
 *
 * <p>Follows from the state alone: an answer that got lost, with the service or without, is asked
 * for again, and one that comes for another revision changes nothing.
 *
 * <p>Threading: one virtual thread asks, one gate after the other.
 */
public final class RoleChecks implements AutoCloseable {
    static final Duration AGAIN_MIN = Duration.ofSeconds(1);
    static final Duration AGAIN_MAX = Duration.ofSeconds(30);

    /** A network may be slow to let go of a request; what it says then is asked for again. */
    private static final Duration END_WITHIN = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(RoleChecks.class.getName());

    private final Engine engine;
    private final Memberships memberships;
    private final InstantSource clock;
    private final Set<RunId> changed = ConcurrentHashMap.newKeySet();
    private final Map<RunId, Again> unanswered = new HashMap<>(); // only the thread
    private final Semaphore told = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /** When to ask for a run again, and how long it was waited for that. */
    private record Again(Instant due, Duration pause) {}

    /** Checks for this engine's runs; nothing happens before {@link #start}. */
    public RoleChecks(Engine engine, Memberships memberships, InstantSource clock) {
        this.engine = engine;
        this.memberships = memberships;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("roles").unstarted(this::watch);
    }

    /** Begins: with the runs that wait at a gate, then with whatever changes. */
    public void start() {
        prepare();
        thread.start();
    }

    /** Everything but the thread that asks. */
    void prepare() {
        engine.listen(this::tell);
        for (var row : engine.store().read(it -> it.runs().active())) {
            changed.add(new RunId(row.number()));
        }
    }

    /** Where no role stands for a group, a change costs nothing: a roster asks gates anew. */
    private void tell(RunId run) {
        if (!memberships.areAsked()) return;
        changed.add(run);
        told.release();
    }

    private void watch() {
        try {
            while (!closed) {
                pass();
                var _ = told.tryAcquire(AGAIN_MIN.toMillis() / 2, TimeUnit.MILLISECONDS);
                var _ = told.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at what has changed, and at what is to be asked again. */
    void pass() {
        var now = clock.instant();
        unanswered.forEach(
                (run, again) -> {
                    if (!now.isBefore(again.due())) changed.add(run);
                });
        for (var run : List.copyOf(changed)) {
            if (closed) return;
            changed.remove(run);
            try {
                look(run);
            } catch (StoreException e) {
                changed.add(run);
                LOG.log(System.Logger.Level.ERROR, "roles could not be looked at", e);
            } catch (RuntimeException e) {
                wait(run);
                LOG.log(System.Logger.Level.ERROR, "no roles were asked for " + run, e);
            }
        }
    }

    private void look(RunId run) {
        var pending = engine.state(run).map(Pending::of);
        if (pending.isEmpty() || !(pending.get() instanceof Pending.Confirming(var gate))) {
            unanswered.remove(run);
            return;
        }
        try {
            var held = held(gate);
            unanswered.remove(run);
            var _ =
                    engine.command(
                            run,
                            new RunCommand.Confirm(
                                    gate.at(), gate.revision(), held, clock.instant()));
        } catch (Memberships.Unanswered e) {
            if (closed) return; // it was our end that cut it short
            wait(run);
            var why = String.valueOf(e.getMessage());
            if (gate.unconfirmed().filter(why::equals).isPresent()) return;
            var _ =
                    engine.command(
                            run,
                            new RunCommand.Unconfirmed(
                                    gate.at(), gate.revision(), why, clock.instant()));
        }
    }

    private Map<String, Set<String>> held(Gate gate) throws Memberships.Unanswered {
        var held = new TreeMap<String, Set<String>>();
        for (var voter : gate.toConfirm().entrySet()) {
            held.put(voter.getKey(), memberships.held(voter.getKey(), voter.getValue()));
        }
        return held;
    }

    private void wait(RunId run) {
        var before = unanswered.get(run);
        var pause = before == null ? AGAIN_MIN : before.pause().multipliedBy(2);
        if (pause.compareTo(AGAIN_MAX) > 0) pause = AGAIN_MAX;
        unanswered.put(run, new Again(clock.instant().plus(pause), pause));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (!thread.isAlive()) return;
        try {
            var _ = thread.join(END_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
