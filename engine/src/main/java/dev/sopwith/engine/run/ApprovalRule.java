package dev.sopwith.engine.run;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.Optional;

/**
 * Decides which steps wait for approval: the table of FORMAT §5. Every reason only adds; nothing a
 * step says takes away what its SOP asks for.
 */
public final class ApprovalRule {
    private ApprovalRule() {}

    /**
     * A step about to begin.
     *
     * @param mode the mode of the SOP
     * @param ownMode the step's own mode, if it has one
     * @param first whether it is the first step of the run that is not skipped, for the first time
     */
    public record Situation(
            ExecutionMode mode,
            Optional<ExecutionMode> ownMode,
            Priority priority,
            boolean first,
            boolean requiresConfirmation,
            Step.Kind kind) {

        /** The situation of this step of this SOP. */
        public static Situation of(Sop sop, Step step, boolean first) {
            return new Situation(
                    sop.executionMode(),
                    step.rules().mode(),
                    sop.priority(),
                    first,
                    step.requiresConfirmation(),
                    step.kind());
        }
    }

    /** Whether the step waits for approval before anything of it happens. */
    public static boolean waits(Situation step) {
        return step.requiresConfirmation()
                || step.kind() == Step.Kind.CHECKPOINT
                || asks(step.mode(), step)
                || step.ownMode().filter(mode -> asks(mode, step)).isPresent();
    }

    private static boolean asks(ExecutionMode mode, Situation step) {
        return switch (mode) {
            case AUTO, DETERMINISTIC -> false;
            case SUPERVISED -> step.first();
            case STEP_BY_STEP -> true;
            case PRIORITY_BASED -> step.first() || isUrgent(step.priority());
        };
    }

    private static boolean isUrgent(Priority priority) {
        return switch (priority) {
            case LOW, NORMAL -> false;
            case HIGH, CRITICAL -> true;
        };
    }
}
