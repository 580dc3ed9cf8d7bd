package dev.sopwith.bench;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.runtime.Deadlines;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.runtime.StepReconciler;
import dev.sopwith.engine.runtime.StepWorld;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast the engine is on this disk. Each figure is the time of one trigger, run or start, beside
 * one write that is synced to the same disk, measured in turns.
 */
final class EngineFigures {
    private static final int[] SUBMITTERS = {1, 16, 64};
    private static final int AT_ONCE = 64;
    private static final int SYNCS = 50;
    private static final Duration TRIGGER_MAX = Duration.ofNanos(500_000);
    private static final Duration RUN_MAX = Duration.ofMillis(2);
    private static final Duration APPROVAL_MAX = Duration.ofMillis(50);
    private static final Duration START_MAX = Duration.ofSeconds(3);
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);
    private static final String SYNC = "4 KiB written and synced (fdatasync)";
    private static final InstantSource CLOCK = InstantSource.system();

    /** Ends in the commit that takes the trigger in: its only step is passed by. */
    static final String PASSED = "1. **A** — b.\n   - when: $.payload.never == 1\n";

    private static final String TWO_STEPS = step("") + step("").replace("1.", "2.");
    private static final String GATED = step("   - requires_confirmation: true\n");
    private static final String TWO_STEP_RUN = "complete run of two steps that do nothing";
    private static final String PEOPLE = "1. **A** — b.\n";

    private final EngineBench.Size size;
    private final Effort effort;
    private final Path folder;

    EngineFigures(EngineBench.Size size, Effort effort, Path folder) {
        this.size = size;
        this.effort = effort;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        var sops = sops();
        try (var store = open("few");
                var full = open("full")) {
            var engine = engine(store, sops);
            for (int submitters : SUBMITTERS) triggers(meter, engine, submitters);
            runs(meter, engine);
            var among = engine(full, sops);
            meter.say("finishing %,d runs".formatted(size.finished()));
            for (int done = 0; done < size.finished(); done += size.batch()) {
                deliver(among, "passed", size.batch(), AT_ONCE);
            }
            inTurns(
                    meter,
                    trigger(AT_ONCE),
                    TRIGGER_MAX,
                    () -> trigger(among, size.batch(), AT_ONCE),
                    () -> trigger(engine, size.batch(), AT_ONCE));
            try (var those = new TwoSteps(among);
                    var these = new TwoSteps(engine)) {
                inTurns(meter, TWO_STEP_RUN, RUN_MAX, () -> run(those), () -> run(these));
            }
        }
        try (var store = open("approvals")) {
            approvals(meter, store, engine(store, sops));
        }
        starts(meter, sops);
        new ServiceFigures(effort, folder.resolve("sops"), Optional.empty(), folder).measure(meter);
    }

    /** Nanoseconds of one trigger, run or start. */
    private interface Sample {
        long nanos() throws IOException;
    }

    /** The same thing in a store full of finished runs and in one that has few, in turns. */
    private void inTurns(Meter meter, String name, Duration max, Sample full, Sample empty)
            throws IOException {
        var among = "%s, among %,d finished runs".formatted(name, size.finished());
        meter.say(among);
        var times = new ArrayList<Long>();
        var yardstick = new ArrayList<Long>();
        for (int i = 0; i <= effort.samples(); i++) {
            long without = empty.nanos();
            long with = full.nanos();
            if (i == 0) continue; // to warm up
            yardstick.add(without);
            times.add(with);
        }
        meter.add(among, max, times, "the same among few", yardstick);
    }

    private static String trigger(int submitters) {
        return "accepted trigger, %d at once".formatted(submitters);
    }

    private void triggers(Meter meter, Engine engine, int submitters) throws IOException {
        var name = trigger(submitters);
        meter.say(name);
        int count = submitters == 1 ? Math.max(1, size.batch() / 10) : size.batch();
        deliver(engine, "passed", count, submitters);
        var times = new ArrayList<Long>();
        var syncs = new ArrayList<Long>();
        for (int i = 0; i < effort.samples(); i++) {
            syncs.add(sync());
            times.add(trigger(engine, count, submitters));
        }
        meter.add(name, TRIGGER_MAX, times, SYNC, syncs);
    }

    private static long trigger(Engine engine, int count, int submitters) {
        long start = System.nanoTime();
        deliver(engine, "passed", count, submitters);
        return (System.nanoTime() - start) / count;
    }

    private void runs(Meter meter, Engine engine) throws IOException {
        meter.say(TWO_STEP_RUN);
        try (var steps = new TwoSteps(engine)) {
            var times = new ArrayList<Long>();
            var syncs = new ArrayList<Long>();
            for (int i = 0; i <= effort.samples(); i++) {
                long sync = sync();
                long time = run(steps);
                if (i == 0) continue; // to warm up
                times.add(time);
                syncs.add(sync);
            }
            meter.add(TWO_STEP_RUN, RUN_MAX, times, SYNC, syncs);
        }
    }

    private long run(TwoSteps steps) {
        return steps.nanos(Math.max(1, size.batch() / 4));
    }

    /** Whole runs whose steps do nothing. */
    private static final class TwoSteps implements AutoCloseable {
        private final Engine engine;
        private final StepReconciler reconciler;
        private final Semaphore ended = new Semaphore(0);

        TwoSteps(Engine engine) {
            this.engine = engine;
            this.reconciler = reconciler(engine, Map.of(Tool.SHELL, new NothingRunner()));
            engine.listen(this::heard);
            reconciler.start();
        }

        private void heard(RunId run) {
            if (engine.state(run).orElseThrow() instanceof RunState.Finished) ended.release();
        }

        long nanos(int count) {
            ended.drainPermits(); // of triggers that nobody waited for
            long start = System.nanoTime();
            deliver(engine, "two", count, AT_ONCE);
            acquire(ended, count);
            return (System.nanoTime() - start) / count;
        }

        @Override
        public void close() {
            reconciler.close();
        }
    }

    /** From the moment an approval is durable until the first command of the process has run. */
    private void approvals(Meter meter, Store store, Engine engine) throws IOException {
        var name = "approval committed until the process has begun";
        meter.say(name);
        var epoch = store.<String>read(it -> it.node().epoch());
        var begun = Files.createDirectories(folder.resolve("begun"));
        StepRunner shell = new ShellRunner(folder.resolve("state"), epoch, Set.of());
        try (var reconciler = reconciler(engine, Map.of(Tool.SHELL, shell))) {
            reconciler.start();
            var times = new ArrayList<Long>();
            var syncs = new ArrayList<Long>();
            for (int i = 0; i < size.approvals(); i++) {
                syncs.add(sync());
                var outcome = deliver(engine, "gated");
                var run = new RunId(outcome.run().orElseThrow());
                approve(engine, run);
                long start = System.nanoTime();
                await(begun.resolve(run.toString()));
                times.add(System.nanoTime() - start);
            }
            meter.addWithSlowest(name, APPROVAL_MAX, times, SYNC, syncs);
        }
    }

    private void starts(Meter meter, SopSet sops) throws IOException {
        var name = "start with %,d parked runs until ready".formatted(size.parked());
        meter.say(name);
        for (var where : List.of("idle", "full")) {
            try (var store = open(where)) {
                var engine = engine(store, sops);
                for (int done = 0; done < size.parked(); done += size.batch()) {
                    deliver(engine, "people", Math.min(size.batch(), size.parked()), AT_ONCE);
                }
            }
        }
        var jvm = FreshJvm.likeThisOne();
        var times = new ArrayList<Long>();
        var syncs = new ArrayList<Long>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            syncs.add(sync());
            times.add(jvm.time(Task.START, folder.resolve("idle")));
        }
        meter.add(name, START_MAX, times, SYNC, syncs);
        inTurns(meter, name, START_MAX, () -> start("full", sops), () -> start("idle", sops));
    }

    private long start(String where, SopSet sops) throws IOException {
        long start = System.nanoTime();
        try (var _ = started(folder.resolve(where), sops)) {
            return System.nanoTime() - start;
        }
    }

    /** What a start comes to, in order: all of it is there when this one is. */
    record Started(SqliteStore store, StepReconciler reconciler, Deadlines deadlines)
            implements AutoCloseable {
        @Override
        public void close() {
            deadlines.close();
            reconciler.close();
            store.close();
        }
    }

    /** Starts what a service starts over the store in this folder, beside its key and SOPs. */
    static Started started(Path where, SopSet sops) throws IOException {
        var store = open(where);
        var engine = engine(store, sops, where.resolveSibling("key"));
        var reconciler = reconciler(engine, Map.of());
        var deadlines = new Deadlines(engine, CLOCK);
        reconciler.start();
        deadlines.start();
        return new Started(store, reconciler, deadlines);
    }

    private void approve(Engine engine, RunId run) {
        if (!(engine.state(run).orElseThrow()
                instanceof RunState.Active(_, RunState.Phase.AtGate(var gate)))) {
            throw new IllegalStateException(run + " waits for no approval");
        }
        var alice = new Actor("alice", "local:alice");
        engine.command(
                run, new RunCommand.Approve(gate.ref(), alice, Optional.empty(), CLOCK.instant()));
    }

    private static void await(Path file) {
        long end = System.nanoTime() + WAIT_MAX.toNanos();
        while (!Files.exists(file)) {
            if (System.nanoTime() > end) throw new IllegalStateException("no process: " + file);
            LockSupport.parkNanos(200_000);
        }
    }

    private static void acquire(Semaphore ended, int count) {
        try {
            if (!ended.tryAcquire(count, WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("runs did not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void deliver(Engine engine, String sop, int count, int submitters) {
        var left = new Semaphore(count);
        Callable<Boolean> submitter =
                () -> {
                    while (left.tryAcquire()) deliver(engine, sop);
                    return true;
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(Collections.nCopies(submitters, submitter))) {
                each.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outcome deliver(Engine engine, String sop) {
        var arrival =
                new Arrival(
                        new Delivery(Source.MANUAL, sop, Payload.of("{\"env\":\"prod\"}")),
                        Optional.empty(),
                        Map.of(),
                        Set.of("alice"),
                        true,
                        "asked by alice",
                        CLOCK.instant());
        var outcome = engine.deliver(arrival).getFirst();
        if (outcome.run().isEmpty() && outcome.kind() != Outcome.Kind.QUEUED) {
            throw new IllegalStateException("not accepted: " + outcome);
        }
        return outcome;
    }

    /** {@return nanoseconds of one synced write, the median of some} */
    private long sync() throws IOException {
        var file = folder.resolve("sync");
        var block = ByteBuffer.allocate(4096);
        var times = new ArrayList<Long>();
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(block.rewind(), 0);
                channel.force(false);
                times.add(System.nanoTime() - start);
            }
        }
        return Spread.of(times).median();
    }

    private SqliteStore open(String name) {
        return open(folder.resolve(name));
    }

    private static SqliteStore open(Path where) {
        return SqliteStore.open(where, new SecureRandom(), _ -> {});
    }

    private Engine engine(Store store, SopSet sops) throws IOException {
        return engine(store, sops, folder.resolve("key"));
    }

    private static Engine engine(Store store, SopSet sops, Path key) throws IOException {
        try {
            return new Engine(
                    store,
                    () -> sops,
                    Policies.singleOperator("alice"),
                    SecretBox.open(Optional.empty(), key),
                    new EngineRules(AT_ONCE, 10_000, Duration.ofMinutes(1), "bench"),
                    new SecureRandom());
        } catch (SecretBox.BadKey e) {
            throw new IOException(e);
        }
    }

    private static StepReconciler reconciler(Engine engine, Map<Tool, StepRunner> runners) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return new StepReconciler(engine, runners, StepWorld.plain(Map.of("PATH", path)), CLOCK);
    }

    private SopSet sops() throws IOException {
        write("passed", PASSED);
        write("two", TWO_STEPS);
        write("gated", GATED);
        write("people", PEOPLE);
        var sops = sops(folder.resolve("sops"));
        if (sops.runnable().size() != 4) throw new IllegalStateException("" + sops.diagnostics());
        return sops;
    }

    /** The SOPs that were written into this folder. */
    static SopSet sops(Path where) {
        return SopSet.load(where, "sops", () -> Instant.EPOCH);
    }

    private void write(String name, String steps) throws IOException {
        var real = steps.replace("BEGUN", folder.resolve("begun") + "");
        write(folder.resolve("sops"), name, AT_ONCE, real);
    }

    /** Writes a SOP that is started by hand. */
    static void write(Path sops, String name, int atOnce, String steps) throws IOException {
        var place = Files.createDirectories(sops.resolve(name));
        Files.writeString(
                place.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                max_concurrent = %d

                [[triggers]]
                type = "manual"
                """
                        .formatted(name, atOnce));
        Files.writeString(place.resolve("SOP.md"), "# T\n\n## Steps\n\n" + steps);
    }

    private static String step(String attributes) {
        return """
               1. **Run** — it.
                  - tools: shell
               %s
                  ```sh
                  : > "BEGUN/$SOP_RUN"
                  ```
               """
                .formatted(attributes);
    }
}
