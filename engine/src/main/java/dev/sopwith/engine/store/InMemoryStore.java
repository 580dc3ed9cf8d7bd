package dev.sopwith.engine.store;

import java.util.random.RandomGenerator;

/**
 * The promises of a {@link Store} without a disk: plain maps, nothing shared with the one on disk,
 * so that each shows what the other gets wrong.
 *
 * <p>Threading: works and queries run on the caller's thread, one at a time.
 *
 * <p>Durable: nothing; what was committed lives as long as this object, also after {@link #close},
 * so that a test can open it {@linkplain #reopened again}.
 */
public final class InMemoryStore implements Store {
    private final MemoryTx tx; // guarded by tx
    private volatile boolean closed;

    public InMemoryStore(RandomGenerator random) {
        this(new MemoryTx(new Salt(random)));
    }

    private InMemoryStore(MemoryTx tx) {
        this.tx = tx;
    }

    /** The same content in a store that is open. */
    public InMemoryStore reopened() {
        return new InMemoryStore(tx);
    }

    @Override
    public <T> T commit(Work<T> work) {
        requireOpen();
        if (Thread.holdsLock(tx)) {
            throw new IllegalStateException(
                    "a work or query must not commit: it would wait for itself");
        }
        synchronized (tx) {
            try {
                var answer = work.run(tx);
                tx.keep();
                return answer;
            } finally {
                tx.takeBack(); // what is kept by now is not taken back
            }
        }
    }

    @Override
    public <T> T read(Query<T> query) {
        requireOpen();
        synchronized (tx) {
            return query.ask(tx);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) throw new StoreException("the store is closed");
    }
}
