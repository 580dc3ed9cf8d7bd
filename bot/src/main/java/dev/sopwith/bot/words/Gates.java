package dev.sopwith.bot.words;

import dev.sopwith.engine.run.ApprovalRule;
import dev.sopwith.engine.run.ApprovalRule.Situation;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
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
        return why(sop, step, sop.executionMode(), sop.priority());
    }

    /** The same in a run with this mode and priority. */
    static Optional<String> why(Sop sop, Step step, ExecutionMode mode, Priority priority) {
        var asFirst = asFirst(sop, step);
        var now =
                new Situation(
                        mode,
                        step.rules().mode(),
                        priority,
                        asFirst.isPresent(),
                        step.requiresConfirmation(),
                        step.kind());
        if (!ApprovalRule.waits(now)) return Optional.empty();
        if (step.kind() == Step.Kind.CHECKPOINT) {
            return Optional.of("a checkpoint, an approval and nothing else");
        }
        if (step.requiresConfirmation()) return Optional.of("requires_confirmation");
        return asks(mode, priority, asFirst, "mode ")
                .or(
                        () ->
                                step.rules()
                                        .mode()
                                        .flatMap(m -> asks(m, priority, asFirst, "its own mode ")));
    }

    private static Optional<String> asks(
            ExecutionMode mode, Priority priority, Optional<String> asFirst, String whose) {
        var name = whose + English.of(mode);
        if (asksPlainStep(mode, priority, false)) return Optional.of(name + always(mode, priority));
        return asFirst.filter(_ -> asksPlainStep(mode, priority, true))
                .map(f -> name + " asks at " + f);
    }

    private static String always(ExecutionMode mode, Priority priority) {
        return mode == ExecutionMode.PRIORITY_BASED
                ? " asks at every step of priority " + English.of(priority)
                : " asks at every step";
    }

    /** Whether a mode asks before a step that has nothing of its own to wait for. */
    private static boolean asksPlainStep(ExecutionMode mode, Priority priority, boolean first) {
        return ApprovalRule.waits(
                new Situation(mode, Optional.empty(), priority, first, false, Step.Kind.EXECUTE));
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
