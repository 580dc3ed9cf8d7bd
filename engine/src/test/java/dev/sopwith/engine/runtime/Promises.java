package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunMachine;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Gates.VoteRow;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Runs.RunRow;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What holds after every commit of an engine, worked out from the facts alone: the engine is never
 * asked what is allowed.
 *
 * <p>Threading: one look at a time; what a test changes here, it changes while nothing commits.
 */
final class Promises {
    private final int slotsOfAll;
    private final int votesNeeded;
    private final Function<String, Set<Integer>> gated;

    /** How the SOPs are now, by name. */
    final Map<String, Rules> sops = new HashMap<>();

    /** Runs in which the test itself began something else than what was approved. */
    final Set<Long> tampered = new HashSet<>();

    private final Map<Long, Long> seen = new HashMap<>(); // run to its number of events
    private final Map<Long, DeliveryRow> settled = new HashMap<>();
    private Map<String, Integer> executing = Map.of();

    /** What a SOP says of its slots. */
    record Rules(int slots, boolean isHold, Duration cooldown) {}

    /**
     * Promises of an engine.
     *
     * @param slotsOfAll how many runs of all SOPs may hold a slot
     * @param votesNeeded how many persons a gate needs
     * @param gated the steps of a SOP that have a gate
     */
    Promises(int slotsOfAll, int votesNeeded, Function<String, Set<Integer>> gated) {
        this.slotsOfAll = slotsOfAll;
        this.votesNeeded = votesNeeded;
        this.gated = gated;
    }

    /** Looks at everything that may have changed since the last look. */
    void look(Reads store, Instant now) {
        var active = store.runs().active();
        boolean isFrozen = store.node().setting(AdmissionDesk.FROZEN).isPresent();
        for (long run = 1; run < store.runs().nextNumber(); run++) run(store, run, isFrozen);
        slots(active);
        locks(active);
        outcomes(store);
        if (!isFrozen) nobodyWaitsInVain(store, active, now);
    }

    private void run(Reads store, long run, boolean isFrozen) {
        var row = store.runs().find(run).orElseThrow();
        long before = seen.getOrDefault(run, 0L);
        assertThat(row.version()).as("facts of R-" + run).isGreaterThanOrEqualTo(before);
        if (row.version() == before) return;
        seen.put(run, row.version());
        var events =
                store.runs().events(run).stream()
                        .map(it -> RunJson.event(it.json().orElseThrow()))
                        .toList();
        var state = RunJson.state(row.state());
        assertThat(RunHistory.replay(events)).as("the fold of R-" + run).isEqualTo(state);
        assertThat(row.phase()).as("phase of R-" + run).isEqualTo(phase(state));
        var history = new History(row);
        events.forEach(history::add);
        if (isFrozen) {
            assertThat(events.subList((int) before, events.size()))
                    .as("what begins while all is frozen")
                    .noneMatch(it -> it instanceof RunEvent.StepStarted)
                    .noneMatch(it -> it instanceof RunEvent.RunStarted);
        }
        gates(store, run, state);
    }

    private static Runs.Phase phase(RunState state) {
        return switch (state) {
            case RunState.Active(_, RunState.Phase.SlotWanted _) -> Runs.Phase.RESUMING;
            case RunState.Active(_, var phase) when phase.holdsSlot() -> Runs.Phase.EXECUTING;
            case RunState.Active _ -> Runs.Phase.PARKED;
            case RunState.NotStarted _, RunState.Finished _ -> Runs.Phase.ENDED;
        };
    }

    /** The facts of a run, one after the other: nothing begins that lacks what it needs. */
    private final class History {
        private final RunRow run;
        private final Set<String> initiators = new HashSet<>();
        private final Set<String> voters = new HashSet<>();
        private final Set<String> asked = new HashSet<>();
        private Optional<Gate> gate = Optional.empty();
        private Optional<RunEvent.GateCleared> cleared = Optional.empty();
        private Optional<RunEvent.GateCleared> beforeResume = Optional.empty();
        private Instant deadline = Instant.MIN;
        private boolean hasBegun;
        private boolean isEnding;
        private boolean isPaused;

