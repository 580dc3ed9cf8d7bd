package dev.sopwith.engine.roster;

/** What somebody may do with a SOP (APPROVALS §1). */
public enum Right {
    /** That it is there, how its runs stand, what they say. */
    SEE,
    /** Start it, and cancel the runs they started. */
    RUN,
    /** Cancel any run, answer for people's steps, retry, resume. */
    OPERATE
}
