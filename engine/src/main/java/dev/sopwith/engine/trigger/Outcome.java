package dev.sopwith.engine.trigger;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What became of one delivery for one SOP (FORMAT §6): told at once, and for ever answerable.
 *
 * @param sop whom it concerns; empty when nothing listens
 * @param detail what follows the kind in words, such as {@code $.env is "dev"}; may be empty
 * @param run number of the run that it started
 * @param waiting id of the delivery that waits, while it does: what becomes of it is asked by that
 */
public record Outcome(
        String sop, Kind kind, String detail, OptionalLong run, OptionalLong waiting) {

    /** The kinds, in the words of the format. */
    public enum Kind {
        STARTED,
        /** Not the last word: another outcome follows. */
        QUEUED,
        COALESCED,
        DUPLICATE,
        COOLDOWN,
        DROPPED,
        REFUSED,
        CONDITION_FALSE,
        CONDITION_ERROR,
        BAD_INPUT,
        NOT_ALLOWED,
        RETAINED,
        STALE,
        MISSED,
        FROZEN,
        QUEUE_FULL,
        NO_MATCH;

        /** The kind that this word stands for. */
        public static Optional<Kind> of(String word) {
            for (var kind : values()) if (kind.word().equals(word)) return Optional.of(kind);
            return Optional.empty();
        }

        /** {@return the word that is stored and shown} */
        public String word() {
            return switch (this) {
                case RETAINED -> "retained, ignored";
                case MISSED -> "missed while down";
                default -> name().toLowerCase(Locale.ROOT).replace('_', ' ');
            };
        }

        /** Whether it is only counted: too frequent and too empty to be kept for ever. */
        public boolean isCounted() {
            return this == NO_MATCH || this == CONDITION_FALSE || this == RETAINED;
        }
    }

    /**
     * What stands behind the name of the first delivery when the second one says something else.
     */
    public static final String OTHER_CONTENT = ", which carried something else";

    /** Whether the key of this delivery belongs to another one that carried something else. */
    public boolean isConflict() {
        return kind == Kind.DUPLICATE && detail.endsWith(OTHER_CONTENT);
    }

    /** An outcome that started nothing. */
    public static Outcome of(String sop, Kind kind, String detail) {
        return new Outcome(sop, kind, detail, OptionalLong.empty(), OptionalLong.empty());
    }

    /** What became of a delivery, as it was kept. */
    public static Outcome of(String sop, Kind kind, String detail, OptionalLong run) {
        return new Outcome(sop, kind, detail, run, OptionalLong.empty());
    }

    /** A run was started. */
    public static Outcome started(String sop, String detail, long run) {
        return new Outcome(sop, Kind.STARTED, detail, OptionalLong.of(run), OptionalLong.empty());
    }

    /**
     * It waits.
     *
     * @param detail its place in the line
     * @param id of the delivery
     */
    public static Outcome queued(String sop, String detail, long id) {
        return new Outcome(sop, Kind.QUEUED, detail, OptionalLong.empty(), OptionalLong.of(id));
    }

    /** {@return in the words of the format, such as {@code started R-12}} */
    @Override
    public String toString() {
        if (detail.isEmpty()) return kind.word();
        return switch (kind) {
            case STARTED, QUEUED, COALESCED, DUPLICATE, COOLDOWN -> kind.word() + " " + detail;
            default -> kind.word() + ": " + detail;
        };
    }
}
