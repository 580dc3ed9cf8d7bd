package dev.sopwith.engine.store;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * Read-only connections to one file.
 *
 * <p>Threading: any thread; at most {@link #READERS_MAX} queries run at once, others wait.
 */
final class SqliteReaders implements StoreView {
    private static final int READERS_MAX = 4;

    private final Path file;
    private final Semaphore places = new Semaphore(READERS_MAX);
    private final Deque<Reader> free = new ArrayDeque<>(); // guarded by this
    private boolean closed; // guarded by this

    /** A connection and the tables over it. */
    private record Reader(Sql sql, SqliteTx tx) {}

    SqliteReaders(Path file) {
        this.file = file;
    }

    @Override
    public <T> T read(Query<T> query) {
        places.acquireUninterruptibly();
        try {
            var reader = take();
            try {
                return read(reader, query);
            } finally {
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

    private Reader take() {
        synchronized (this) {
            if (closed) throw new StoreException("the store is closed");
            if (!free.isEmpty()) return free.pop();
        }
        try {
            var sql = new Sql(Sqlite.reader(file));
            return new Reader(sql, new SqliteTx(sql, new Salt(new SecureRandom())));
        } catch (SQLException e) {
            throw new StoreException("cannot read %s: %s".formatted(file, e.getMessage()), e);
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