        History(RunRow run) {
            this.run = run;
        }

        void add(RunEvent event) {
            var what = "R-%d %s: %s".formatted(run.number(), run.sop(), event);
            switch (event) {
                case RunEvent.RunStarted it -> initiators.addAll(it.start().initiators());
                case RunEvent.RunResumed it -> {
                    initiators.add(it.by().person());
                    isPaused = false;
                    // What is repeated by hand is asked anew; a doubt is the same as before.
                    beforeResume = cleared;
                    cleared = Optional.empty();
                }
                case RunEvent.DoubtSettled it -> {
                    if (it.settlement() == RunCommand.Settlement.RETRY) {
                        initiators.add(it.by().person());
                        cleared = Optional.empty();
                        beforeResume = Optional.empty();
                    }
                }
                case RunEvent.StepInDoubt _ -> cleared = cleared.or(() -> beforeResume);
                case RunEvent.StepEntered _, RunEvent.GateRequested _ -> {
                    gate = Optional.empty();
                    cleared = Optional.empty();

                    beforeResume = Optional.empty();

                    hasBegun = false;

                    voters.clear();
                    asked.clear();
                }
                case RunEvent.GateOpened it -> {
                    gate = Optional.of(it.gate());
                    deadline = it.gate().deadline();
                    asked.addAll(it.gate().policy().persons());
                }
                case RunEvent.GateMoved it -> deadline = it.deadline();
                case RunEvent.GateEscalated it -> {
                    var policy = gate.orElseThrow().policy();
                    deadline = it.at().plus(policy.ttl());
                    asked.addAll(policy.escalateTo().orElseThrow());
                }
                case RunEvent.VoteCast it -> {
                    var person = it.vote().by().person();
                    assertThat(it.revision()).as(what).isEqualTo(gate.orElseThrow().revision());
                    assertThat(asked).as(what).contains(person);
                    assertThat(initiators).as(what).doesNotContain(person);
                    assertThat(it.at()).as(what).isBefore(deadline);
                    assertThat(voters.add(person)).as(what).isTrue();
                }
                case RunEvent.VoteWithdrawn it -> voters.remove(it.by().person());
                case RunEvent.VoteVoided it -> voters.remove(it.by().person());
                case RunEvent.GateCleared it -> cleared = Optional.of(it);
                case RunEvent.StepStarted it -> {
                    assertThat(isEnding || isPaused).as(what).isFalse();
                    if (gated.apply(run.sop()).contains(it.step().step())) approved(it, what);
                }
                case RunEvent.StopRequested _ -> isEnding = true;
                case RunEvent.RunPaused _ -> isPaused = true;
                case RunEvent.RunFinished it -> {
                    assertThat(isEnding && isPaused).as(what).isFalse();
                    // Nobody edits a snapshot, so what was approved can always be done.
                    if (!tampered.contains(run.number())) {
                        assertThat(it.reason()).as(what).doesNotContain("what was approved");
                    }
                    isEnding = true;
                }
                default -> {}
            }
        }

        private void approved(RunEvent.StepStarted it, String what) {
            assertThat(voters).as(what).hasSizeGreaterThanOrEqualTo(votesNeeded);
            assertThat(cleared).as(what).isPresent();
            assertThat(it.digest()).as(what).isEqualTo(gate.orElseThrow().digest());
            assertThat(it.digest()).as(what).isEqualTo(cleared.orElseThrow().digest());
            if (hasBegun) return;
            hasBegun = true;
            assertThat(it.at())
                    .as(what)
                    .isBefore(cleared.orElseThrow().at().plus(RunMachine.CLEARED_MAX));
        }
    }

