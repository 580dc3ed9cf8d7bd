package dev.sopwith.bot.matrix;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

/**
 * What one account must remember beside the service's own store: the library's keys and tables, and
 * in the same file what this connector has sent, so that nothing is sent twice.
 *
 * <p>Threading: safe from any thread. Durable within half a second; what a crash takes away is
 * asked of the server, which knows our transactions.
 */
final class MatrixStore implements AutoCloseable {
    private static final Duration KEPT = Duration.ofDays(60);

    private static final List<String> TABLES =
            List.of(
                    "create table if not exists sopwith_sent"
                            + " (transaction varchar primary key, event varchar not null, at bigint not null)",
                    "create table if not exists sopwith_edit"
                            + " (event varchar primary key, digest varchar not null, number int not null,"
                            + " done boolean not null, at bigint not null)",
                    "create table if not exists sopwith_reaction"
                            + " (event varchar primary key, target varchar not null, sender varchar not null,"
                            + " mark varchar not null, at bigint not null)",
                    "create table if not exists sopwith_unreadable"
                            + " (event varchar primary key, room varchar not null, at bigint not null)",
                    "alter table sopwith_unreadable add column if not exists"
                            + " sender varchar default '' not null");

    private final HikariDataSource source;

    private MatrixStore(HikariDataSource source) {
        this.source = source;
    }

    /** The state of an edit of a message. */
    record Edit(String digest, int number, boolean isDone) {}

    /** Somebody's reaction, which its redaction does not describe any more. */
    record Reaction(String target, String sender, String mark) {}

    /** What could not be read when it came. */
    record Unreadable(String event, String room, String sender, Instant since) {}

    /**
     * Opens the store in a folder of its own, that nobody else can enter.
     *
     * @throws MatrixFailure when it cannot be opened
     */
    static MatrixStore open(Path folder, long now) {
        try {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new MatrixFailure(
                    MatrixFailure.Kind.REFUSED, "%s cannot be made: %s".formatted(folder, e));
        }
        var config = new HikariConfig();
        // Its own shutdown hook would close it before us.
        config.setJdbcUrl(
                "jdbc:h2:file:%s;DB_CLOSE_ON_EXIT=FALSE"
                        .formatted(folder.toAbsolutePath().resolve("store")));
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        config.setAutoCommit(false);
        config.setPoolName("matrix");
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        HikariDataSource source;
        try {
            source = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new MatrixFailure(
                    MatrixFailure.Kind.REFUSED,
                    "the store in %s cannot be opened: %s".formatted(folder, root(e)));
        }
        var store = new MatrixStore(source);
        try {
            store.prepare(now);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
        return store;
    }

    private static String root(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    private void prepare(long now) {
        work(
                c -> {
                    for (var table : TABLES) {
                        try (var statement = c.createStatement()) {
                            statement.execute(table);
                        }
                    }
                    for (var table : List.of("sent", "edit", "reaction", "unreadable")) {
                        update(
                                c,
                                "delete from sopwith_" + table + " where at < ?",
                                now - KEPT.toMillis());
                    }
                    return true;
                });
    }

    DataSource source() {
        return source;
    }

    // What was sent

    Optional<String> sent(String transaction) {
        return text("select event from sopwith_sent where transaction = ?", transaction);
    }

    void sent(String transaction, String event, long now) {
        write(
                "merge into sopwith_sent key (transaction) values (?, ?, ?)",
                transaction,
                event,
                now);
    }

    void forgetSent(String transaction) {
        write("delete from sopwith_sent where transaction = ?", transaction);
    }

    Optional<Edit> edit(String event) {
        return work(
                c -> {
                    try (var select =
                            c.prepareStatement(
                                    "select digest, number, done from sopwith_edit where event = ?")) {
                        select.setString(1, event);
                        try (var rows = select.executeQuery()) {
                            return rows.next()
                                    ? Optional.of(
                                            new Edit(
                                                    rows.getString(1),
                                                    rows.getInt(2),
                                                    rows.getBoolean(3)))
                                    : Optional.empty();
                        }
                    }
                });
    }

    void edit(String event, Edit edit, long now) {
        write(
                "merge into sopwith_edit key (event) values (?, ?, ?, ?, ?)",
                event,
                edit.digest(),
                edit.number(),
                edit.isDone(),
                now);
    }

    // What was heard

    void reaction(String event, Reaction reaction, long now) {
        write(
                "merge into sopwith_reaction key (event) values (?, ?, ?, ?, ?)",
                event,
                reaction.target(),
                reaction.sender(),
                reaction.mark(),
                now);
    }

    Optional<Reaction> reaction(String event) {
        return work(
                c -> {
                    try (var select =
                            c.prepareStatement(
                                    "select target, sender, mark from sopwith_reaction where event = ?")) {
                        select.setString(1, event);
                        try (var rows = select.executeQuery()) {
                            return rows.next()
                                    ? Optional.of(
                                            new Reaction(
                                                    rows.getString(1),
                                                    rows.getString(2),
                                                    rows.getString(3)))
                                    : Optional.empty();
                        }
                    }
                });
    }

    /** Keeps that it cannot be read; who keeps it twice changes nothing. */
    void unreadable(Unreadable it) {
        write(
                "insert into sopwith_unreadable (event, room, sender, at)"
                        + " select ?, ?, ?, ? where not exists"
                        + " (select 1 from sopwith_unreadable where event = ?)",
                it.event(),
                it.room(),
                it.sender(),
                it.since().toEpochMilli(),
                it.event());
    }

    void readable(String event) {
        write("delete from sopwith_unreadable where event = ?", event);
    }

    /** What came since then and cannot be read yet, oldest first. */
    List<Unreadable> unreadable(long since) {
        return work(
                c -> {
                    try (var select =
                            c.prepareStatement(
                                    "select event, room, sender, at from sopwith_unreadable"
                                            + " where at >= ? order by at")) {
                        select.setLong(1, since);
                        var all = new ArrayList<Unreadable>();
                        try (var rows = select.executeQuery()) {
                            while (rows.next()) {
                                all.add(
                                        new Unreadable(
                                                rows.getString(1),
                                                rows.getString(2),
                                                rows.getString(3),
                                                Instant.ofEpochMilli(rows.getLong(4))));
                            }
                        }
                        return all;
                    }
                });
    }

    // Plumbing

    private Optional<String> text(String sql, Object... values) {
        return work(
                c -> {
                    try (var select = c.prepareStatement(sql)) {
                        for (int i = 0; i < values.length; i++) select.setObject(i + 1, values[i]);
                        try (var rows = select.executeQuery()) {
                            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
                        }
                    }
                });
    }

    private void write(String sql, Object... values) {
        var _ = work(c -> update(c, sql, values));
    }

    private static int update(Connection c, String sql, Object... values) throws SQLException {
        try (var statement = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
            return statement.executeUpdate();
        }
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T work(Work<T> work) {
        try (var connection = source.getConnection()) {
            var result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw new MatrixFailure(
                    MatrixFailure.Kind.REFUSED,
                    "the store of the account failed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
