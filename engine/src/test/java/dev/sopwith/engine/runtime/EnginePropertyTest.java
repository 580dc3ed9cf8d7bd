package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.CrashingStore;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Deliveries, votes, edits, time, cancels, pauses, freezes, restarts and crashes in any order, with
 * a real reconciler over a world that goes on without the service: {@link Promises} hold after each
 * commit, and in the end everything comes to an end.
 *
 * <p>The seed says what happens. What follows from it happens on the reconciler's threads, so a
 * crash may hit another of their commits the next time.
 */
@Timeout(120)
final class EnginePropertyTest {
    private static final int SEEDS = 8;
    private static final int THINGS = 200;
    private static final int SLOTS = 3;
    private static final int VOTES = 2;
    private static final Duration COOLDOWN = Duration.ofMinutes(10);
    private static final Duration TTL = Duration.ofHours(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> SOPS =
            List.of("plain", "gated", "gated", "gated", "locked", "folded", "dropped", "held");
    private static final List<RunCommand.Settlement> SETTLEMENTS =
            List.of(RunCommand.Settlement.values());
    private static final List<String> PERSONS =
            List.of("alice", "bob", "carol", "dave", "erin", "mallory");
    private static final String OTHER = "0".repeat(64);
    private static final Pattern EDITION = Pattern.compile("echo edition (\\d+)");
    private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

    /** Two of four, never who started it; the first time nobody decides, Erin may as well. */
    private static final GatePolicy TWO =
            new GatePolicy(
                    List.of(
                            new GatePolicy.Quorum(
                                    "two", Set.of("alice", "bob", "carol", "dave"), VOTES)),
                    true,
                    Assurance.CLICK,
                    TTL,
                    List.of(Duration.ofMinutes(15)),
                    Optional.of(Set.of("erin")));

    private static final List<Logger> QUIET =
            List.of(
                    Logger.getLogger(StepReconciler.class.getName()),
                    Logger.getLogger(Deadlines.class.getName()));

    @TempDir Path folder;

    @BeforeAll
    static void expectErrors() {
        QUIET.forEach(it -> it.setLevel(Level.OFF));
    }

    @AfterAll
    static void expectNone() {
        QUIET.forEach(it -> it.setLevel(Level.INFO));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_interleaving_keeps_the_promises(long seed) {
        var play = new Play(folder, new Random(seed));
        try {
            for (int i = 0; i < THINGS; i++) play.step();
            play.toTheEnd();
        } finally {
            play.now.close();
        }
    }

    /** What one process holds; after a restart or crash another takes its place. */
    private record Service(
            CrashingStore store,
            House house,
            Witness witness,
            StepReconciler steps,
            Deadlines deadlines) {
        static Service over(CrashingStore store, Witness witness, House former, Instant at) {
            var house = new House(former.folder, store).like(former);
            house.now = at;
            house.rules = new EngineRules(SLOTS, 30, Duration.ofMinutes(1), "here");
            house.policies = (_, _) -> TWO;
            var steps =
                    new StepReconciler(
                            house.engine(),
                            Map.of(Tool.SHELL, witness),
                            StepWorld.plain(Map.of()),
                            house.clock);
            var deadlines = new Deadlines(house.engine(), house.clock);
            return new Service(store, house, witness, steps, deadlines);
        }

        void close() {
            steps.close();
            deadlines.close();
        }
    }

    /** Whoever does steps, for one process: sees what is asked of the world, and who waits. */
    private static final class Witness implements StepRunner {
        private final FakeWorld world;
        private final InMemoryStore disk;
        private final Set<StepKey> waiting = ConcurrentHashMap.newKeySet();
        private volatile Optional<AssertionError> found = Optional.empty();

        Witness(FakeWorld world, InMemoryStore disk) {
            this.world = world;
            this.disk = disk;
        }

        @Override
        public StepEnd run(StepOrder order) throws InterruptedException {
            try {
                requireRecorded(order);
            } catch (AssertionError e) {
                found = Optional.of(e);
            }
            waiting.add(order.key());
            try {
                return world.run(order);
            } finally {
                waiting.remove(order.key());
            }
        }

        /** Its beginning is a fact before it begins, and it is what the run was started with. */
        private void requireRecorded(StepOrder order) {
            var key = order.key();
            var files =
                    disk.read(
                            store -> {
                                var row = store.runs().find(key.run()).orElseThrow();
                                assertThat(events(store.runs(), key.run()))
                                        .as("beginning of " + key)
                                        .anyMatch(
                                                it ->
                                                        it instanceof RunEvent.StepStarted started
                                                                && started.step().step()
                                                                        == key.step()
                                                                && started.step().visit()
                                                                        == key.visit()
                                                                && started.attempt()
                                                                        == key.attempt());
                                return store.snapshots().find(row.digest()).orElseThrow();
                            });
            var page =
                    new String(
                            files.file("SOP.md").orElseThrow().content(), StandardCharsets.UTF_8);
            assertThat(edition(order.block().text()))
                    .as("edition of " + key)
                    .isEqualTo(edition(page));
        }

        @Override
        public Recovered recover(StepOrder order) {
            return world.recover(order);
        }

        @Override
        public StepEnd attach(StepOrder order) throws InterruptedException {
            waiting.add(order.key());
            try {
                return world.attach(order);
            } finally {
                waiting.remove(order.key());
            }
        }

        @Override
        public boolean stop(StepKey key, String why) {
            return world.stop(key, why);
        }
    }

    private static List<RunEvent> events(Runs runs, long run) {
        return runs.events(run).stream().map(it -> RunJson.event(it.json().orElseThrow())).toList();
    }

    private static int edition(String text) {
        var found = EDITION.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return Integer.parseInt(found.group(1));
    }

    /** What was sent and what came of it. */
    private static final class Sent {
        private final String sop;
        private final Instant at;
        private int answered;
        private int unanswered;

        Sent(String sop, Instant at) {
            this.sop = sop;
            this.at = at;
        }
    }

    private static final class Play {
        private final Random random;
        private final InMemoryStore disk = new InMemoryStore(new Random(1));
        private final WatchedStore watched;
        private final FakeWorld world;
        private final Promises promises = new Promises(SLOTS, VOTES, Play::gated);
        private final List<Sent> sent = new ArrayList<>();
        private final List<Gate.Ref> formerRefs = new ArrayList<>();
        private int editions;
        private Instant time = House.BEGINNING;
        private Service now;

        Play(Path folder, Random random) {
            this.random = random;
            this.watched = new WatchedStore(disk, store -> promises.look(store, time));
            this.world = new FakeWorld(random.nextBoolean());
            for (long run = 1; run <= THINGS; run++) world.hold(run);
            var house = new House(folder, disk);
            edit(house);
            this.now = open(house, Integer.MAX_VALUE, false);
        }

        /** The steps of this SOP that people must say yes to. */
        private static Set<Integer> gated(String sop) {
            return sop.equals("gated") ? Set.of(1, 2) : Set.of();
        }

        /** Something happens, and everything that follows from it. */
        void step() {
            try {
                something();
            } catch (CrashingStore.Crash e) {
                // nobody answers any more
            }
            settle();
        }

        private void something() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> deliver();
                case 5 -> pass(random.nextInt(8) == 0 ? 200 : random.nextInt(20));
                case 6 -> {
                    if (random.nextBoolean()) edit(now.house());
                }
                case 7 -> {
                    if (random.nextInt(3) == 0)
                        now.house().engine().freeze("test", "local:alice", time);
                }
                case 8 -> restart(Integer.MAX_VALUE, false);
                case 9, 10 -> restart(1 + random.nextInt(8), random.nextBoolean());
                case 11 -> voteLate();
                case 14 -> {
                    if (random.nextInt(3) == 0) lose();
                }
                case 15 -> {
                    if (isFrozen() || random.nextInt(3) == 0) beginAnother();
                    else voteAtTheDeadline();
                }
                case 12, 13 -> {
                    if (isFrozen()) now.house().engine().unfreeze("local:alice", time);
                    else anyActive().ifPresent(this::goOn);
                }
                default -> anyActive().ifPresent(this::goOn);
            }
        }

        // What comes from outside

        private void deliver() {
            int n = sent.size();
            boolean again = n > 0 && random.nextInt(5) == 0;
            if (again) n = Math.max(0, n - 1 - random.nextInt(4));
            else sent.add(new Sent(SOPS.get(random.nextInt(SOPS.size())), time));
            var it = sent.get(n);
            // A key is forgotten after a day, and then the same delivery is another one.
            if (again && Duration.between(it.at, time).toHours() > 20) return;
            var arrival =
                    now.house()
                            .arrival(
                                    Source.WEBHOOK,
                                    "/sop/" + it.sop,
                                    "{\"env\":\"prod\",\"n\":%d}".formatted(n),
                                    Optional.of("k" + n),
                                    Map.of(),
                                    false);
            it.unanswered++;
            var outcomes = now.house().engine().deliver(arrival);
            it.unanswered--;
            it.answered++;
            assertThat(outcomes).hasSize(1);
            answerIsOnRecord(n, outcomes.getFirst());
        }

        private void answerIsOnRecord(int n, Outcome answer) {
            var last = deliveries(n).getLast();
            var word = last.outcome().orElse("queued");
            assertThat(answer.kind().word()).as("answer to " + n).isEqualTo(word);
            assertThat(answer.run()).as("answer to " + n).isEqualTo(last.run());
        }

        /** All deliveries with this number, which the key names, or else the payload. */
        private List<DeliveryRow> deliveries(int n) {
            return disk.read(
                    store -> {
                        var rows = new ArrayList<DeliveryRow>();
                        for (long id = 1; id < store.deliveries().nextId(); id++) {
                            var row = store.deliveries().find(id).orElseThrow();
                            var json = store.deliveries().request(id).orElseThrow();
                            int number =
                                    row.dedupeKey()
                                            .map(it -> it.substring(it.lastIndexOf("/k") + 2))
                                            .map(Integer::parseInt)
                                            .orElseGet(() -> number(payload(json)));
                            if (number == n) rows.add(row);
                        }
                        return rows;
                    });
        }

        private static String payload(String json) {
            try {
                return Request.of(json).payload();
            } catch (Request.Unreadable e) {
                throw new AssertionError(e);
            }
        }

        private static int number(String payload) {
            var found = NUMBER.matcher(payload);
            assertThat(found.find()).as(payload).isTrue();
            return Integer.parseInt(found.group(1));
        }

        private void pass(int minutes) {
            setTime(time.plus(Duration.ofMinutes(minutes)));
            now.deadlines().pass();
            now.house().engine().fillSlots(time);
        }

        private void setTime(Instant time) {
            this.time = time;
            now.house().now = time;
        }

        /** Somebody changes what is on the disk, between a start and its end. */
        private void edit(House house) {
            int n = ++editions;
            write(house, "plain", "priority = \"high\"", shell(n, "on_failure: continue") + look());
            write(
                    house,
                    "gated",
                    "",
                    shell(n, "requires_confirmation: true\n   - on_failure: retry:2")
                            + shell(n, "requires_confirmation: true\n   - repeatable: true")
                            + look());
            write(house, "locked", "lock = \"one\"", shell(n, "on_failure: retry:2 2m"));
            write(
                    house,
                    "folded",
                    "admission_policy = \"coalesce\"",
                    shell(n, "on_failure: retry:1 30s"));
            write(
                    house,
                    "dropped",
                    "admission_policy = \"drop\"\nmax_pending_approvals = 2",
                    shell(n, "on_failure: fail") + look());
            write(
                    house,
                    "held",
                    "admission_policy = \"hold\"\ncooldown_secs = " + COOLDOWN.toSeconds(),
                    look() + shell(n, "on_failure: fail"));
            house.load();
        }

        private void write(House house, String sop, String manifest, String steps) {
            boolean isHold = sop.equals("held");
            int slots = isHold ? 1 : 1 + random.nextInt(3);
            var numbered = new StringBuilder();
            int step = 0;
            for (var text : steps.split("(?m)^(?=\\* )", -1)) {
                if (!text.isEmpty()) numbered.append(++step).append(". ").append(text.substring(2));
            }
            house.write(sop, "max_concurrent = %d\n%s".formatted(slots, manifest), numbered + "");
            promises.sops.put(
                    sop, new Promises.Rules(slots, isHold, isHold ? COOLDOWN : Duration.ZERO));
        }

        private static String shell(int edition, String attributes) {
            return """
                   * **Run** — it.
                      - tools: shell
                      - %s

                      ```sh
                      echo edition %d
                      ```
                   """
                    .formatted(attributes.replace("\n", "\n   "), edition);
        }

        private static String look() {
            return "* **Look** — is it there?\n";
        }

        // What happens to a run

        private Optional<RunRow> anyActive() {
            var active = active();
            return active.isEmpty()
                    ? Optional.empty()
                    : Optional.of(active.get(random.nextInt(active.size())));
        }

        private List<RunRow> active() {
            return disk.read(it -> it.runs().active());
        }

        private void goOn(RunRow row) {
            long run = row.number();
            if (random.nextInt(25) == 0) {
                now.house().cancel(run);
                return;
            }
            if (random.nextInt(12) == 0) {
                pause(run);
                return;
            }
            switch (phase(row)) {
                case Phase.AtGate(var gate) -> decide(run, gate);
                case Phase.Executing it -> end(run, it);
                case Phase it -> help(run, it);
            }
        }

        /** As a restore does it: before anybody looks after steps. */
        private void pause(long run) {
            now.close();
            now.house().command(run, new RunCommand.Pause("test", time));
            now = open(Integer.MAX_VALUE, false);
        }

        /** Nobody can tell what became of a step, though it may still go on. */
        private void lose() {
            now.close();
            for (var row : active()) {
                if (!(phase(row) instanceof Phase.Executing it)) continue;
                now.house()
                        .command(
                                row.number(),
                                new RunCommand.Doubt(it.step(), it.attempt(), "lost", time));
            }
            now = open(Integer.MAX_VALUE, false);
        }

        private static Phase phase(RunRow row) {
            return ((RunState.Active) RunJson.state(row.state())).phase();
        }

        private void decide(long run, Gate gate) {
            formerRefs.add(gate.ref());
            var person = actor(PERSONS.get(random.nextInt(PERSONS.size())));
            now.house()
                    .command(
                            run,
                            switch (random.nextInt(12)) {
                                case 0 -> new RunCommand.Deny(gate.ref(), person, "", time);
                                case 1, 2 -> new RunCommand.Withdraw(gate.ref(), person, time);
                                case 3 ->
                                        new RunCommand.ReviseGate(
                                                gate.at(), gate.revision(), "test", time);
                                default ->
                                        new RunCommand.Approve(
                                                gate.ref(), person, Optional.empty(), time);
                            });
        }

        /** A prompt that was overtaken, and somebody who still believes in it. */
        private void voteLate() {
            if (formerRefs.isEmpty()) return;
            var ref = formerRefs.get(random.nextInt(formerRefs.size()));
            var person = actor(PERSONS.get(random.nextInt(PERSONS.size())));
            anyActive()
                    .ifPresent(
                            run ->
                                    now.house()
                                            .command(
                                                    run.number(),
                                                    new RunCommand.Approve(
                                                            ref, person, Optional.empty(), time)));
        }

        /** Two people are just too late, and nobody has looked at the clock yet. */
        private void voteAtTheDeadline() {
            for (var row : active()) {
                if (!(phase(row) instanceof Phase.AtGate(var gate))) continue;
                if (time.isBefore(gate.deadline())) setTime(gate.deadline());
                approve(row.number(), gate);
                return;
            }
        }

        private void approve(long run, Gate gate) {
            for (var person : List.of("bob", "carol")) {
                now.house()
                        .command(
                                run,
                                new RunCommand.Approve(
                                        gate.ref(), actor(person), Optional.empty(), time));
            }
        }

        /** With nobody to begin steps, something else is begun than what people said yes to. */
        private void beginAnother() {
            now.close();
            deliver();
            for (var row : active()) {
                if (phase(row) instanceof Phase.AtGate(var gate)) approve(row.number(), gate);
            }
            if (random.nextBoolean()) now.house().engine().freeze("test", "local:alice", time);
            for (var row : active()) {
                long run = row.number();
                if (!(phase(row) instanceof Phase.Ready it)) continue;
                // Without a gate there is nothing it could differ from; frozen, nothing begins.
                if (it.cleared().isEmpty() && !isFrozen()) continue;
                promises.tampered.add(run);
                now.house()
                        .command(
                                run,
                                new RunCommand.Begin(it.step(), it.attempt(), "here", OTHER, time));
            }
            now = open(Integer.MAX_VALUE, false);
        }

        private void end(long run, Phase.Executing it) {
            var key =
                    new StepKey(
                            disk.<String>read(store -> store.node().epoch()),
                            run,
                            it.step().step(),
                            it.step().visit(),
                            it.attempt());
            if (random.nextInt(3) == 0) world.fail(key.toString());
            world.release(run);
            settle();
            world.hold(run);
        }

        /** What people do so that a run comes to its end. */
        private void help(long run, Phase phase) {
            switch (phase) {
                case Phase.AtPerson it ->
                        now.house()
                                .command(
                                        run,
                                        new RunCommand.Reply(
                                                it.step(),
                                                it.attempt(),
                                                RunCommand.Answer.DONE,
                                                actor("bob"),
                                                "",
                                                time));
                case Phase.InDoubt it ->
                        now.house()
                                .command(
                                        run,
                                        new RunCommand.Settle(
                                                it.step(),
                                                it.attempt(),
                                                SETTLEMENTS.get(random.nextInt(SETTLEMENTS.size())),
                                                actor("dave"),
                                                "",
                                                time));
                case Phase.Paused _ ->
                        now.house().command(run, new RunCommand.Resume(actor("dave"), time));
                default -> {} // slots and time come by themselves
            }
        }

        private static Actor actor(String person) {
            return new Actor(person, "local:" + person);
        }

        // What happens to the service

        private boolean isFrozen() {
            return disk.<Boolean>read(it -> it.node().setting(AdmissionDesk.FROZEN).isPresent());
        }

        private void restart(int crashAt, boolean kept) {
            now.close();
            now = open(crashAt, kept);
        }

        private Service open(int crashAt, boolean kept) {
            return open(now.house(), crashAt, kept);
        }

        private Service open(House former, int crashAt, boolean kept) {
            var store = new CrashingStore(watched, crashAt, kept);
            var service = Service.over(store, new Witness(world, disk), former, time);
            try {
                service.steps().start();
                service.deadlines().prepare();
            } catch (CrashingStore.Crash e) {
                // as early as this
            }
            return service;
        }

        /** Waits until only the world or people can go on; a service that died is started again. */
        private void settle() {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!isSettled()) {
                if (now.store().hasCrashed()) restart(Integer.MAX_VALUE, false);
                watched.throwFound();
                assertThat(System.nanoTime()).as(this::whatGoesOn).isLessThan(end);
                LockSupport.parkNanos(200_000);
            }
            watched.throwFound();
            now.witness()
                    .found
                    .ifPresent(
                            it -> {
                                throw it;
                            });
        }

