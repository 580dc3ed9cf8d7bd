package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Outcome;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a store from a backup says is old: since then steps may have been done, votes cast and
 * deliveries started that nobody here knows of. So nothing goes on by itself: every run is paused
 * until somebody resumes it, and what waited in the queue ends with that outcome.
 *
 * <p>Happens once for each restore, in the same commit that notes it, before anything else.
 */
final class Restored {
    /** The setting that holds the restore that was dealt with. */
    private static final String DONE = "restore seen";

    private static final String WHY = "the store was restored from a backup";

    private Restored() {}

    /** Whether there was a restore that nobody has dealt with. */
    static boolean isNew(Reads store) {
        var at = store.node().restoredAt();
        return at.isPresent() && !store.node().setting(DONE).equals(Optional.of(mark(at)));
    }

    /** Pauses all runs and empties the queue, unless that is done. */
    static boolean apply(Tx tx, RunDesk runs) {
        if (!isNew(tx)) return false;
        var restoredAt = tx.node().restoredAt();
        var at = Instant.ofEpochMilli(restoredAt.orElseThrow());
        for (var row : tx.runs().active()) {
            runs.command(tx, new RunId(row.number()), new RunCommand.Pause(WHY, at));
        }
        for (var delivery : tx.deliveries().queue()) {
            tx.deliveries()
                    .settle(
                            delivery.id(),
                            Outcome.Kind.STALE.word(),
                            WHY + "; it may have been started since",
                            OptionalLong.empty());
        }
        tx.node().set(DONE, mark(restoredAt));
        return true;
    }

    private static String mark(OptionalLong at) {
        return Long.toString(at.orElseThrow());
    }
}
