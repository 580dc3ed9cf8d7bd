package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Plan.PlannedStep;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.step.ActionText;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Match;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Says what a start would come to: it is tried as if it were meant, by those who decide about real
 * ones, and undone. So a plan cannot promise what a start would not keep.
 *
 * <p>Threading: safe from any thread. Nothing is kept, nobody hears of it.
 */
public final class Planner {
    private static final String HIDDEN = "***";
    private static final String OTHERS = "others wait before it";

    private final Engine engine;
    private final StepOrders orders;

    /**
     * @param world the one that steps are run with
     */
    public Planner(Engine engine, StepWorld world) {
        this.engine = engine;
        this.orders = new StepOrders(engine.secrets(), world);
    }

    /**
     * What this would come to. Secret inputs may be missing: they are asked for when it is meant.
     *
     * @param sop that can run
     */
    public Plan plan(SopSet.Loaded sop, Arrival arrival) {
        return engine.tried((tx, desks) -> plan(tx, desks, sop, arrival));
    }

    /**
     * A SOP that hears a delivery.
     *
     * @param matches each of its triggers that hears it, and whether its condition holds
     * @param plan what would come of it; its steps only where a condition holds
     */
    public record Heard(List<Match> matches, Plan plan) {
        public Heard {
            matches = List.copyOf(matches);
        }
    }

    /** What a delivery would come to, for each SOP that hears it. */
    public List<Heard> hear(Arrival arrival) {
        var now = engine.index();
        return engine.tried((tx, desks) -> hear(tx, desks, now, arrival));
    }

    private List<Heard> hear(Tx tx, Engine.Desks desks, Engine.Index now, Arrival arrival) {
        var bySop = new LinkedHashMap<String, List<Match>>();
        for (var match : now.matcher().match(arrival.delivery())) {
            if (!arrival.mayStartBy(match.trigger())) continue;
            bySop.computeIfAbsent(match.sop().name(), _ -> new ArrayList<>()).add(match);
        }
        // Before anything is started: what one would do is shown as things stand now.
        var unready = new LinkedHashMap<String, Unready>();
        bySop.forEach(
                (sop, matches) -> {
                    var loaded = now.sops().find(sop).orElseThrow();
                    unready.put(sop, unready(tx, desks, loaded, matches, arrival));
                });
        if (bySop.isEmpty()) return List.of();
        var heard = new ArrayList<Heard>();
        for (var outcome : desks.admission().arrive(tx, now.sops(), now.matcher(), arrival)) {
            var matches = bySop.getOrDefault(outcome.sop(), List.of());
            var it = Objects.requireNonNull(unready.get(outcome.sop()));
            heard.add(new Heard(matches, it.plan(outcome)));
        }
        return heard;
    }

    /** All of a plan but what becomes of the delivery. */
    private record Unready(
            Sop sop,
            Optional<String> inTheWay,
            Priority priority,
            ExecutionMode mode,
            InputValues inputs,
            List<PlannedStep> steps) {
        Plan plan(Outcome outcome) {
            return new Plan(
                    sop,
                    outcome,
                    waits(outcome) ? inTheWay.or(() -> Optional.of(OTHERS)) : Optional.empty(),
                    priority,
                    mode,
                    shown(sop, inputs.values()),
                    inputs.problems(),
                    steps);
        }
    }

    private Unready unready(
            Tx tx, Engine.Desks desks, SopSet.Loaded loaded, List<Match> matches, Arrival arrival) {
        var sop = loaded.sop();
        var starts = matches.stream().filter(Match::starts).findFirst();
        var inputs =
                starts.map(it -> AdmissionDesk.given(it.trigger(), arrival))
                        .map(it -> InputValues.of(sop, it))
                        .orElse(new InputValues(Map.of(), List.of()));
        var whole = new HashMap<>(inputs.values());
        SecretInputs.names(sop).forEach(name -> whole.putIfAbsent(name, ""));
        var candidate = Candidate.of(loaded, whole);
        var request = Request.of(arrival, engine.secrets().part(sop, whole));
        return new Unready(
                sop,
                WhyNot.noSlot(tx, sop, candidate.lock(), engine.rules()),
                engine.policies().priority(sop),
                engine.policies().mode(sop),
                inputs,
                starts.isPresent() && inputs.problems().isEmpty()
                        ? steps(tx, run(tx, desks, candidate, request, arrival), sop)
                        : List.of());
    }

