package dev.sopwith.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A store in one SQLite file, {@code sopwith.db} in a folder of its own.
 *
 * <p>Threading: one writer thread; queries run on the caller's thread, four at a time.
 *
 * <p>It stops for ever when a commit fails or a query finds the file damaged: what it says then
 * cannot be relied on.
 *
 * <p>Durable: at every commit, through the write-ahead log with {@code synchronous=FULL}. The file
 * appears under its name only when it is complete, so one that is empty or cut short was damaged.
 */
public final class SqliteStore implements Store {
    private static final int HEADER_BYTES = 100;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int APPLICATION_OFFSET = 68;

    private final StoreFolder folder;
    private final Sql writer;
    private final CommitQueue queue;
    private final SqliteReaders readers;

    private SqliteStore(StoreFolder folder, Sql writer, CommitQueue queue) {
        this.folder = folder;
        this.writer = writer;
        this.queue = queue;
        this.readers = new SqliteReaders(folder.database(), queue::stop);
    }

    /**
     * Opens the store in this folder, makes it if there is none, and brings an older one up to
     * date.
     *
     * @param random for the epoch and the salts of bodies: a secure one
     * @param onStop hears once, on the store's thread, why the store stopped
     * @throws StoreException.InUse when another process uses it
     * @throws StoreException when it was made by a newer version, when the file is damaged or not
     *     ours, or when others may enter the folder
     */
    public static SqliteStore open(
            Path folder, RandomGenerator random, Consumer<StoreException> onStop) {
        return inFolder(folder, taken -> open(taken, new Salt(random), onStop));
    }

