package dev.sopwith.bot.words;

import dev.sopwith.engine.run.ApprovalRule;
import dev.sopwith.engine.run.ApprovalRule.Situation;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which steps of a SOP wait for approval, told in advance and in words. {@link ApprovalRule}
 * decides, and does so again when a run gets there; a roster can add gates, never take one away.
 */
public final class Gates {
    private Gates() {}

    /** How many steps wait, or may wait. */
    public static long count(Sop sop) {
        return sop.steps().stream().filter(step -> why(sop, step).isPresent()).count();
    }

    /** Why this step waits for approval, as half a sentence; empty when it does not. */
    public static Optional<String> why(Sop sop, Step step) {
        var asFirst = asFirst(sop, step);
        if (!ApprovalRule.waits(Situation.of(sop, step, asFirst.isPresent()))) {
            return Optional.empty();
        }
        if (step.kind() == Step.Kind.CHECKPOINT) {
            return Optional.of("a checkpoint, an approval and nothing else");
        }
        if (step.requiresConfirmation()) return Optional.of("requires_confirmation");
        return asks(sop.executionMode(), sop, asFirst, "mode ")
                .or(() -> step.rules().mode().flatMap(m -> asks(m, sop, asFirst, "its own mode ")));
    }

    private static Optional<String> asks(
            ExecutionMode mode, Sop sop, Optional<String> asFirst, String whose) {
        var name = whose + English.of(mode);
        if (asksPlainStep(mode, sop, false)) return Optional.of(name + always(mode, sop));
        return asFirst.filter(_ -> asksPlainStep(mode, sop, true)).map(f -> name + " asks at " + f);
    }

    private static String always(ExecutionMode mode, Sop sop) {
        return mode == ExecutionMode.PRIORITY_BASED
                ? " asks at every step of priority " + English.of(sop.priority())
                : " asks at every step";
    }

    /** Whether a mode asks before a step that has nothing of its own to wait for. */
    private static boolean asksPlainStep(ExecutionMode mode, Sop sop, boolean first) {
        return ApprovalRule.waits(
                new Situation(
                        mode, Optional.empty(), sop.priority(), first, false, Step.Kind.EXECUTE));
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
}
