package dev.sopwith.engine.run;

import java.util.Map;

/**
 * What the last visit of a step came to.
 *
 * @param outputs values it handed on; none unless completed
 */
public record StepResult(End end, Map<String, String> outputs) {

    /** How a visit ended. */
    public enum End {
        COMPLETED,
        /** By its condition, a missing dependency or a person. */
        SKIPPED,
        /** And the run went on all the same. */
        FAILED
    }

    public StepResult {
        outputs = Map.copyOf(outputs);
    }

    static StepResult of(End end) {
        return new StepResult(end, Map.of());
    }
}
