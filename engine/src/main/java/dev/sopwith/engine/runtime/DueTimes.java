package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Tx;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * When something of a run is due by itself, as it is stored beside its state: so that whoever looks
 * for what is due reads no states, of which there may be ten thousand. Follows from the state
 * alone.
 */
final class DueTimes {
    /** What stands for a run of which nobody has said so yet. */
    private static final long NOT_SAID = 0;

    private DueTimes() {}

    /**
     * In epoch milliseconds, never before the moment itself: who asked too early would be told that
     * nothing is due.
     */
    static OptionalLong of(RunState state) {
        return Pending.due(state).map(DueTimes::millis).orElse(OptionalLong.empty());
    }

    private static OptionalLong millis(Instant moment) {
        long millis = moment.toEpochMilli();
        boolean isWhole = Instant.ofEpochMilli(millis).equals(moment);
        return OptionalLong.of(isWhole ? millis : millis + 1);
    }

    /** Whether an older version stored runs without saying when they are due. */
    static boolean areMissing(Reads store) {
        return !store.runs().dueBy(NOT_SAID).isEmpty();
    }

    /**
     * Says it of those. What cannot be read stays as it is: whoever looks for what is due will find
     * it, and say so.
     */
    static boolean complete(Tx tx) {
        for (long run : tx.runs().dueBy(NOT_SAID)) {
            var row = tx.runs().find(run).orElseThrow();
            try {
                tx.runs().putDue(run, of(RunJson.state(row.state())));
            } catch (RunJson.Unreadable _) {
                // It is due for ever, so that somebody meets it.
            }
        }
        return true;
    }
}
