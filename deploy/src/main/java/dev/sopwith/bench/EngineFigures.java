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
    private static final String PASSED = "1. **A** — b.\n   - when: $.payload.never == 1\n";

    private static final String TWO_STEPS = step("") + step("").replace("1.", "2.");
    private static final String GATED = step("   - requires_confirmation: true\n");
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
        try (var store = open("triggers")) {
            var engine = engine(store, sops);
            for (int submitters : SUBMITTERS) triggers(meter, engine, submitters, "");
            meter.say("finishing %,d runs".formatted(size.finished()));
            for (int done = 0; done < size.finished(); done += size.batch()) {
                deliver(engine, "passed", size.batch(), AT_ONCE);
            }
            triggers(meter, engine, AT_ONCE, more());
            runs(meter, engine, more());
        }
        try (var store = open("runs")) {
            runs(meter, engine(store, sops), "");
        }
        try (var store = open("approvals")) {
            approvals(meter, store, engine(store, sops));
        }
        starts(meter, sops, "parked", "");
        starts(meter, sops, "triggers", more());
        new ServiceFigures(effort, folder.resolve("sops"), folder).measure(meter);
    }

    /** How a figure is called that was taken among finished runs. */
    private String more() {
        return ", %,d runs in the store".formatted(size.finished());
    }

    private void triggers(Meter meter, Engine engine, int submitters, String more)
            throws IOException {
        var name = "accepted trigger, %d at once%s".formatted(submitters, more);
        meter.say(name);
        int count = submitters == 1 ? Math.max(1, size.batch() / 10) : size.batch();
        deliver(engine, "passed", count, submitters);
        var times = new ArrayList<Long>();
        var syncs = new ArrayList<Long>();
        for (int i = 0; i < effort.samples(); i++) {
            syncs.add(sync());
            long start = System.nanoTime();
            deliver(engine, "passed", count, submitters);
            times.add((System.nanoTime() - start) / count);
        }
        meter.add(name, TRIGGER_MAX, times, SYNC, syncs);
    }

    private void runs(Meter meter, Engine engine, String more) throws IOException {
        var name = "complete run of two steps that do nothing" + more;
        meter.say(name);
        StepRunner nothing = new NothingRunner();
        var ended = new Semaphore(0);
        engine.listen(
                run -> {
                    if (engine.state(run).orElseThrow() instanceof RunState.Finished) {
                        ended.release();
                    }
                });
        try (var reconciler = reconciler(engine, Map.of(Tool.SHELL, nothing))) {
            reconciler.start();
            int count = Math.max(1, size.batch() / 4);
            var times = new ArrayList<Long>();
            var syncs = new ArrayList<Long>();
            for (int i = 0; i <= effort.samples(); i++) {
                long sync = sync();
                long start = System.nanoTime();
                deliver(engine, "two", count, AT_ONCE);
                acquire(ended, count);
                if (i == 0) continue; // to warm up
                times.add((System.nanoTime() - start) / count);
                syncs.add(sync);
            }
            meter.add(name, RUN_MAX, times, SYNC, syncs);
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
            meter.add(name + ", median", APPROVAL_MAX, times, SYNC, syncs);
            var slowest = times.stream().sorted().toList();
            long p99 = slowest.get((int) Math.ceil(slowest.size() * 0.99) - 1);
            meter.add(name + ", 99 of 100", APPROVAL_MAX, List.of(p99), SYNC, syncs);
        }
    }

    private void starts(Meter meter, SopSet sops, String where, String more) throws IOException {
        var name = "start with %,d parked runs until ready%s".formatted(size.parked(), more);
        meter.say(name);
        try (var store = open(where)) {
            var engine = engine(store, sops);
            for (int done = 0; done < size.parked(); done += size.batch()) {
                deliver(engine, "people", Math.min(size.batch(), size.parked()), AT_ONCE);
            }
        }
        var times = new ArrayList<Long>();
        var syncs = new ArrayList<Long>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            syncs.add(sync());
            long start = System.nanoTime();
            try (var store = open(where)) {
                var engine = engine(store, sops);
                try (var reconciler = reconciler(engine, Map.of());
                        var deadlines = new Deadlines(engine, CLOCK)) {
                    reconciler.start();
                    deadlines.start();
                    times.add(System.nanoTime() - start);
                }
            }
        }
        meter.add(name, START_MAX, times, SYNC, syncs);
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

    private static void deliver(Engine engine, String sop, int count, int submitters) {
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
        return SqliteStore.open(folder.resolve(name), new SecureRandom(), _ -> {});
    }

    private Engine engine(Store store, SopSet sops) throws IOException {
        try {
            return new Engine(
                    store,
                    () -> sops,
                    Policies.singleOperator("alice"),
                    SecretBox.open(Optional.empty(), folder.resolve("key")),
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
        var sops = SopSet.load(folder.resolve("sops"), "sops", () -> Instant.EPOCH);
        if (sops.runnable().size() != 4) throw new IllegalStateException("" + sops.diagnostics());
        return sops;
    }

    private void write(String name, String steps) throws IOException {
        var place = Files.createDirectories(folder.resolve("sops").resolve(name));
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
                        .formatted(name, AT_ONCE));
        var text = "# T\n\n## Steps\n\n" + steps.replace("BEGUN", folder.resolve("begun") + "");
        Files.writeString(place.resolve("SOP.md"), text);
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
