package dev.sopwith.engine.roster;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;

import java.util.Optional;

/**
 * What some SOPs cannot go below, whatever their authors write: an author must not be able to write
 * a SOP out of its gates.
 *
 * @param policy must be met besides the one that a step names
 */
public record Floor(
        SopPattern sops,
        Optional<Priority> priority,
        Optional<ExecutionMode> mode,
        Optional<String> policy) {

    /** The mode that asks more; in their order each asks for all that the one before does. */
    static ExecutionMode higher(ExecutionMode one, ExecutionMode other) {
        return rank(one) >= rank(other) ? one : other;
    }

    private static int rank(ExecutionMode mode) {
        return switch (mode) {
            case AUTO, DETERMINISTIC -> 0;
            case SUPERVISED -> 1;
            case PRIORITY_BASED -> 2;
            case STEP_BY_STEP -> 3;
        };
    }
}
