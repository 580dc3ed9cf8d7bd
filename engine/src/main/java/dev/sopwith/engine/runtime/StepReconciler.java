package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Makes steps go on as the state says: begins what is to begin, waits for what goes on, finds again
 * what a service before this one began, ends what is to be ended.
 *
 * <p>Level-triggered: being told of a run only means "look". For each run one virtual thread looks
 * and acts until nothing is left to do; told twice, it looks once more. What goes on here is known
 * by its key, so looking again never starts anything twice. An attempt begins only when nothing of
 * an earlier one of its run lives any more.
 *
 * <p>Threading: safe from any thread. {@link #close} ends the waiting, never a step.
 */
public final class StepReconciler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StepReconciler.class.getName());

    /** Until a step that is to end is told so once more. */
    private static final Duration STOP_PAUSE = Duration.ofMillis(500);

    /** Until what could not be ended or masked is tried again. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Engine engine;
    private final Map<Tool, StepRunner> runners;
    private final StepOrders orders;
    private final InstantSource clock;
    private final Map<RunId, Worker> workers = new HashMap<>(); // guarded by itself
    private final Set<StepKey> stopping = ConcurrentHashMap.newKeySet();
    private final Set<StepKey> told = ConcurrentHashMap.newKeySet(); // of what cannot be ended
    private final Set<RunId> toldUnreadable = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean closed;

    /** Looks after one run; {@code again} is guarded by {@link #workers}. */
    private static final class Worker {
        private final Thread thread;
        private boolean again;

        Worker(Thread thread) {
            this.thread = thread;
        }
    }

    /** A reconciler that looks when the engine tells of a change. */
    public StepReconciler(
            Engine engine, Map<Tool, StepRunner> runners, StepWorld world, InstantSource clock) {
        this.engine = engine;
        this.runners = Map.copyOf(runners);
        this.orders = new StepOrders(engine.secrets(), world);
        this.clock = clock;
    }

    /**
     * Begins: looks at every run that does something, and at those that were to end something when
     * the service went down; then at whatever changes.
     */
    public void start() {
        engine.listen(this::look);
        // Whoever holds no slot has nothing to begin, and there may be thousands.
        for (var row : engine.store().read(it -> it.runs().in(Runs.Phase.EXECUTING))) {
            look(new RunId(row.number()));
        }
        lookAtUnsettled();
        helper("unsettled", this::lookNowAndThen);
    }

    private void lookNowAndThen() {
        try {
            while (!end.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) lookAtUnsettled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What could not be ended or masked before is tried again, also of runs that are over. */
    void lookAtUnsettled() {
        for (var key : unsettled().keySet()) {
            var run = new RunId(key.run());
            boolean isLookedAfter;
            synchronized (workers) {
                isLookedAfter = workers.containsKey(run);
            }
            if (!isLookedAfter) look(run);
        }
    }

    /** Looks at a run, now or as soon as whoever looks at it already is free. */
    void look(RunId run) {
        synchronized (workers) {
            if (closed) return;
            var worker = workers.get(run);
            if (worker != null) {
                worker.again = true;
                helper("stop-" + run, () -> stopIfWanted(run));
            } else {
                var thread = Thread.ofVirtual().name("step-" + run).unstarted(() -> work(run));
                workers.put(run, new Worker(thread));
                thread.start();
            }
        }
    }

    private void work(RunId run) {
        try {
            do {
                while (act(run)) {
                    // one thing after the other
                }
            } while (isToldAgain(run));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            forget(run);
        } catch (RunJson.Unreadable e) {
            forget(run);
            if (toldUnreadable.add(run)) {
                LOG.log(System.Logger.Level.ERROR, RunJson.standsStill(run, e));
            }
        } catch (RuntimeException e) {
            forget(run);
            if (!closed) LOG.log(System.Logger.Level.ERROR, run + " stands still here", e);
        }
    }

    /** Whether somebody told of the run since; else it is nobody's from now on. */
    private boolean isToldAgain(RunId run) {
        synchronized (workers) {
            var worker = workers.get(run);
            if (worker == null || closed) return false;
            if (worker.again) {
                worker.again = false;
                return true;
            }
            workers.remove(run);
            return false;
        }
    }

    /** How many runs are looked after right now. */
    int busy() {
        synchronized (workers) {
            return workers.size();
        }
    }

    private void forget(RunId run) {
        synchronized (workers) {
            workers.remove(run);
        }
    }

    /** Does the one thing that is to be done now; answers whether there may be another. */
    private boolean act(RunId run) throws InterruptedException {
        var state = engine.state(run);
        if (state.isEmpty()) return false;
        var alive = endOthers(run, state.get());
        if (!(state.get() instanceof Active active)) return false;
        return switch (Pending.of(active)) {
            case Pending.Beginning(var step, var attempt) when alive.isEmpty() ->
                    begin(active, step, attempt);
            case Pending.Beginning(var step, var attempt) ->
                    fail(run, step, attempt, "it could not begin: " + stillRuns(alive));
            case Pending.Ending it -> finish(active, it);
            case Pending.Nothing _, Pending.Opening _, Pending.Confirming _, Pending.Slot _ ->
                    false;
        };
    }

    /**
     * Ends what still lives of attempts that the run has gone on without, whoever said that it
     * should, and of the run that had its lock before: nothing may begin beside them. While people
     * are asked what became of an attempt, none is touched. Follows from the state and from what
     * the runners find, so that whatever a service before this one did not come to is done now.
     *
     * @return those of which something could not be ended
     */
    private List<StepKey> endOthers(RunId run, RunState state) throws InterruptedException {
        if (state instanceof Active(_, RunState.Phase.InDoubt _)
                || state instanceof Active(_, RunState.Phase.Paused _)) {
            return List.of();
        }
        var why = state instanceof Active ? "the run went on without it" : "the run is over";
        var alive = new ArrayList<StepKey>();
        for (var attempt : unsettled().entrySet()) {
            var key = attempt.getKey();
            boolean isInTheWay =
                    key.run() == run.number() ? !isUnderWay(state, key) : hadLockOf(run, key);
            if (!isInTheWay) continue;
            var runner = attempt.getValue();
            if (stop(runner, key, why)) runner.hide(key, orderOf(key));
            else alive.add(key);
        }
        if (told.addAll(alive)) LOG.log(System.Logger.Level.ERROR, stillRuns(alive));
        return alive;
    }

    /** What knows the secrets of an attempt, while these are there. */
    private Optional<StepOrder> orderOf(StepKey key) {
        try {
            var progress =
                    switch (engine.state(new RunId(key.run())).orElse(new RunState.NotStarted())) {
                        case RunState.NotStarted _ -> Optional.<RunState.Progress>empty();
                        case Active it -> Optional.of(it.progress());
                        case RunState.Finished it -> Optional.of(it.progress());
                    };
            if (progress.isEmpty()) return Optional.empty();
            var visit = new StepVisit(key.step(), key.visit());
            return Optional.of(order(progress.get(), visit, key.attempt()).order());
        } catch (StepOrders.Impossible | RunJson.Unreadable e) {
            return Optional.empty();
        }
    }

    /** A lock is free as soon as its run is over: what that one left must not go on beside. */
    private boolean hadLockOf(RunId run, StepKey key) {
        return engine.store()
                .<Boolean>read(
                        it -> {
                            var lock = it.runs().find(run.number()).flatMap(Runs.RunRow::lock);
                            if (lock.isEmpty()) return false;
                            return it.runs()
                                    .find(key.run())
                                    .filter(other -> other.phase() == Runs.Phase.ENDED)
                                    .filter(other -> other.lock().equals(lock))
                                    .isPresent();
                        });
    }

    private Map<StepKey, StepRunner> unsettled() {
        var found = new HashMap<StepKey, StepRunner>();
        for (var runner : runners.values()) {
            for (var key : runner.unsettled()) found.put(key, runner);
        }
        return found;
    }

    private static boolean isUnderWay(RunState state, StepKey key) {
        return isExecuting(state, new StepVisit(key.step(), key.visit()), key.attempt());
    }

    private static String stillRuns(List<StepKey> keys) {
        var names = keys.stream().map(StepKey::toString).sorted().collect(Collectors.joining(", "));
        return names + " still runs and cannot be ended from here; end it by hand";
    }

    private boolean begin(Active run, StepVisit step, int attempt) throws InterruptedException {
        if (engine.isFrozen()) return false;
        var id = run.progress().start().run();
        StepOrders.Ready ready;
        StepRunner runner;
        try {
            ready = order(run.progress(), step, attempt);
            runner = runner(ready.order());
        } catch (StepOrders.Impossible e) {
            return fail(id, step, attempt, "it could not begin: " + e.getMessage());
        }
        var begin =
                new RunCommand.Begin(
                        step, attempt, engine.rules().node(), ready.digest(), clock.instant());
        if (!(engine.command(id, begin) instanceof Decision.Accepted(_, var next))) return false;
        if (!isExecuting(next, step, attempt)) return true;
        return run(id, step, attempt, () -> runner.run(ready.order()));
    }

    /**
     * What a service before this one began: found again, or in doubt. Where it cannot be looked for
     * as a whole, it is ended by its key, because whoever repeats it must be able to rely on that.
     */
    private boolean finish(Active run, Pending.Ending it) throws InterruptedException {
        var id = run.progress().start().run();
        var step = it.step();
        int attempt = it.attempt();
        StepOrders.Ready ready;
        StepRunner runner;
        try {
            ready = order(run.progress(), step, attempt);
            runner = runner(ready.order());
        } catch (StepOrders.Impossible e) {
            boolean ended = stop(key(run, step, attempt), String.valueOf(e.getMessage()));
            var what = ended ? "what still ran of it was ended" : "some of it may still run";
            return doubt(id, step, attempt, "%s; %s".formatted(e.getMessage(), what));
        }
        var order = ready.order();
        Recovered found;
        try {
            found = runner.recover(order);
        } catch (RuntimeException e) {
            return bug(id, step, attempt, e);
        }
        return switch (found) {
            case Recovered.NeverBegan _ when it.stop() ->
                    fail(id, step, attempt, "it was to be ended before it began");
            case Recovered.NeverBegan _ -> run(id, step, attempt, () -> runner.run(order));
            case Recovered.Running _ -> {
                helper("stop-" + id, () -> stopIfWanted(id));
                yield run(id, step, attempt, () -> runner.attach(order));
            }
            case Recovered.Ended(var end) -> report(id, step, attempt, end);
            case Recovered.Unknown(var why) -> doubt(id, step, attempt, why);
        };
    }

    /** Waits for an end, however long it takes. */
    @FunctionalInterface
    private interface Waiting {
        StepEnd end() throws InterruptedException;
    }

    private boolean run(RunId run, StepVisit step, int attempt, Waiting waiting)
            throws InterruptedException {
        StepEnd end;
        try {
            end = waiting.end();
        } catch (RuntimeException e) {
            return bug(run, step, attempt, e);
        }
        return report(run, step, attempt, end);
    }

    /** A runner that throws has a bug, and nobody knows how far it came. */
    private boolean bug(RunId run, StepVisit step, int attempt, RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a bug in what runs %s of %s".formatted(step, run), e);
        return doubt(run, step, attempt, "a bug in the service: " + e);
    }

    /**
     * The order for an attempt.
     *
     * @throws StepOrders.Impossible when it cannot be made
     */
    private StepOrders.Ready order(RunState.Progress run, StepVisit step, int attempt)
            throws StepOrders.Impossible {
        var answer = engine.store().read(reads -> answer(reads, run, step, attempt));
        return answer.order().orElseThrow(() -> new StepOrders.Impossible(answer.why()));
    }

    private Answer answer(Reads reads, RunState.Progress run, StepVisit step, int attempt) {
        try {
            var sop = engine.snapshots().of(reads, run.start().snapshot());
            var ready = orders.of(reads, sop, run, step, attempt, engine.rules());
            return new Answer(Optional.of(ready), "");
        } catch (SnapshotSops.Unusable | StepOrders.Impossible e) {
            return new Answer(Optional.empty(), String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            return new Answer(Optional.empty(), "its snapshot is damaged: " + e.getMessage());
        }
    }

    private record Answer(Optional<StepOrders.Ready> order, String why) {}

    private StepRunner runner(StepOrder order) throws StepOrders.Impossible {
        var runner = runners.get(order.block().tool());
        if (runner == null) {
            throw new StepOrders.Impossible("nothing here does " + order.block().fence());
        }
        return runner;
    }

    private boolean report(RunId run, StepVisit step, int attempt, StepEnd end) {
        return switch (end) {
            case StepEnd.Succeeded(var outputs, _, _) ->
                    tell(run, new RunCommand.Succeed(step, attempt, outputs, clock.instant()));
            case StepEnd.Failed(var reason, _) -> fail(run, step, attempt, reason.text());
            case StepEnd.Lost(var why, _) -> doubt(run, step, attempt, why);
        };
    }

    private boolean fail(RunId run, StepVisit step, int attempt, String reason) {
        return tell(run, new RunCommand.Fail(step, attempt, reason, clock.instant()));
    }

    private boolean doubt(RunId run, StepVisit step, int attempt, String why) {
        return tell(run, new RunCommand.Doubt(step, attempt, why, clock.instant()));
    }

    /**
     * Tells the run; answers whether there may be more to do. What was refused is not tried again
     * before the run changes: the same question would get the same answer for ever.
     */
    private boolean tell(RunId run, RunCommand command) {
        return engine.command(run, command) instanceof Decision.Accepted;
    }

    private static boolean isExecuting(RunState state, StepVisit step, int attempt) {
        return state instanceof Active(_, RunState.Phase.Executing it)
                && it.step().equals(step)
                && it.attempt() == attempt;
    }

    /**
     * Ends the step that a run is to end; whoever waits for it hears of it as of any other end.
     * Asks until it is over: an attempt that is stored as begun may not have a process yet.
     */
    private void stopIfWanted(RunId run) {
        Optional<Stopping> wanted = wantedStop(run);
        if (wanted.isEmpty() || !stopping.add(wanted.get().key())) return;
        try {
            while (wantedStop(run).equals(wanted) && !closed) {
                stop(wanted.get().key(), wanted.get().why());
                TimeUnit.NANOSECONDS.sleep(STOP_PAUSE.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopping.remove(wanted.get().key());
        }
    }

    private record Stopping(StepKey key, String why) {}

    private Optional<Stopping> wantedStop(RunId run) {
        return engine.state(run)
                .flatMap(
                        state ->
                                state instanceof Active active
                                                && active.phase()
                                                        instanceof RunState.Phase.Executing it
                                        ? it.stop()
                                                .map(
                                                        stop ->
                                                                new Stopping(
                                                                        key(
                                                                                active,
                                                                                it.step(),
                                                                                it.attempt()),
                                                                        stop.reason()))
                                        : Optional.empty());
    }

    private StepKey key(Active run, StepVisit step, int attempt) {
        return engine.store().read(it -> StepOrders.key(it, run.progress(), step, attempt));
    }

    /** Whether nothing of the step is left. */
    private boolean stop(StepKey key, String why) throws InterruptedException {
        boolean ended = true;
        for (var runner : Set.copyOf(runners.values())) ended &= stop(runner, key, why);
        return ended;
    }

    private static boolean stop(StepRunner runner, StepKey key, String why)
            throws InterruptedException {
        try {
            return runner.stop(key, why);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, key + " could not be ended", e);
            return false;
        }
    }

    private void helper(String name, Runnable work) {
        Thread.ofVirtual()
                .name(name)
                .start(
                        () -> {
                            try {
                                work.run();
                            } catch (RuntimeException e) {
                                if (!closed) LOG.log(System.Logger.Level.ERROR, name, e);
                            }
                        });
    }

    /** Ends the waiting; steps go on, and the next start finds them. */
    @Override
    public void close() {
        Set<Thread> threads = new HashSet<>();
        synchronized (workers) {
            closed = true;
            end.countDown();
            workers.values().forEach(worker -> threads.add(worker.thread));
        }
        for (var thread : threads) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
