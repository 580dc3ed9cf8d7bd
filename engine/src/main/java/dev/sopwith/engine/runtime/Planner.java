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
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what a start would come to: it is tried as if it were meant, by those who decide about real
 * ones, and undone. So a plan cannot promise what a start would not keep.
 *
 * <p>Threading: safe from any thread. Nothing is kept, nobody hears of it.
 */
public final class Planner {
    private static final String HIDDEN = "***";

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
                verdict.kind() == Kind.QUEUED || verdict.kind() == Kind.COALESCED
                        ? inTheWay.or(() -> Optional.of("others wait before it"))
                        : Optional.empty(),
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
