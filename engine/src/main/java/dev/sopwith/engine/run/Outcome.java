package dev.sopwith.engine.run;

/** How a run ended. */
public enum Outcome {
    /** Its last step ended well, or was skipped. */
    COMPLETED,
    /** A step failed and nothing says how to go on, or the run could not go on. */
    FAILED,
    /** An approver said no, or nobody decided in time. */
    DENIED,
    /** Somebody cancelled it. */
    CANCELLED,
    /** The time for the whole run was over. */
    TIMED_OUT
}
