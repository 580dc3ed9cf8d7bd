package dev.sopwith.engine.store;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One connection with its prepared statements, kept for its life.
 *
 * <p>Threading: for one thread at a time; who uses it without having {@linkplain #take taken} it (a
 * work or query that kept what it was given) is refused.
 *
 * <p>A failure other than a broken constraint leaves it {@linkplain #failure broken}: what the
 * database holds is in doubt then.
 */
final class Sql implements AutoCloseable {
    private static final int CONSTRAINT = 19; // SQLITE_CONSTRAINT

    private final Connection connection;
    private final Path file;
    private final Conflict conflict = new Conflict();
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private volatile @Nullable Thread owner;
    private @Nullable StoreException failure;

    /** Makes one thing of the row it is shown. */
    @FunctionalInterface
    interface Reading<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * @param file that the connection is to, for what is said of it
     */
    Sql(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
    }

    void take() {
        owner = Thread.currentThread();
    }

    void giveBack() {
        owner = null;
    }

    /** What went wrong for good, if something did. */
    Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    Conflict conflict() {
        return conflict;
    }

    /** Says how many rows changed. */
    int update(String sql, Object... values) {
        try {
            return bound(sql, values).executeUpdate();
        } catch (SQLException e) {
            throw explained(sql, e);
        }
    }

    <T> List<T> list(String sql, Reading<T> reading, Object... values) {
        try (var rows = bound(sql, values).executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) all.add(reading.read(rows));
            return all;
        } catch (SQLException e) {
            throw explained(sql, e);
        }
    }

    <T> Optional<T> first(String sql, Reading<T> reading, Object... values) {
        try (var rows = bound(sql, values).executeQuery()) {
            return rows.next() ? Optional.of(reading.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw explained(sql, e);
        }
    }

    /** The only column of the only row. */
    long number(String sql, Object... values) {
        return first(sql, row -> row.getLong(1), values).orElseThrow();
    }

    OptionalLong numberIfAny(String sql, Object... values) {
        return first(sql, row -> longOrEmpty(row, 1), values).orElse(OptionalLong.empty());
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw explained("close", e);
        }
    }

    static OptionalLong longOrEmpty(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static Optional<String> textOrEmpty(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private PreparedStatement bound(String sql, Object... values) throws SQLException {
        if (owner != Thread.currentThread()) {
            throw new IllegalStateException("used outside the work or query it was given to");
        }
        var statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) statement.setObject(i + 1, plain(values[i]));
        return statement;
    }

    private static @Nullable Object plain(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.orElse(null);
            case OptionalLong number -> number.isPresent() ? number.getAsLong() : null;
            case OptionalInt number -> number.isPresent() ? number.getAsInt() : null;
            default -> value;
        };
    }

    private RuntimeException explained(String sql, SQLException e) {
        if (e.getErrorCode() == CONSTRAINT) {
            return conflict.at("two rows where one can be (" + e.getMessage() + ")");
        }
        var first = Sqlite.explained(file, "the database failed at \"" + sql + "\"", e);
        if (failure == null) failure = first;
        return first;
    }
}