    private static boolean waits(Outcome outcome) {
        return outcome.kind() == Kind.QUEUED || outcome.kind() == Kind.COALESCED;
    }

    /** The mode that runs of this SOP have here. */
    public ExecutionMode mode(Sop sop) {
        return engine.policies().mode(sop);
    }

    /** The priority that runs of this SOP have here. */
    public Priority priority(Sop sop) {
        return engine.policies().priority(sop);
    }

    private Plan plan(Tx tx, Engine.Desks desks, SopSet.Loaded loaded, Arrival arrival) {
        var sop = loaded.sop();
        var inputs = InputValues.beforeSecrets(sop, arrival.given());
        var whole = new HashMap<>(inputs.values());
        // Wherever one would stand, nothing but a mask is shown.
        SecretInputs.names(sop).forEach(name -> whole.putIfAbsent(name, ""));
        var candidate = Candidate.of(loaded, whole);
        var request = Request.of(arrival, engine.secrets().part(sop, whole));
        var steps = steps(tx, run(tx, desks, candidate, request, arrival), sop);
        var inTheWay = WhyNot.noSlot(tx, sop, candidate.lock(), engine.rules());
        var verdict = verdict(tx, desks, loaded, inputs, arrival);
        return new Plan(
                sop,
                verdict,
                waits(verdict) ? inTheWay.or(() -> Optional.of(OTHERS)) : Optional.empty(),
                engine.policies().priority(sop),
                engine.policies().mode(sop),
                shown(sop, inputs.values()),
                inputs.problems(),
                steps);
    }

    /** In the order in which admission looks. */
    private static Outcome verdict(
            Tx tx, Engine.Desks desks, SopSet.Loaded loaded, InputValues inputs, Arrival arrival) {
        var sop = loaded.sop();
        if (sop.triggers().stream().noneMatch(Trigger.Manual.class::isInstance)) {
            return Outcome.of(sop.name(), Kind.NO_MATCH, "it cannot be started by hand");
        }
        var lack = desks.starter().refusal(sop, arrival.initiators());
        if (lack.isPresent()) return Outcome.of(sop.name(), Kind.NOT_ALLOWED, lack.get());
        if (!inputs.problems().isEmpty()) {
            var problems = String.join("; ", inputs.problems());
            return Outcome.of(sop.name(), Kind.BAD_INPUT, problems);
        }
        return desks.admission().admit(tx, loaded, inputs.values(), Optional.empty(), arrival);
    }

    /** The run as it would be at its start. */
    private static Progress run(
            Tx tx, Engine.Desks desks, Candidate candidate, Request request, Arrival arrival) {
        candidate.files().ifPresent(tx.snapshots()::keep);
        var id = new RunId(tx.runs().nextNumber());
        var start = desks.starter().start(id, candidate, request);
        return new Progress(
                start,
                arrival.at(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                0,
                false,
                start.initiators());
    }

    private List<PlannedStep> steps(Tx tx, Progress run, Sop sop) {
        var steps = new ArrayList<PlannedStep>();
        for (var step : sop.steps()) {
            boolean isWhole = isWhole(step);
            steps.add(
                    new PlannedStep(
                            step.number(),
                            engine.policies().of(run.start(), step),
                            isWhole
                                    ? action(tx, run, sop, step)
                                    : step.block().map(it -> it.text()),
                            isWhole));
        }
        return steps;
    }

    private static boolean isWhole(Step step) {
        return step.block().stream()
                .flatMap(it -> Placeholder.in(it.text()).stream())
                .noneMatch(it -> it.kind() == Placeholder.Kind.STEP);
    }

    private Optional<String> action(Tx tx, Progress run, Sop sop, Step step) {
        if (step.block().isEmpty()) return Optional.empty();
        try {
            var visit = new StepVisit(step.number(), 1);
            return Optional.of(ActionText.of(orders.shown(tx, sop, run, visit, engine.rules())));
        } catch (StepOrders.Impossible e) {
            return Optional.of("(cannot be done: %s)".formatted(e.getMessage()));
        }
    }

    private static Map<String, String> shown(Sop sop, Map<String, String> inputs) {
        var shown = new HashMap<>(inputs);
        for (var input : sop.inputs()) if (input.secret()) shown.put(input.name(), HIDDEN);
        return shown;
    }
}