    /** What is shown of gates is what counts. */
    private static void gates(Reads store, long run, RunState state) {
        var open = store.gates().ofRun(run).stream().filter(it -> it.closedAt().isEmpty()).toList();
        if (!(state instanceof RunState.Active(_, RunState.Phase.AtGate(var gate)))) {
            assertThat(open).as("open gates of R-" + run).isEmpty();
            return;
        }
        assertThat(open).as("open gates of R-" + run).hasSize(1);
        assertThat(open).extracting(GateRow::digest).containsOnly(gate.digest());
        assertThat(store.gates().votes(open.getFirst().key()))
                .as("votes on R-" + run)
                .extracting(VoteRow::person)
                .containsExactlyInAnyOrderElementsOf(
                        gate.votes().stream().map(it -> it.by().person()).toList());
    }

    /** An edit may take slots away from those who have them, but then nobody else gets one. */
    private void slots(List<RunRow> active) {
        var now =
                active.stream()
                        .filter(it -> it.phase() == Runs.Phase.EXECUTING)
                        .collect(Collectors.groupingBy(RunRow::sop, Collectors.summingInt(_ -> 1)));
        assertThat(total(now)).as("slots of all").isLessThanOrEqualTo(slotsOfAll);
        now.forEach(
                (sop, count) -> {
                    if (count > executing.getOrDefault(sop, 0)) {
                        assertThat(count).as(sop).isLessThanOrEqualTo(rules(sop).slots());
                    }
                });
        executing = now;
    }

    private static int total(Map<String, Integer> executing) {
        return executing.values().stream().mapToInt(it -> it).sum();
    }

    private void locks(List<RunRow> active) {
        var held = new HashSet<String>();
        for (var run : active) {
            if (rules(run.sop()).isHold()) assertThat(held.add(run.sop())).as(run.sop()).isTrue();
            run.lock().ifPresent(it -> assertThat(held.add(it)).as(it + " held twice").isTrue());
        }
    }

    /** A delivery has one outcome for ever, and each run comes from exactly one delivery. */
    private void outcomes(Reads store) {
        var runs = new HashSet<Long>();
        for (long id = 1; id < store.deliveries().nextId(); id++) {
            var row = store.deliveries().find(id);
            assertThat(row).as("delivery #" + id).isPresent();
            var former = settled.get(id);
            if (former != null) assertThat(row).hasValue(former);
            if (row.get().outcome().isPresent()) settled.put(id, row.get());
            boolean isStart = row.get().outcome().equals(Optional.of("started"));
            assertThat(row.get().run().isPresent()).as("%s", row).isEqualTo(isStart);
            row.get().run().ifPresent(run -> assertThat(runs.add(run)).as("R-" + run).isTrue());
        }
        assertThat(runs).as("runs that a delivery started").hasSize((int) lastRun(store));
    }

    private static long lastRun(Reads store) {
        return store.runs().nextNumber() - 1;
    }

    /** Whoever waits has a reason to: all slots are taken, or its own are. */
    private void nobodyWaitsInVain(Reads store, List<RunRow> active, Instant now) {
        if (total(executing) >= slotsOfAll) return;
        for (var row : active) {
            if (row.phase() != Runs.Phase.RESUMING) continue;
            assertThat(isFull(row.sop())).as("R-%d waits for a slot", row.number()).isTrue();
        }
        var locks = active.stream().flatMap(it -> it.lock().stream()).collect(Collectors.toSet());
        for (var row : store.deliveries().queue()) {
            var sop = row.sop().orElseThrow();
            boolean isCooling =
                    store.runs().lastEnd(sop, "completed").stream()
                            .mapToObj(Instant::ofEpochMilli)
                            .anyMatch(it -> it.plus(rules(sop).cooldown()).isAfter(now));
            boolean isHeld =
                    rules(sop).isHold() && active.stream().anyMatch(it -> it.sop().equals(sop));
            assertThat(
                            isFull(sop)
                                    || isCooling
                                    || isHeld
                                    || row.lock().filter(locks::contains).isPresent())
                    .as("#%d of %s waits in the queue", row.id(), sop)
                    .isTrue();
        }
    }

    private boolean isFull(String sop) {
        return executing.getOrDefault(sop, 0) >= rules(sop).slots();
    }

    private Rules rules(String sop) {
        return Objects.requireNonNull(sops.get(sop), sop);
    }
}
