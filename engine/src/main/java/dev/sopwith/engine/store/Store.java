package dev.sopwith.engine.store;

/**
 * Where facts are kept. {@link #commit} is the only write.
 *
 * <p>Threading: call from any thread, best from virtual ones. Works run one at a time on the
 * store's own writer; whoever commits waits. Many who wait together share one sync of the disk.
 *
 * <p>Durable: what a work wrote, when {@code commit} returns. After any failure to commit the store
 * stops for ever, because nobody knows then what the disk holds: everyone who waits fails, so does
 * every later call, and the listener given at the opening hears it once. Opening it again shows
 * what was kept: everything that was answered, and of what was not answered each work wholly or not
 * at all.
 */
public interface Store extends StoreView {
    /** Rows that one step of retention erases, so that it never holds up others for long. */
    int RETAIN_STEP_ROWS_MAX = 1_000;

    /**
     * Does the work and returns its answer once it is durable.
     *
     * <p>A refusal is an answer. An exception is a bug or a conflict: nothing of the work is kept,
     * other works are not touched, and the exception comes back from here.
     *
     * @throws StoreException when the store is closed or has stopped; if it stops during this call,
     *     whether the work was kept shows only when the store is opened again
     */
    <T> T commit(Work<T> work);

    /** {@link #commit} for a change that has no answer. */
    default void write(Change change) {
        commit(
                tx -> {
                    change.run(tx);
                    return true;
                });
    }

    /**
     * Erases bodies, payloads, events of ended runs, heard event ids and closed posts older than
     * {@code before}, never the chain. A chained row {@value Trail#RETENTION} announces it in the
     * same commit as the first of it, so that an erased body can be told from one that was taken
     * away. Where nothing is that old, nothing is written.
     *
     * @param before epoch milliseconds
     * @param at now, epoch milliseconds
     * @return rows erased or removed
     */
    default int retain(long before, long at) {
        int total = 0;
        int erased;
        do {
            boolean isFirst = total == 0;
            erased =
                    commit(
                            tx -> {
                                int gone = tx.erase(before, RETAIN_STEP_ROWS_MAX);
                                if (gone > 0 && isFirst) {
                                    var body = Trail.retentionBody(before);
                                    tx.trail().append(at, Trail.RETENTION, body);
                                }
                                return gone;
                            });
            total += erased;
        } while (erased > 0);
        return total;
    }

    /**
     * A function of what the store holds, which may write. It may be run again, so it does nothing
     * else: no clock, no I/O, no change to anything outside. It must not keep what it was given and
     * must not commit.
     */
    @FunctionalInterface
    interface Work<T> {
        T run(Tx tx);
    }

    /** A {@link Work} without an answer. */
    @FunctionalInterface
    interface Change {
        void run(Tx tx);
    }
}
