package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.trigger.Outcome;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a start would come to, were it asked for now. Nothing of it has happened.
 *
 * @param verdict its outcome
 * @param inTheWay why it would wait, where it would
 * @param priority of the run, raised by the roster's floors; likewise the mode
 * @param inputs as far as they are known, by name; a secret one is {@code ***}
 * @param problems of the inputs, all of them
 * @param steps in order
 */
public record Plan(
        Sop sop,
        Outcome verdict,
        Optional<String> inTheWay,
        Priority priority,
        ExecutionMode mode,
        Map<String, String> inputs,
        List<String> problems,
        List<PlannedStep> steps) {

    /**
     * What a step would do.
     *
     * @param number from 1
     * @param policy of its gate, where it has one
     * @param action exactly what a machine does, as far as it is known; secrets masked
     * @param isWhole whether all of it is known: what earlier steps hand on is not
     */
    public record PlannedStep(
            int number, GatePolicy policy, Optional<String> action, boolean isWhole) {}

    public Plan {
        inputs = new TreeMap<>(inputs);
        problems = List.copyOf(problems);
        steps = List.copyOf(steps);
    }
}
