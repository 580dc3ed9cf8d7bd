package dev.sopwith.engine.store;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteJDBCLoader;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/** Opens SQLite files the one way in which they keep what they promise. */
final class Sqlite {
    /** Marks a file as ours, see application_id in the file format: "SOPW". */
    static final int APPLICATION = 0x534F5057;

    private static final int BUSY_MILLIS = 5_000; // only readers can be in the way, and briefly
    private static final int LOG_BYTES_KEPT_MAX = 64 * 1024 * 1024;
    private static final int FULL = 2;

    private static final int UNREADABLE = 10; // SQLITE_IOERR
    private static final int NO_ROOM = 13; // SQLITE_FULL
    private static final Set<Integer> DAMAGE = Set.of(11, 26); // SQLITE_CORRUPT, SQLITE_NOTADB

    static {
        // The driver tidies up where it unpacks, and logs what others have taken away meanwhile.
        try (var _ = UnpackedLibraries.folderFor("org.sqlite.tmpdir")) {
            SQLiteJDBCLoader.initialize();
            UnpackedLibraries.unlink();
        } catch (Exception _) {
            // The driver tries once more for whoever opens a file, and they are told.
        }
    }

    private Sqlite() {}

    /** Whether the file holds what SQLite cannot have written. */
    static boolean isDamage(SQLException e) {
        return DAMAGE.contains(e.getErrorCode());
    }

    /** Whether it is the disk or the file that failed, not this connection alone. */
    static boolean isLasting(SQLException e) {
        return isDamage(e) || e.getErrorCode() == UNREADABLE;
    }

    /**
     * What is to be said of a failure.
     *
     * @param doing what failed, such as {@code cannot read FILE}
     */
    static StoreException explained(Path file, String doing, SQLException e) {
        var what = doing + ": " + e.getMessage();
        if (isDamage(e)) return new StoreException.Damaged(file, what, e);
        return damageSeenAsFull(file, e)
                .<StoreException>map(it -> new StoreException.Damaged(file, doing + ": " + it, e))
                .orElseGet(() -> new StoreException(what, e));
    }

    /** A page that leads beyond the end of the file is called a full disk by the database. */
    private static Optional<String> damageSeenAsFull(Path file, SQLException e) {
        if (e.getErrorCode() != NO_ROOM) return Optional.empty();
        try (var connection = reader(file)) {
            return finding(connection, "quick_check");
        } catch (SQLException unreadable) {
            return isDamage(unreadable)
                    ? Optional.ofNullable(unreadable.getMessage())
                    : Optional.empty();
        }
    }

    /**
     * The first thing that is wrong with a database, if anything is.
     *
     * @param check {@code integrity_check}, or {@code quick_check}, which leaves out the indexes
     */
    static Optional<String> finding(Connection connection, String check) throws SQLException {
        var answer = pragma(connection, check + "(1)");
        if (answer.equals("ok")) return Optional.empty();
        // Its first line names the part of the connection, and not what is wrong.
        return answer.lines()
                .filter(it -> !it.startsWith("***"))
                .findFirst()
                .or(() -> Optional.of(answer));
    }

    /**
     * Opens for writing: a write-ahead log, synced at every commit. Anything less passes every test
     * with kill -9 and loses commits when the power fails, so it is asserted.
     */
    static Connection writer(Path file) throws SQLException {
        var config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setJournalSizeLimit(LOG_BYTES_KEPT_MAX);
        config.setGetGeneratedKeys(false); // the driver would ask for one after every write
        return asserted(config.createConnection(url(file)), file);
    }

    /** Opens for reading only. */
    static Connection reader(Path file) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection(url(file));
    }

    static String pragma(Connection connection, String name) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("pragma " + name)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection asserted(Connection connection, Path file) throws SQLException {
        try {
            var journal = pragma(connection, "journal_mode");
            var synchronous = pragma(connection, "synchronous");
            if (journal.equals("wal") && synchronous.equals(Integer.toString(FULL)))
                return connection;
            throw new StoreException(
                    "%s would not be safe: journal_mode is %s, not wal; or synchronous is %s, not %d"
                                    .formatted(file, journal, synchronous, FULL)
                            + "; put the store on a local disk");
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** As a URI, because a plain name is cut at its first question mark. */
    private static String url(Path file) {
        return "jdbc:sqlite:file:" + file.toUri().getRawPath();
    }
}
