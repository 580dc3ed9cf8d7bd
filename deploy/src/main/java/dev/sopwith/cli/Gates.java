package dev.sopwith.cli;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which steps of a SOP wait for approval, told in advance: the table of FORMAT §5. The engine
 * decides again when a run gets there; a roster can add gates, never take one away.
 */
final class Gates {
    private Gates() {}

    /** How many steps wait, or may wait. */
    static long count(Sop sop) {
        return sop.steps().stream().filter(step -> why(sop, step).isPresent()).count();
    }

    /** Why this step waits for approval, as half a sentence; empty when it does not. */
    static Optional<String> why(Sop sop, Step step) {
        if (step.kind() == Step.Kind.CHECKPOINT) {
            return Optional.of("a checkpoint, an approval and nothing else");
        }
        if (step.requiresConfirmation()) return Optional.of("requires_confirmation");
        return asks(sop.executionMode(), sop, step, "mode ")
                .or(() -> step.rules().mode().flatMap(m -> asks(m, sop, step, "its own mode ")));
    }

    private static Optional<String> asks(ExecutionMode mode, Sop sop, Step step, String whose) {
        var name = whose + Words.of(mode);
        return switch (mode) {
            case AUTO, DETERMINISTIC -> Optional.empty();
            case STEP_BY_STEP -> Optional.of(name + " asks at every step");
            case SUPERVISED -> asFirst(sop, step).map(first -> name + " asks at " + first);
            case PRIORITY_BASED ->
                    isUrgent(sop.priority())
                            ? Optional.of(
                                    "%s asks at every step of priority %s"
                                            .formatted(name, Words.of(sop.priority())))
                            : asFirst(sop, step).map(first -> name + " asks at " + first);
        };
    }

    /** How this step comes to be the first one of a run that is not skipped, if it can. */
    private static Optional<String> asFirst(Sop sop, Step step) {
        if (step.number() == 1 && !maySkip(step)) return Optional.of("the first step");
        boolean allBeforeMaySkip =
                IntStream.range(0, step.number() - 1).allMatch(i -> maySkip(sop.steps().get(i)));
        return allBeforeMaySkip
                ? Optional.of("the first step that is not skipped, perhaps this one")
                : Optional.empty();
    }

    private static boolean maySkip(Step step) {
        return !step.rules().when().text().isBlank() || !step.rules().dependsOn().isEmpty();
    }

    private static boolean isUrgent(Priority priority) {
        return List.of(Priority.HIGH, Priority.CRITICAL).contains(priority);
    }
}
