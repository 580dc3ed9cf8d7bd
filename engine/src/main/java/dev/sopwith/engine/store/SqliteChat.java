package dev.sopwith.engine.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Chat in SQL. */
final class SqliteChat implements Chat.Writable {
    private static final String SELECT =
            "select connector, post_key, room, message_id, shown, closed, text, expires_at, at"
                    + " from posts ";

    private final Sql sql;

    SqliteChat(Sql sql) {
        this.sql = sql;
    }

    @Override
    public void put(PostRow row) {
        sql.update(
                "insert into posts (connector, post_key, room, message_id, shown, closed, text,"
                        + " expires_at, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " on conflict (connector, post_key) do update set"
                        + " room = excluded.room, message_id = excluded.message_id,"
                        + " shown = excluded.shown, closed = excluded.closed,"
                        + " text = excluded.text, expires_at = excluded.expires_at,"
                        + " at = excluded.at",
                row.connector(),
                row.key(),
                row.room(),
                row.messageId(),
                row.shown(),
                row.closed() ? 1 : 0,
                row.text(),
                row.expiresAt(),
                row.at());
    }

    @Override
    public void remove(String connector, String key) {
        sql.update("delete from posts where connector = ? and post_key = ?", connector, key);
    }

    @Override
    public boolean hear(String connector, String eventId, long at) {
        return sql.update(
                        "insert into inbox (connector, event_id, at) values (?, ?, ?)"
                                + " on conflict do nothing",
                        connector,
                        eventId,
                        at)
                == 1;
    }

    @Override
    public void position(String connector, String position, long at) {
        sql.update(
                "insert into positions (connector, position, at) values (?, ?, ?)"
                        + " on conflict (connector) do update set"
                        + " position = excluded.position, at = excluded.at",
                connector,
                position,
                at);
    }

    int erase(long before, int rowsMax) {
        return sql.update(
                        "delete from inbox where (connector, event_id) in (select connector,"
                                + " event_id from inbox where at < ? order by at limit ?)",
                        before,
                        rowsMax)
                + sql.update(
                        "delete from posts where (connector, post_key) in (select connector,"
                                + " post_key from posts where closed = 1 and at < ?"
                                + " order by at limit ?)",
                        before,
                        rowsMax);
    }

    @Override
    public Optional<PostRow> post(String connector, String key) {
        return sql.first(
                SELECT + "where connector = ? and post_key = ?", SqliteChat::post, connector, key);
    }

    @Override
    public Optional<PostRow> postOfMessage(String connector, String messageId) {
        return sql.first(
                SELECT + "where connector = ? and message_id = ?",
                SqliteChat::post,
                connector,
                messageId);
    }

    @Override
    public List<PostRow> openPosts(String connector) {
        return sql.list(
                SELECT + "where connector = ? and closed = 0 order by post_key",
                SqliteChat::post,
                connector);
    }

    @Override
    public boolean heard(String connector, String eventId) {
        return sql.first(
                        "select 1 from inbox where connector = ? and event_id = ?",
                        row -> row.getInt(1),
                        connector,
                        eventId)
                .isPresent();
    }

    @Override
    public Optional<String> position(String connector) {
        return sql.first(
                "select position from positions where connector = ?",
                row -> row.getString(1),
                connector);
    }

    private static PostRow post(ResultSet row) throws SQLException {
        return new PostRow(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Sql.textOrEmpty(row, 4),
                Sql.textOrEmpty(row, 5),
                row.getInt(6) == 1,
                Sql.textOrEmpty(row, 7),
                Sql.longOrEmpty(row, 8),
                row.getLong(9));
    }
}
