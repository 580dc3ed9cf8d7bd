package dev.sopwith.engine.store;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Read-only connections to one file.
 *
 * <p>Threading: any thread; at most {@link #READERS_MAX} queries run at once, others wait.
 */
final class SqliteReaders implements StoreView {
    private static final int READERS_MAX = 4;

    private final Path file;
    private final Consumer<StoreException> onBroken;
    private final Semaphore places = new Semaphore(READERS_MAX);
    private final Deque<Reader> free = new ArrayDeque<>(); // guarded by this
    private boolean closed; // guarded by this

    /** A connection and the tables over it. */
    private record Reader(Sql sql, SqliteTx tx) {}

    /**
     * @param onBroken hears, on the thread of the query, that the file is damaged or its disk does
     *     not answer; may hear it again
     */
    SqliteReaders(Path file, Consumer<StoreException> onBroken) {
        this.file = file;
        this.onBroken = onBroken;
    }

    @Override
    public <T> T read(Query<T> query) {
        places.acquireUninterruptibly();
        try {
            var reader = take();
            try {
                return read(reader, query);
            } finally {
                reader.sql().failure().ifPresent(this::tellIfBroken);
                giveBack(reader);
            }
        } finally {
            places.release();
        }
    }

    private static <T> T read(Reader reader, Query<T> query) {
        var sql = reader.sql();
        sql.take();
        try {
            sql.update("begin"); // all that follows sees one moment
            try {
                return query.ask(reader.tx());
            } finally {
                sql.update("rollback");
            }
        } finally {
            sql.giveBack();
        }
    }

    /**
     * Also when whoever asked has caught it: what was read elsewhere cannot be relied on either.
     */
    private void tellIfBroken(StoreException failure) {
        boolean isLasting =
                failure instanceof StoreException.Damaged
                        || (failure.getCause() instanceof SQLException e && Sqlite.isLasting(e));
        if (isLasting) {
            onBroken.accept(failure);
        }
    }

    private Reader take() {
        synchronized (this) {
            if (closed) throw new StoreException("the store is closed");
            if (!free.isEmpty()) return free.pop();
        }
        try {
            var sql = new Sql(Sqlite.reader(file), file);
            return new Reader(sql, new SqliteTx(sql, new Salt(new SecureRandom())));
        } catch (SQLException e) {
            var failure = Sqlite.explained(file, "cannot read " + file, e);
            tellIfBroken(failure);
            throw failure;
        }
    }

    private void giveBack(Reader reader) {
        synchronized (this) {
            if (!closed && reader.sql().failure().isEmpty()) {
                free.push(reader);
                return;
            }
        }
        reader.sql().close();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            while (!free.isEmpty()) free.pop().sql().close();
        }
    }
}
