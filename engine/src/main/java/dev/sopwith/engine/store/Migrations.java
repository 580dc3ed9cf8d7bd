package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.Hashing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Brings a database to the tables of this version: an ordered list of texts, each run once, in one
 * transaction with the note that it was.
 *
 * <p>A database that knows a text which is not on the list, or another text in its place, was made
 * by another program than this; it is refused rather than guessed at.
 */
final class Migrations {
    private static final List<String> FILES =
            List.of("001-tables.sql", "002-lines.sql", "003-messages.sql", "004-due.sql");
    private static final Pattern STATEMENT_END = Pattern.compile(";\\s*\\n");

    private Migrations() {}

    private record Migration(String name, String text) {
        Done asDone() {
            return new Done(name, new Hashing().text(text).digest());
        }
    }

    /** What a database notes of a migration. */
    private record Done(String name, String checksum) {}

    static void run(Connection connection, Path file) throws SQLException {
        Sqlite.run(
                connection,
                "create table if not exists migrations"
                        + " (number integer primary key, name text not null, checksum text not null)");
        var ours = FILES.stream().map(name -> new Migration(name, text(name))).toList();
        var done = done(connection);
        for (int i = 0; i < done.size(); i++) {
            if (i >= ours.size()) throw newer(file, done.get(i).name());
            if (!done.get(i).equals(ours.get(i).asDone())) throw changed(file, done.get(i).name());
        }
        for (int i = done.size(); i < ours.size(); i++) run(connection, i + 1, ours.get(i));
    }

    private static void run(Connection connection, int number, Migration migration)
            throws SQLException {
        Sqlite.run(connection, "begin immediate");
        try {
            for (var statement : STATEMENT_END.split(dialect(migration.text()), 0)) {
                if (!statement.isBlank()) Sqlite.run(connection, statement);
            }
            try (var note =
                    connection.prepareStatement(
                            "insert into migrations (number, name, checksum) values (?, ?, ?)")) {
                note.setInt(1, number);
                note.setString(2, migration.name());
                note.setString(3, migration.asDone().checksum());
                note.executeUpdate();
            }
            Sqlite.run(connection, "commit");
        } catch (SQLException e) {
            Sqlite.run(connection, "rollback");
            throw e;
        }
    }

    /** Only under this name is a numeric key the row itself in SQLite, and not a second tree. */
    private static String dialect(String text) {
        return text.replace("bigint primary key", "integer primary key");
    }

    private static List<Done> done(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select name, checksum from migrations order by number")) {
            var done = new ArrayList<Done>();
            while (rows.next()) done.add(new Done(rows.getString(1), rows.getString(2)));
            return done;
        }
    }

    private static String text(String name) {
        try (var in = Objects.requireNonNull(Migrations.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the program lacks its own file " + name, e);
        }
    }

    private static StoreException newer(Path file, String name) {
        return new StoreException(
                "%s was written by a newer version of Sopwith (its tables are at %s, this version"
                                .formatted(file, name)
                        + " ends at %s); start the newer version, or restore a backup made by this one"
                                .formatted(FILES.getLast()));
    }

    private static StoreException changed(Path file, String name) {
        return new StoreException(
                "%s was made with another text of %s than this version has, so its tables may differ;"
                                .formatted(file, name)
                        + " start the version that made it");
    }
}
