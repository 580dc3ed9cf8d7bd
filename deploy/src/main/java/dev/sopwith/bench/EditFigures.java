package dev.sopwith.bench;

import dev.sopwith.bot.room.ChatReconciler;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.runtime.StepReconciler;
import dev.sopwith.engine.runtime.StepWorld;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a room is written to while many runs change all the time: a network stands for few
 * edits of a message, so what counts is that it is not more of them when more happens.
 */
final class EditFigures {
    /** What the rooms are promised: no message is edited faster. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    /** A step begins and ends, which is two changes: ten a second. */
    private static final Duration STEP = Duration.ofMillis(200);

    /** Enough for twenty seconds. */
    private static final int STEPS = 100;

    private static final Duration CARDS_MAX = Duration.ofSeconds(30);
    private static final int SUBMITTERS = 16;
    private static final InstantSource CLOCK = InstantSource.system();

    private final ChatBench.Size size;
    private final Path folder;
    private final Map<RunId, LongAdder> changes = new ConcurrentHashMap<>();

    EditFigures(ChatBench.Size size, Path folder) {
        this.size = size;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        meter.say("%d runs with ten changes a second each".formatted(size.runs()));
        var sops = sops();
        var room = new CountingRoom(new Prompts());
        try (var store = SqliteStore.open(folder.resolve("store"), new SecureRandom(), _ -> {})) {
            var engine = engine(store, sops);
            engine.listen(run -> changes.computeIfAbsent(run, _ -> new LongAdder()).increment());
            var world = StepWorld.plain(Map.of());
            try (var steps =
                            new StepReconciler(
                                    engine,
                                    Map.of(Tool.SHELL, new NothingRunner(STEP)),
                                    world,
                                    CLOCK);
                    var chat = chat(engine, store, world, room)) {
                steps.start();
                chat.start();
                EngineFigures.deliver(engine, "busy", size.runs(), SUBMITTERS);
                awaitCards(meter, room);
                count(meter, room);
            }
        }
    }

    private ChatReconciler chat(Engine engine, Store store, StepWorld world, CountingRoom room) {
        var views =
                new RunViews(
                        new Overview(engine, world),
                        store,
                        new StepOutputs(folder),
                        () -> Roster.NONE.withOperator("alice"));
        var chat = new ChatReconciler("bench", room, store, views, _ -> true, CLOCK);
        engine.listen(chat::look);
        return chat;
    }

    /** The first thing that a room owes to every run, however much the others change. */
    private void awaitCards(Meter meter, CountingRoom room) {
        long end = System.nanoTime() + CARDS_MAX.toNanos();
        while (room.sent() < size.runs() && System.nanoTime() < end) sleep(Duration.ofMillis(20));
        meter.addCounts(
                "runs without a card after %d s".formatted(CARDS_MAX.toSeconds()),
                1,
                List.of((long) Math.max(0, size.runs() - room.sent())),
                "runs",
                List.of((long) size.runs()));
    }

    private void count(Meter meter, CountingRoom room) {
        var shown = new ArrayList<Long>();
        var changed = new ArrayList<Long>();
        changes.values().forEach(LongAdder::reset);
        for (int i = 0; i < size.windows(); i++) {
            long before = room.shown();
            long changesBefore = changes();
            sleep(PAUSE);
            shown.add((room.shown() - before) / PAUSE.toSeconds());
            changed.add((changes() - changesBefore) / PAUSE.toSeconds());
        }
        var ofOne = changes.values().stream().map(LongAdder::sum).map(it -> it / size.windows());
        var most = room.editsWithin(PAUSE.toNanos()).stream().max(Long::compare).orElse(0L);
        meter.addCounts(
                "edits of one message within 3 s, the most of %d runs".formatted(size.runs()),
                2,
                List.of(most),
                "changes of one run within 3 s",
                ofOne.toList());
        meter.addCounts(
                "messages and edits a second, %d runs".formatted(size.runs()),
                size.runs() / PAUSE.toSeconds() + 1,
                shown,
                "changes of all runs a second",
                changed);
    }

    private long changes() {
        return changes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private Engine engine(Store store, SopSet sops) throws IOException {
        try {
            return new Engine(
                    store,
                    () -> sops,
                    Policies.singleOperator("alice"),
                    SecretBox.open(Optional.empty(), folder.resolve("key")),
                    new EngineRules(size.runs(), 10_000, Duration.ofMinutes(1), "bench"),
                    new SecureRandom());
        } catch (SecretBox.BadKey e) {
            throw new IOException(e);
        }
    }

    private SopSet sops() throws IOException {
        var text = new StringBuilder();
        for (int i = 1; i <= STEPS; i++) {
            text.append(
                    "%d. **S** — it.\n   - tools: shell\n\n   ```sh\n   :\n   ```\n".formatted(i));
        }
        var place = folder.resolve("sops");
        EngineFigures.write(place, "busy", size.runs(), text.toString());
        var sops = SopSet.load(place, "sops", () -> Instant.EPOCH);
        if (sops.runnable().size() != 1) throw new IllegalStateException("" + sops.diagnostics());
        return sops;
    }

    private static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
