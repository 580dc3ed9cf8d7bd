package dev.sopwith.engine.sop;

/** What happens to a delivery when its SOP has no free slot; the table is in FORMAT §6. */
public enum AdmissionPolicy {
    PARALLEL,
    HOLD,
    COALESCE,
    DROP
}
