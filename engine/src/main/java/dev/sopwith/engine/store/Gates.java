package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Gates and votes as the events of the runs made them: for finding, not for deciding. */
public interface Gates {
    int RUNS_LOOKED_AT = 1_000;

    Optional<GateRow> find(GateKey key);

    /** The open gate that this one-time code belongs to. */
    Optional<GateRow> openByCode(String code);

    /**
     * The gate that had this code last, open or closed, if it is one of the newest {@value
     * #RUNS_LOOKED_AT} runs: codes are used again, and who means an old one is late.
     */
    Optional<GateRow> lastByCode(String code);

    /** All open gates, by key. */
    List<GateRow> open();

    /** All gates of a run, by key. */
    List<GateRow> ofRun(long run);

    /** The votes on this revision, by person. */
    List<VoteRow> votes(GateKey key);

    /** One revision of the gate before one visit of a step. */
    record GateKey(long run, int step, int visit, int revision) implements Comparable<GateKey> {
        @Override
        public int compareTo(GateKey other) {
            int order = Long.compare(run, other.run);
            if (order == 0) order = Integer.compare(step, other.step);
            if (order == 0) order = Integer.compare(visit, other.visit);
            return order != 0 ? order : Integer.compare(revision, other.revision);
        }
    }

    /**
     * A gate, open or closed.
     *
     * @param code unique among open gates
     * @param digest what the votes are about
     * @param closedAt empty while it is open
     * @param detail JSON
     */
    record GateRow(
            GateKey key,
            String code,
            String digest,
            long openedAt,
            OptionalLong deadline,
            OptionalLong closedAt,
            String detail) {}

    /**
     * What one person said to one revision of a gate.
     *
     * @param vote a word, such as {@code approve}
     * @param detail JSON
     */
    record VoteRow(GateKey gate, String person, String vote, long at, String detail) {}

    /** What a work may do to gates. */
    interface Writable extends Gates {
        /**
         * Writes the gate, in place of what its key had before.
         *
         * @throws IllegalStateException when it is open and another open gate has its code
         */
        void put(GateRow row);

        /** Writes the vote, in place of the person's former one on this revision. */
        void putVote(VoteRow row);

        void removeVote(GateKey gate, String person);
    }
}
