package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.store.CrashingStore;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** One history with a crash at every commit: its end is that of a history without any. */
@Timeout(300)
final class EngineCrashTest {
    private static final String SHELL =
            """
            %d. **Run** — it.
               - tools: shell
               - %s

               ```sh
               true
               ```
            """;
    private static final List<String> ENDS =
            List.of("COMPLETED", "CANCELLED", "COMPLETED", "COMPLETED", "DENIED");

    private static final Logger QUIET = Logger.getLogger(StepReconciler.class.getName());

    @TempDir Path folder;

    @BeforeAll
    static void expectErrors() {
        QUIET.setLevel(Level.OFF);
    }

    @AfterAll
    static void expectNone() {
        QUIET.setLevel(Level.INFO);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void every_crash_leads_to_the_same_end(boolean kept, boolean remembers) {
        writeSops();
        int commits = play(Integer.MAX_VALUE, kept, remembers);
        assertThat(commits).isGreaterThan(15);
        for (int crashAt = 1; crashAt <= commits; crashAt++) play(crashAt, kept, remembers);
    }

    private int play(int crashAt, boolean kept, boolean remembers) {
        var play = new Play(folder, crashAt, kept, remembers);
        var first = play.now.store();
        play.script();
        play.check();
        play.now.close();
        return first.commits();
    }

    /** What one process holds; after a crash another takes its place. */
    private record Service(
            CrashingStore store, House house, StepReconciler steps, Deadlines deadlines) {
        static Service over(CrashingStore store, FakeWorld world, Path folder, Instant at) {
            var house = new House(folder, store).load();
            house.now = at;
            var steps =
                    new StepReconciler(
                            house.engine(),
                            Map.of(Tool.SHELL, world),
                            StepWorld.plain(Map.of()),
                            house.clock);
            return new Service(store, house, steps, new Deadlines(house.engine(), house.clock));
        }

        Service started() {
            steps.start();
            deadlines.prepare();
            return this;
        }

        void close() {
            steps.close();
            deadlines.close();
        }
    }

    /** One history over one disk and one world. */
    private static final class Play {
        private final Path folder;
        private final InMemoryStore disk = new InMemoryStore(new Random(1));
        private final FakeWorld world;
        private Service now;

        Play(Path folder, int crashAt, boolean kept, boolean remembers) {
            this.folder = folder;
            this.world = new FakeWorld(remembers);
            world.fail("R-1.2.1.1");
            for (long run : List.of(2L, 3L, 4L)) world.hold(run);
            var store = new CrashingStore(disk, crashAt, kept);
            this.now = Service.over(store, world, folder, House.BEGINNING).started();
        }

        private void script() {
            until(() -> is(1, "AtGate"), () -> hook("flow", "k1"));
            until(() -> is(2, "Executing"), () -> hook("slow", "k2"));
            until(() -> has("slow", 2), () -> hook("slow", "k3"));
            until(() -> has("slow", 3), () -> hook("slow", "k4"));
            until(() -> is(1, "AtPerson"), () -> now.house().approve(1));
            until(() -> is(2, "CANCELLED"), () -> now.house().cancel(2));
            until(() -> is(3, "Executing"), () -> {});
            world.release(3);
            until(() -> is(4, "Executing"), () -> {});
            until(() -> is(1, "COMPLETED"), () -> now.house().done(1));
            until(() -> is(5, "AtGate"), () -> hook("flow", "k5"));
            until(
                    () -> is(5, "DENIED"),
                    () -> {
                        // After each crash the gate stays open a little longer.
                        now.house().now = now.house().now.plus(Duration.ofHours(25));
                        now.deadlines().pass();
                    });
            world.release(4);
            until(() -> is(4, "COMPLETED"), () -> {});
        }

        private void check() {
            for (int run = 1; run <= ENDS.size(); run++) {
                assertThat(now.house().phase(run)).as("R-" + run).isEqualTo(ENDS.get(run - 1));
            }
            List<DeliveryRow> rows =
                    new ArrayList<>(now.store().read(it -> it.deliveries().queue()));
            assertThat(rows).as("who still waits").isEmpty();
            for (var sop : List.of("flow", "slow")) {
                rows.addAll(now.store().read(it -> it.deliveries().last(sop, 100)));
            }
            assertThat(rows.stream().filter(it -> !it.outcome().orElse("").equals("duplicate")))
                    .hasSize(5)
                    .allMatch(it -> it.outcome().orElse("").equals("started"));
            var perVisit =
                    world.begun().stream()
                            .collect(
                                    Collectors.groupingBy(
                                            StepKey::idempotencyKey, Collectors.counting()));
            perVisit.forEach(
                    (visit, times) ->
                            assertThat(times)
                                    .as(visit)
                                    .isLessThanOrEqualTo(visit.endsWith("R-1.2.1") ? 2 : 1));
        }

        // Until something is so: ask again after every crash, as people and sources do

        private void until(BooleanSupplier condition, Runnable action) {
            boolean asked = false;
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (true) {
                try {
                    if (condition.getAsBoolean()) return;
                    if (!asked) action.run();
                    asked = true;
                    settleDoubts();
                } catch (CrashingStore.Crash | AssertionError e) {
                    // An answer that never came, or a question that was overtaken.
                    if (e instanceof AssertionError && !now.store().hasCrashed()) asked = true;
                }
                if (now.store().hasCrashed()) {
                    reopen();
                    asked = false;
                }
                assertThat(System.nanoTime()).as(this::where).isLessThan(end);
                Thread.onSpinWait();
            }
        }

        private String where() {
            return disk.reopened()
                    .<List<String>>read(
                            it -> it.runs().last(10).stream().map(row -> row.state()).toList())
                    .toString();
        }

        private void settleDoubts() {
            for (long run = 1; run <= ENDS.size(); run++) {
                if (world.isHeld(run) || !is(run, "InDoubt")) continue;
                var state = (RunState.Active) now.house().state(run);
                if (!(state.phase() instanceof RunState.Phase.InDoubt it)) continue;
                now.house()
                        .command(
                                run,
                                new RunCommand.Settle(
                                        it.step(),
                                        it.attempt(),
                                        RunCommand.Settlement.DONE,
                                        House.ALICE,
                                        "",
                                        now.house().now));
            }
        }

        private boolean is(long run, String phase) {
            boolean exists = now.store().<Boolean>read(it -> it.runs().find(run).isPresent());
            return exists
                    && (now.house().phase(run).equals(phase)
                            // After a crash nobody may know, and people may have said so.
                            || (phase.equals("Executing")
                                    && (isOver(run) || now.house().phase(run).equals("InDoubt"))));
        }

        private boolean isOver(long run) {
            return now.house().state(run) instanceof RunState.Finished;
        }

        private boolean has(String sop, int deliveries) {
            List<DeliveryRow> rows = now.store().read(it -> it.deliveries().last(sop, 100));
            return rows.stream().filter(it -> !it.outcome().orElse("").equals("duplicate")).count()
                    >= deliveries;
        }

        private void hook(String sop, String key) {
            now.house().hook(sop, "{\"env\":\"prod\"}", key);
        }

        private void reopen() {
            now.close();
            var store = new CrashingStore(disk, Integer.MAX_VALUE, false);
            now = Service.over(store, world, folder, now.house().now).started();
        }
    }

    private void writeSops() {
        var house = new House(folder, new InMemoryStore(new Random(1)));
        var flow =
                List.of(
                        SHELL.formatted(1, "requires_confirmation: true"),
                        SHELL.formatted(2, "on_failure: retry:1"),
                        "3. **Look** — is it there?",
                        SHELL.formatted(4, "on_failure: fail"));
        house.sop("flow", "", String.join("\n", flow));
        house.sop("slow", "", SHELL.formatted(1, "on_failure: fail"));
    }
}
