package dev.sopwith.engine.run;

import java.util.Optional;

/**
 * Why a command changed nothing: told to whoever asked, and kept on the record.
 *
 * @param text half a sentence for people
 */
public record Refusal(Reason reason, String text) {

    /** What kind of no it is. */
    public enum Reason {
        /** It is for an earlier step, visit, attempt or revision: it came late or twice. */
        STALE,
        /** The run is not where this could be done. */
        NOT_NOW,
        /** The run does not exist, or has not begun. */
        NOT_STARTED,
        /** The run has begun already. */
        ALREADY_STARTED,
        /** The run is over. */
        ALREADY_FINISHED,
        /** Somebody has decided. */
        ALREADY_DECIDED,
        /** This person's vote is counted already. */
        ALREADY_VOTED,
        /** This person has no vote here to take back. */
        NO_VOTE,
        /** This person may not decide here. */
        NOT_AN_APPROVER,
        /** Who started a run does not approve it. */
        OWN_RUN,
        /** A click is not enough here. */
        NEEDS_CODE,
        /** The code is not the one of this gate. */
        WRONG_CODE,
        /** The gate's time is over. */
        TOO_LATE,
        /** What would run is not what was approved. */
        DIGEST_DIFFERS
    }

    static Optional<Refusal> of(Reason reason, String text) {
        return Optional.of(new Refusal(reason, text));
    }
}
