package dev.sopwith.engine.sop;

/** Which steps wait for approval unless they say so themselves; the table is in FORMAT §5. */
public enum ExecutionMode {
    AUTO,
    SUPERVISED,
    STEP_BY_STEP,
    PRIORITY_BASED,
    DETERMINISTIC
}
