package dev.sopwith.engine.store;

/** A store that is only looked at: a backup, a copy, or the read side of a {@link Store}. */
public interface StoreView extends AutoCloseable {

    /**
     * Answers from committed state only, all of it as of one moment. Does not wait for writers.
     *
     * <p>Threading: call from any thread; the query runs on it.
     *
     * @throws StoreException when the store is closed, has stopped or cannot be read
     */
    <T> T read(Query<T> query);

    @Override
    void close();

    /** A question to the store. It must not keep what it was given. */
    @FunctionalInterface
    interface Query<T> {
        T ask(Reads reads);
    }
}
