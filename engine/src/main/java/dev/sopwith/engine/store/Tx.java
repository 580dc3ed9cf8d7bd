package dev.sopwith.engine.store;

/**
 * What a {@link Store.Work} sees and writes: the committed state, what earlier works of the same
 * transaction wrote, and its own writes so far.
 *
 * <p>Writing the same row twice where only one can be (a run's number, the code of an open gate) is
 * a bug of the caller and throws {@link IllegalStateException}. That ends the work, even if it is
 * caught: nothing of it is kept.
 */
public interface Tx extends Reads {
    @Override
    Runs.Writable runs();

    @Override
    Snapshots.Writable snapshots();

    @Override
    Deliveries.Writable deliveries();

    @Override
    Gates.Writable gates();

    @Override
    Chat.Writable chat();

    @Override
    Trail.Writable trail();

    @Override
    Node.Writable node();

    /**
     * Takes away what retention does not keep: {@link Store#retain} calls it, as nobody else should
     * without the chained row that announces it.
     *
     * @param before what is older goes, in epoch milliseconds
     * @param rowsMax of each table; the rest stays for the next call
     * @return rows erased or removed; 0 when there is nothing left to do
     */
    int erase(long before, int rowsMax);
}
