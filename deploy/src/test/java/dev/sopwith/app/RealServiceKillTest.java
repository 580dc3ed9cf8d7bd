package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.Outcome;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.runtime.StoredRuns;
import dev.sopwith.engine.runtime.StoredRuns.Stored;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The real service, killed with SIGKILL at moments that a seed chooses, while four people drive
 * runs at once. {@code -Dsopwith.seed=N} chooses other moments, {@code -Dsopwith.kills=N} their
 * number.
 */
@Timeout(600)
class RealServiceKillTest {
    private static final long SEED = Long.getLong("sopwith.seed", 20_261_121);
    private static final int KILLS = Integer.getInteger("sopwith.kills", 50);
    private static final int PERSONS = 4;

    /** Longer than the time from the start of the process to "ready". */
    private static final int START_MILLIS = 2_000;

    @TempDir private Path folder;
    private RealService service;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final People people = new People("work");
    private final List<Instant> kills = new ArrayList<>();

    @BeforeEach
    void writeSop() throws IOException {
        service = new RealService(folder);
        service.sop(
                "work",
                """
                max_concurrent = 4

                [[inputs]]
                name = "id"
                type = "string"
                required = true
                """,
                """
                1. **Once** — not repeatable.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   echo "$SOP_INPUT_ID" >> '%1$s/begun'
                   sleep 0.3
                   echo "$SOP_INPUT_ID" >> '%1$s/once'
                   ```

                2. **Again** — may be repeated.
                   - tools: shell
                   - repeatable: true

                   ```sh
                   echo "$SOP_INPUT_ID" >> '%1$s/again'
                   ```

                3. **Look** — is it there?
                """
                        .formatted(folder));
        for (var effect : List.of("begun", "once", "again")) Files.createFile(file(effect));
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    @Test
    void nothing_that_was_answered_is_lost_and_nothing_is_done_twice() throws Exception {
        while (kills.size() < KILLS) liveUntilKilled();
        service.start();
        settleAll();
        service.stop();

        try (var store = SqliteStore.view(service.database())) {
            assertThat(new Audit(store).verify().finding()).as(seed()).isEmpty();
            check(StoredRuns.of(store));
        }
    }

    // A life of the service

    private void liveUntilKilled() throws Exception {
        service.startWithoutWaiting();
        if (random.nextInt(4) == 0) {
            park(random.nextInt(START_MILLIS)); // while it starts, or finds again what goes on
            kill();
            return;
        }
        service.awaitReady();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < PERSONS; i++) {
            var of = random.split();
            threads.add(Thread.ofVirtual().start(() -> people.driveUntilHungUp(service, of)));
        }
        if (random.nextInt(3) == 0) awaitStepInTheMiddle();
        else awaitAnswers(people.answers() + random.nextInt(30));
        park(random.nextInt(40));
        kill();
        for (var thread : threads) thread.join();
    }

    private void kill() throws InterruptedException {
        service.kill();
        kills.add(Instant.now());
    }

    private static void park(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    private void awaitAnswers(int count) throws Exception {
        RealService.await(() -> people.answers() >= count);
    }

    private void awaitStepInTheMiddle() throws Exception {
        var before = inTheMiddle();
        RealService.await(() -> !before.containsAll(inTheMiddle()));
    }

    /** Starts whose first step has begun and not come to its end: it goes on, or was cancelled. */
    private Set<String> inTheMiddle() throws IOException {
        var begun = new HashSet<>(lines("begun"));
        begun.removeAll(lines("once"));
        return begun;
    }

    /** Says yes to all that waits, until every run has ended. */
    private void settleAll() throws Exception {
        try (var client = service.connect()) {
            RealService.await(
                    () -> {
                        people.answerAll(client);
                        var open = service.ask("status").data();
                        return open.path("runs").isEmpty() && open.path("queued").asInt() == 0;
                    });
        }
    }

    // What must be so in the end

    private void check(List<Stored> runs) throws IOException {
        var byId = runs.stream().collect(Collectors.groupingBy(RealServiceKillTest::id));
        assertThat(byId.values())
                .as(seed())
                .allMatch(it -> it.size() == 1, "one run for each start");
        assertThat(byId.keySet()).as(seed()).containsAll(people.started());
        for (var run : runs) {
            assertThat(problems(run)).as("%s of %s, %s", id(run), run, seed()).isEmpty();
        }
        var once = counted("once");
        var begun = counted("begun");
        var again = counted("again");
        for (var run : runs) {
            var id = id(run);
            int words = people.retries(run.number());
            var about = "%s, %s".formatted(run, seed());
            assertThat(begun.getOrDefault(id, 0L)).as(about).isLessThanOrEqualTo(1 + words);
            assertThat(once.getOrDefault(id, 0L)).as(about).isLessThanOrEqualTo(1 + words);
            if (!isCompleted(run)) continue;
            assertThat(once).as(about).containsKey(id);
            assertThat(again).as(about).containsKey(id);
        }
        report(runs);
    }

    /** What a run's record lacks of what was answered about it. */
    private List<String> problems(Stored run) {
        var problems = new ArrayList<String>();
        if (!(run.state() instanceof RunState.Finished)) problems.add("has not ended");
        for (var promise : people.promises(run.number())) {
            if (run.events().stream().noneMatch(promise.fact())) {
                problems.add(promise.words() + " was answered and is not there");
            }
        }
        boolean goneWrong = !isCompleted(run) && !people.saidNo(run.number());
        if (goneWrong) problems.add("has not completed");
        return problems;
    }

    private void report(List<Stored> runs) {
        long foundAgain = runs.stream().filter(this::wasFoundAgain).count();
        assertThat(foundAgain).as("steps that outlived the service, %s", seed()).isPositive();
        System.out.printf(
                "%d kills, seed %d: %d runs, %d answers kept, %d steps found again, %d in doubt%n",
                kills.size(),
                SEED,
                runs.size(),
                people.answers(),
                foundAgain,
                runs.stream()
                        .flatMap(run -> run.events().stream())
                        .filter(RunEvent.StepInDoubt.class::isInstance)
                        .count());
    }

    /** Whether its first step began before a kill and ended well after it, and was begun once. */
    private boolean wasFoundAgain(Stored run) {
        var started = at(run, RunEvent.StepStarted.class);
        var succeeded = at(run, RunEvent.StepSucceeded.class);
        if (started.isEmpty() || succeeded.isEmpty()) return false;
        return kills.stream()
                .anyMatch(
                        kill ->
                                kill.isAfter(started.getFirst())
                                        && kill.isBefore(succeeded.getFirst()));
    }

    private static List<Instant> at(Stored run, Class<? extends RunEvent> fact) {
        return run.events().stream().filter(fact::isInstance).map(RunEvent::at).toList();
    }

    private static boolean isCompleted(Stored run) {
        return run.state() instanceof RunState.Finished it && it.outcome() == Outcome.COMPLETED;
    }

    private static String id(Stored run) {
        var first = (RunEvent.RunStarted) run.events().getFirst();
        return String.valueOf(first.start().inputs().get("id"));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private List<String> lines(String effect) throws IOException {
        return Files.readAllLines(file(effect));
    }

    private Map<String, Long> counted(String effect) throws IOException {
        return lines(effect).stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static String seed() {
        return "seed " + SEED;
    }
}
