package dev.sopwith.engine.run;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which step comes next (FORMAT §5). Knows nothing of people and machines.
 *
 * @param sop as it was when the run began
 * @param progress what has happened so far
 */
record Route(Sop sop, Progress progress) {

    /** How often a run may come to one step. */
    static final int VISITS_MAX = 256;

    /** The step where a run begins. */
    int first() {
        return progress.start().rerun().map(RunStart.Rerun::from).orElse(1);
    }

    /** The step after this one was completed, or was to be treated so; empty at the end. */
    Optional<Integer> after(Step step) {
        var rules = step.rules();
        if (rules.terminal()) return Optional.empty();
        for (var arm : rules.arms()) {
            if (holds(arm.when())) return Optional.of(arm.target());
        }
        return rules.next().or(() -> below(step));
    }

    /** The step below in the list: where a skipped one leads. */
    Optional<Integer> below(Step step) {
        return Optional.of(step.number() + 1).filter(next -> next <= sop.steps().size());
    }

    /** Why this step is passed by, if it is. */
    Optional<String> skip(Step step) {
        for (int needed : step.rules().dependsOn()) {
            if (!isCompleted(needed)) {
                return Optional.of("step %d was not completed".formatted(needed));
            }
        }
        var when = step.rules().when();
        if (when.equals(Condition.ALWAYS)) return Optional.empty();
        var verdict = when.evaluate(document());
        return verdict.matches() ? Optional.empty() : Optional.of(verdict.why());
    }

    Step step(int number) {
        return sop.steps().get(number - 1);
    }

    private boolean isCompleted(int step) {
        var result = progress.results().get(step);
        return result != null && result.end() == StepResult.End.COMPLETED;
    }

    private boolean holds(Condition condition) {
        return condition.equals(Condition.ALWAYS) || condition.evaluate(document()).matches();
    }

    /**
     * What conditions of steps look at: {@code {inputs, payload, steps}}. Secret inputs are not in
     * it; steps stand there by number and by id.
     */
    private JsonValue document() {
        var start = progress.start();
        var inputs = new LinkedHashMap<String, JsonValue>();
        start.inputs()
                .forEach(
                        (name, value) -> {
                            if (!start.secretInputs().contains(name)) {
                                inputs.put(name, new JsonValue.Str(value));
                            }
                        });
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("inputs", new JsonValue.Obj(inputs));
        if (!start.payload().isBlank()) members.put("payload", payload(start.payload()));
        members.put("steps", steps());
        return new JsonValue.Obj(members);
    }

    private static JsonValue payload(String text) {
        return switch (Payload.of(text).json()) {
            case Parsed.Ok<JsonValue>(var value) -> value;
            case Parsed.Bad<JsonValue> _ -> new JsonValue.Str(text);
        };
    }

    private JsonValue steps() {
        var steps = new LinkedHashMap<String, JsonValue>();
        progress.results()
                .forEach(
                        (number, result) -> {
                            var outputs = outputs(result.outputs());
                            steps.put(Integer.toString(number), outputs);
                            step(number).rules().id().ifPresent(id -> steps.put(id, outputs));
                        });
        return new JsonValue.Obj(steps);
    }

    private static JsonValue outputs(Map<String, String> outputs) {
        var members = new LinkedHashMap<String, JsonValue>();
        outputs.forEach((key, value) -> members.put(key, new JsonValue.Str(value)));
        return new JsonValue.Obj(members);
    }
}