    /**
     * Opens a file only for looking, such as a backup or a copy.
     *
     * @throws StoreException when it is not the file of a store
     */
    public static StoreView view(Path file) {
        try {
            requireOurs(file);
            return new SqliteReaders(file, _ -> {}); // who asks is told
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + e, e);
        }
    }

    /**
     * Makes a store from a backup, in a folder that has none. The new one has a new epoch, {@link
     * Node#restoredAt} says when, run numbers skip 1,000, and a row of kind {@value Trail#RESTORE}
     * is chained. A restore that was cut short leaves no store and can be repeated.
     *
     * @param at now, epoch milliseconds
     * @throws StoreException when there is a store, or the backup is damaged or not one
     */
    public static void restore(Path backup, Path folder, RandomGenerator random, long at) {
        inFolder(
                folder,
                taken -> {
                    restore(backup, taken, new Salt(random), at);
                    taken.close();
                    return true;
                });
    }

    @Override
    public <T> T commit(Work<T> work) {
        return queue.commit(work);
    }

    @Override
    public <T> T read(Query<T> query) {
        queue.requireOpen();
        return readers.read(query);
    }

    /**
     * Writes a complete copy to a new file (mode 0600) while the store is in use, as of one moment.
     * Returns when it is durable.
     *
     * @throws StoreException when the file exists or cannot be written; nothing is left of it then
     */
    public void backup(Path file) {
        queue.requireOpen();
        var target = file.toAbsolutePath();
        var partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            if (Files.exists(target)) throw new FileAlreadyExistsException(target.toString());
            StoreFolder.createPrivate(partial);
            try {
                copyTo(partial);
                Files.move(partial, target); // does not replace
                StoreFolder.sync(target.resolveSibling(""));
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (FileAlreadyExistsException e) {
            throw new StoreException(
                    e.getFile() + " exists and is not overwritten; name another file", e);
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    "no backup was made: there is no folder %s; make it, or name a file in another"
                            .formatted(target.getParent()),
                    e);
        } catch (AccessDeniedException e) {
            throw new StoreException(
                    "no backup was made: the user of the service may not write into %s; name a file in another folder"
                            .formatted(target.getParent()),
                    e);
        } catch (IOException e) {
            throw new StoreException("no backup was made: " + e.getMessage(), e);
        } catch (SQLException e) {
            // Of the copy and of the store itself the database says the same when a disk fails.
            var why = Sqlite.explained(folder.database(), "it cannot be copied", e);
            if (why instanceof StoreException.Damaged) queue.stop(why);
            throw new StoreException("no backup was made: " + why.getMessage(), e);
        }
    }

    private void copyTo(Path partial) throws SQLException, IOException {
        try (var connection = Sqlite.reader(folder.database());
                var copy = connection.prepareStatement("vacuum into ?")) {
            copy.setString(1, partial.toString());
            copy.executeUpdate();
        }
        StoreFolder.sync(partial);
    }

    /** Finishes the works that wait, then lets others have the folder. */
    @Override
    public void close() {
        queue.close();
        readers.close();
        try {
            writer.close();
        } finally {
            folder.close();
        }
    }

    /** What is done with a folder that is ours; it is given back when that fails. */
    @FunctionalInterface
    private interface Use<T> {
        T in(StoreFolder folder) throws IOException, SQLException;
    }

    private static <T> T inFolder(Path path, Use<T> use) {
        try {
            var folder = StoreFolder.take(path);
            try {
                return use.in(folder);
            } catch (IOException | SQLException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (IOException | SQLException e) {
            throw new StoreException(
                    "the store in %s cannot be opened: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static SqliteStore open(StoreFolder folder, Salt salt, Consumer<StoreException> onStop)
            throws IOException, SQLException {
        if (Files.notExists(folder.database())) create(folder, salt);
        requireOurs(folder.database());
        try {
            return opened(folder, salt, onStop);
        } catch (SQLException e) {
            throw Sqlite.explained(folder.database(), "it cannot be opened", e);
        }
    }

    private static SqliteStore opened(
            StoreFolder folder, Salt salt, Consumer<StoreException> onStop) throws SQLException {
        var connection = Sqlite.writer(folder.database());
        try {
            Migrations.run(connection, folder.database());
            var sql = new Sql(connection, folder.database());
            var queue = new CommitQueue(sql, new SqliteTx(sql, salt), onStop);
            queue.start();
            return new SqliteStore(folder, sql, queue);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void create(StoreFolder folder, Salt salt) throws IOException, SQLException {
        requireNoStrayLog(folder.database());
        folder.clearUnfinished();
        StoreFolder.createPrivate(folder.unfinished());
        try (var connection = Sqlite.writer(folder.unfinished())) {
            Sqlite.run(connection, "pragma application_id = " + Sqlite.APPLICATION);
            Migrations.run(connection, folder.unfinished());
            change(connection, folder.unfinished(), salt, tx -> tx.node().begin(salt.epoch()));
        }
        folder.finish();
    }

    private static void restore(Path backup, StoreFolder folder, Salt salt, long at)
            throws IOException, SQLException {
        if (Files.exists(folder.database())) {
            throw new StoreException(
                    folder.database() + " exists and is not overwritten; move it away first");
        }
        requireNoStrayLog(folder.database());
        requireOurs(backup);
        folder.clearUnfinished();
        StoreFolder.createPrivate(folder.unfinished());
        try (var from = Files.newInputStream(backup);
                var to = Files.newOutputStream(folder.unfinished())) {
            from.transferTo(to);
        }
        try (var connection = Sqlite.writer(folder.unfinished())) {
            requireIntact(connection, backup);
            Migrations.run(connection, backup);
            change(connection, folder.unfinished(), salt, tx -> renew(tx, salt, at));
        } catch (SQLException e) {
            throw Sqlite.explained(backup, "it cannot be restored", e);
        }
        folder.finish();
    }

    private static void renew(SqliteTx tx, Salt salt, long at) {
        var was = tx.node().epoch();
        var epoch = salt.epoch();
        tx.node().restored(epoch, at, tx.runs().nextNumber() - 1);
        tx.trail()
                .append(
                        at,
                        Trail.RESTORE,
                        "{\"epoch\":\"%s\",\"was\":\"%s\"}".formatted(epoch, was));
    }

    private static void change(
            Connection connection, Path file, Salt salt, Consumer<SqliteTx> change)
            throws SQLException {
        var sql = new Sql(connection, file);
        sql.take();
        sql.update("begin immediate");
        change.accept(new SqliteTx(sql, salt));
        sql.update("commit");
        sql.giveBack();
    }

    private static void requireIntact(Connection connection, Path file) throws SQLException {
        var finding = Sqlite.finding(connection, "integrity_check");
        if (finding.isEmpty()) return;
        throw new StoreException(
                "%s is damaged: %s; restore another backup".formatted(file, finding.get()));
    }

    /** The log of a lost database would be read into the new one. */
    private static void requireNoStrayLog(Path database) {
        var log = Path.of(database + "-wal");
        if (Files.exists(log)) {
            throw new StoreException(
                    "%s is there but %s is not: commits are in it that belong to a lost file;"
                                    .formatted(log, database.getFileName())
                            + " bring that file back, or move the log away to begin anew");
        }
    }

    /** Looks at the header before SQLite does, which would make a database of an empty file. */
    private static void requireOurs(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var header = in.readNBytes(HEADER_BYTES);
            if (header.length < HEADER_BYTES) {
                throw new StoreException(
                        file
                                + " is damaged: it is cut short; restore a backup into another folder");
            }
            boolean sqlite = Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
            int application = ByteBuffer.wrap(header).getInt(APPLICATION_OFFSET);
            if (!sqlite || application != Sqlite.APPLICATION) {
                throw new StoreException(
                        file + " was not made by Sopwith and is left alone; name another");
            }
        }
    }
}