        private String whatGoesOn() {
            return "still busy: %d, waiting: %s, runs: %s"
                    .formatted(
                            now.steps().busy(),
                            now.witness().waiting,
                            active().stream().map(RunRow::state).toList());
        }

        private boolean isSettled() {
            int going = 0;
            for (var row : active()) {
                if (row.phase() != Runs.Phase.EXECUTING) continue;
                switch (phase(row)) {
                    case Phase.Ready _ -> {
                        if (!isFrozen()) return false;
                    }
                    case Phase.Executing it when it.stop().isPresent() -> {
                        return false;
                    }
                    case Phase.Executing it -> {
                        going++;
                        var waiting =
                                now.witness().waiting.stream()
                                        .anyMatch(
                                                key ->
                                                        key.run() == row.number()
                                                                && key.attempt() == it.attempt()
                                                                && key.step() == it.step().step()
                                                                && world.isGoingOn(key));
                        if (!waiting) return false;
                    }
                    default -> {}
                }
            }
            return now.steps().busy() == going && !now.store().hasCrashed();
        }

        // The end

        /** Everybody does what is asked of them: then nothing is left over. */
        void toTheEnd() {
            restart(Integer.MAX_VALUE, false);
            now.house().engine().unfreeze("local:alice", time);
            for (long run = 1; run <= THINGS; run++) world.release(run);
            settle();
            for (int round = 0; round < 400 && !isAllOver(); round++) {
                for (var row : active()) {
                    var run = row.number();
                    // It may have gone on since: the world is fast now.
                    var current = disk.read(it -> it.runs().find(run)).orElseThrow();
                    if (current.phase() == Runs.Phase.ENDED) continue;
                    var phase = phase(current);
                    if (phase instanceof Phase.AtGate(var gate)) {
                        approve(run, gate);
                    } else {
                        help(run, phase);
                    }
                }
                settle();
                pass(1);
                settle();
            }
            assertThat(active()).as("runs that never end").isEmpty();
            List<DeliveryRow> queue = disk.read(it -> it.deliveries().queue());
            assertThat(queue).as("who waits for ever").isEmpty();
            outcomes();
            assertThat(new Audit(disk).verify().finding()).isEmpty();
        }

        private boolean isAllOver() {
            return active().isEmpty()
                    && disk.<Integer>read(it -> it.deliveries().queueLength()) == 0;
        }

        /** Each delivery that was answered has its one outcome, and none has two runs. */
        private void outcomes() {
            var kinds = new HashMap<String, Integer>();
            for (int n = 0; n < sent.size(); n++) {
                var rows = deliveries(n);
                int answered = sent.get(n).answered;
                assertThat(rows.size())
                        .as("outcomes of " + n)
                        .isBetween(answered, answered + sent.get(n).unanswered);
                assertThat(rows)
                        .as("runs of " + n)
                        .filteredOn(it -> it.run().isPresent())
                        .hasSizeLessThan(2);
                assertThat(rows)
                        .as("keys of " + n)
                        .filteredOn(it -> it.dedupeKey().isPresent())
                        .hasSizeLessThan(2);
                rows.forEach(it -> kinds.merge(it.outcome().orElseThrow(), 1, Integer::sum));
            }
            assertThat(kinds.get("started")).as("runs").isGreaterThan(3);
            assertThat(world.begun()).as("steps").hasSizeGreaterThan(3);
        }
    }
}
