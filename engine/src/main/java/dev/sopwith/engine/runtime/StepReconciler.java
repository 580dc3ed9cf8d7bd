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

import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes steps go on as the state says: begins what is to begin, waits for what goes on, finds again
 * what a service before this one began, ends what is to be ended.
 *
 * <p>Level-triggered: being told of a run only means "look". For each run one virtual thread looks
 * and acts until nothing is left to do; told twice, it looks once more. What goes on here is known
 * by its key, so looking again never starts anything twice.
 *
 * <p>Threading: safe from any thread. {@link #close} ends the waiting, never a step.
 */
public final class StepReconciler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StepReconciler.class.getName());

    private final Engine engine;
    private final Map<Tool, StepRunner> runners;
    private final StepOrders orders;
    private final InstantSource clock;
    private final Map<RunId, Worker> workers = new HashMap<>(); // guarded by itself
    private final Set<StepKey> stopping = ConcurrentHashMap.newKeySet();
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

    /** Begins: looks at every run that has not ended, then at whatever changes. */
    public void start() {
        engine.listen(this::look);
        for (var row : engine.store().read(it -> it.runs().active())) look(new RunId(row.number()));
    }

    /** Looks at a run, now or as soon as whoever looks at it already is free. */
    void look(RunId run) {
        synchronized (workers) {
            if (closed) return;
            var worker = workers.get(run);
            if (worker != null) {
                worker.again = true;
            } else {
                var thread = Thread.ofVirtual().name("step-" + run).unstarted(() -> work(run));
                workers.put(run, new Worker(thread));
                thread.start();
            }
        }
        stopIfWanted(run);
    }

    private void work(RunId run) {
        boolean goOn = true;
        while (goOn) {
            try {
                goOn = act(run);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                forget(run);
                return;
            } catch (RuntimeException e) {
                if (!closed) LOG.log(System.Logger.Level.ERROR, "looking after " + run, e);
                forget(run);
                return;
            }
            if (!goOn) goOn = isToldAgain(run);
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

    private void forget(RunId run) {
        synchronized (workers) {
            workers.remove(run);
        }
    }

    /** Does the one thing that is to be done now; answers whether there may be another. */
    private boolean act(RunId run) throws InterruptedException {
        var state = engine.state(run);
        if (state.isEmpty() || !(state.get() instanceof Active active)) return false;
        return switch (Pending.of(active)) {
            case Pending.Beginning(var step, var attempt) -> begin(active, step, attempt);
            case Pending.Ending it -> finish(active, it);
            case Pending.Nothing _, Pending.Opening _, Pending.Slot _ -> false;
        };
    }

    private boolean begin(Active run, StepVisit step, int attempt) throws InterruptedException {
        if (engine.isFrozen()) return false;
        var id = run.progress().start().run();
        Optional<StepOrders.Ready> ready = order(run, step, attempt);
        if (ready.isEmpty()) return true;
        var order = ready.get().order();
        var begin =
                new RunCommand.Begin(
                        step,
                        attempt,
                        engine.rules().node(),
                        ready.get().digest(),
                        clock.instant());
        if (!(engine.command(id, begin) instanceof Decision.Accepted(_, var next))) return true;
        if (!isExecuting(next, step, attempt)) return true;
        var runner = runner(order);
        report(id, step, attempt, runner.run(order));
        return true;
    }

    /** What a service before this one began: found again, or in doubt. */
    private boolean finish(Active run, Pending.Ending it) throws InterruptedException {
        var id = run.progress().start().run();
        var ready = order(run, it.step(), it.attempt());
        if (ready.isEmpty()) return true;
        var order = ready.get().order();
        var runner = runner(order);
        switch (runner.recover(order)) {
            case Recovered.NeverBegan _ when it.stop() ->
                    fail(id, it.step(), it.attempt(), "it was to be ended before it began");
            case Recovered.NeverBegan _ -> report(id, it.step(), it.attempt(), runner.run(order));
            case Recovered.Running _ -> {
                stopIfWanted(id);
                report(id, it.step(), it.attempt(), runner.attach(order));
            }
            case Recovered.Ended(var end) -> report(id, it.step(), it.attempt(), end);
            case Recovered.Unknown(var why) -> doubt(id, it.step(), it.attempt(), why);
        }
        return true;
    }

    /** The order for an attempt; none, and the attempt has failed, when it cannot be made. */
    private Optional<StepOrders.Ready> order(Active run, StepVisit step, int attempt) {
        var id = run.progress().start().run();
        try {
            var answer =
                    engine.store()
                            .read(
                                    reads -> {
                                        try {
                                            var sop =
                                                    engine.snapshots()
                                                            .of(
                                                                    reads,
                                                                    run.progress()
                                                                            .start()
                                                                            .snapshot());
                                            return new Answer(
                                                    Optional.of(
                                                            orders.of(
                                                                    reads,
                                                                    sop,
                                                                    run.progress(),
                                                                    step,
                                                                    attempt,
                                                                    engine.rules())),
                                                    "");
                                        } catch (SnapshotSops.Unusable | StepOrders.Impossible e) {
                                            return new Answer(
                                                    Optional.empty(),
                                                    String.valueOf(e.getMessage()));
                                        }
                                    });
            if (answer.order().isEmpty()) fail(id, step, attempt, answer.why());
            return answer.order();
        } catch (IllegalStateException e) {
            fail(id, step, attempt, "its snapshot is damaged: " + e.getMessage());
            return Optional.empty();
        }
    }

    private record Answer(Optional<StepOrders.Ready> order, String why) {}

    private StepRunner runner(StepOrder order) {
        var runner = runners.get(order.block().tool());
        if (runner == null) {
            throw new IllegalStateException("nothing here runs " + order.block().tool());
        }
        return runner;
    }

    private void report(RunId run, StepVisit step, int attempt, StepEnd end) {
        switch (end) {
            case StepEnd.Succeeded(var outputs, _, _) ->
                    engine.command(
                            run, new RunCommand.Succeed(step, attempt, outputs, clock.instant()));
            case StepEnd.Failed(var reason, _) -> fail(run, step, attempt, reason.text());
            case StepEnd.Lost(var why, _) -> doubt(run, step, attempt, why);
        }
    }

    private void fail(RunId run, StepVisit step, int attempt, String reason) {
        engine.command(run, new RunCommand.Fail(step, attempt, reason, clock.instant()));
    }

    private void doubt(RunId run, StepVisit step, int attempt, String why) {
        engine.command(run, new RunCommand.Doubt(step, attempt, why, clock.instant()));
    }

    private static boolean isExecuting(RunState state, StepVisit step, int attempt) {
        return state instanceof Active(_, RunState.Phase.Executing it)
                && it.step().equals(step)
                && it.attempt() == attempt;
    }

    /** Ends the step that a run is to end; its own thread hears of it as of any other end. */
    private void stopIfWanted(RunId run) {
        var state = engine.state(run);
        if (state.isEmpty()
                || !(state.get() instanceof Active(var progress, RunState.Phase.Executing it))) {
            return;
        }
        var stop = it.stop();
        if (stop.isEmpty()) return;
        var key =
                engine.store()
                        .read(reads -> StepOrders.key(reads, progress, it.step(), it.attempt()));
        if (!stopping.add(key)) return;
        Thread.ofVirtual().name("stop-" + key).start(() -> stop(key, stop.get().reason()));
    }

    private void stop(StepKey key, String why) {
        try {
            for (var runner : Set.copyOf(runners.values())) runner.stop(key, why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopping.remove(key);
        }
    }

    /** Ends the waiting; steps go on, and the next start finds them. */
    @Override
    public void close() {
        Set<Thread> threads = new HashSet<>();
        synchronized (workers) {
            closed = true;
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
