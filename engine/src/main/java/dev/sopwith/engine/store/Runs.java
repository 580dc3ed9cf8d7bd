package dev.sopwith.engine.store;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs, their events and the secrets they were given. */
public interface Runs {
    /** Who goes first: higher priority, then who came first. */
    Comparator<RunRow> ORDER =
            Comparator.comparingInt(RunRow::priority).reversed().thenComparingLong(RunRow::number);

    Optional<RunRow> find(long number);

    /** All runs that have not ended, by number. */
    List<RunRow> active();

    /**
     * Runs in this phase, by number.
     *
     * @param phase not {@link Phase#ENDED}: ended runs are too many to list
     */
    List<RunRow> in(Phase phase);

    /**
     * The numbers of all runs that have not ended, in order: reads no run, as there may be many.
     */
    List<Long> activeNumbers();

    /**
     * The numbers of the runs of which something is due by then, the earliest first.
     *
     * @param at epoch milliseconds
     */
    List<Long> dueBy(long at);

    /** Of each SOP the run that goes first of those that wait for a slot, see {@link #ORDER}. */
    List<RunRow> resumingHeads();

    /** The run that waits for a slot of the same SOP and comes next after this one. */
    Optional<RunRow> resumingAfter(RunRow run);

    /** The newest runs of all SOPs, newest first. */
    List<RunRow> last(int max);

    /** The newest runs of this SOP, newest first. */
    List<RunRow> last(String sop, int max);

    int count(String sop, Phase phase);

    /**
     * How many runs of all SOPs are in this phase.
     *
     * @param phase not {@link Phase#ENDED}: ended runs are too many to count
     */
    int count(Phase phase);

    /** Runs that have not ended and hold this lock. */
    List<RunRow> holding(String lock);

    /** When the last run of this SOP ended that ended with this outcome. */
    OptionalLong lastEnd(String sop, String outcome);

    /** The number that the next new run must have. The same until a run is added. */
    long nextNumber();

    /** All events of a run, by {@code seq}. */
    List<EventRow> events(long run);

    /** Name to what {@link Writable#putSecret} was given. */
    Map<String, byte[]> secrets(long run);

    /** What a run does, as far as others must count it. */
    enum Phase {
        /** Holds a slot. */
        EXECUTING,
        /** Waits for people and holds none. */
        PARKED,
        /** Was parked, and waits for a slot to go on. */
        RESUMING,
        /** Is over. */
        ENDED
    }

    /**
     * A run as it stands.
     *
     * @param number its identity: 12 is shown as R-12
     * @param digest of the SOP's snapshot
     * @param lock what it holds until it ends
     * @param outcome how it ended, a word; empty before
     * @param priority higher goes first
     * @param state JSON, the fold of its events
     * @param version how many events it has; in a write, how many the writer knew of
     * @param due when something of it is due by itself, epoch milliseconds; empty when nothing is;
     *     0 when an older version wrote it, which did not say, see {@link Writable#putDue}
     */
    record RunRow(
            long number,
            String sop,
            String digest,
            Optional<String> lock,
            Phase phase,
            Optional<String> outcome,
            int priority,
            String state,
            long version,
            long startedAt,
            OptionalLong endedAt,
            OptionalLong due) {

        /** The same with as many events as the store has now. */
        RunRow withVersion(long version) {
            return new RunRow(
                    number, sop, digest, lock, phase, outcome, priority, state, version, startedAt,
                    endedAt, due);
        }

        /** The same with this due time. */
        RunRow withDue(OptionalLong due) {
            return new RunRow(
                    number, sop, digest, lock, phase, outcome, priority, state, version, startedAt,
                    endedAt, due);
        }
    }

    /** A fact about a run that is not stored yet. */
    record NewEvent(long at, String type, String json) {}

    /**
     * A fact about a run.
     *
     * @param seq from 1, without gaps
     * @param json empty when retention erased it
     */
    record EventRow(long run, int seq, long at, String type, Optional<String> json) {}

    /** What a work may do to runs. */
    interface Writable extends Runs {
        /**
         * Adds events to a run and says how it stands after them; the events are chained in the
         * same step. A run of version 0 is new.
         *
         * @param changed with the version it was decided on
         * @param events at least one
         * @return false, and nothing is written, when the run has moved on since that version, is
         *     missing, or is there already when it should be new
         */
        boolean append(RunRow changed, List<NewEvent> events);

        /**
         * Says when something of a run is due, of which nobody had said so. A conclusion from its
         * state and no fact about it, so there is no event.
         */
        void putDue(long run, OptionalLong due);

        /**
         * Keeps a secret of a run, in place of what the name had before.
         *
         * @param value encrypted by the caller
         */
        void putSecret(long run, String name, byte[] value);

        void eraseSecrets(long run);
    }
}
