package dev.sopwith.engine.store;

import dev.sopwith.engine.store.Runs.EventRow;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The chain in SQL. The writer keeps its head in memory, and forgets it whenever a work is taken
 * back.
 */
final class SqliteTrail implements Trail.Writable {
    private static final String SELECT =
            "select a.position, a.at, a.kind, a.run, a.seq, a.body_hash, a.prev, a.hash,"
                    + " b.salt, b.text, e.at, e.type, e.salt, e.json"
                    + " from audit a left join bodies b on b.position = a.position"
                    + " left join events e on e.run = a.run and e.seq = a.seq ";

    private final Sql sql;
    private final Salt salt;
    private @Nullable Head known;

    SqliteTrail(Sql sql, Salt salt) {
        this.sql = sql;
        this.salt = salt;
    }

    Salt salt() {
        return salt;
    }

    void forgetHead() {
        known = null;
    }

    @Override
    public Link append(long at, String kind, String json) {
        return append(at, kind, OptionalLong.empty(), json);
    }

    @Override
    public Link append(long at, String kind, long run, String json) {
        return append(at, kind, OptionalLong.of(run), json);
    }

    private Link append(long at, String kind, OptionalLong run, String json) {
        var body = salt.body(json);
        var link = chain(at, kind, run, OptionalInt.empty(), body);
        sql.update(
                "insert into bodies (position, salt, text) values (?, ?, ?)",
                link.position(),
                body.salt(),
                body.text());
        return link;
    }

    Link chain(long at, String kind, OptionalLong run, OptionalInt seq, Body body) {
        if (known == null) known = head();
        var link = Link.after(known, at, kind, run, seq, body);
        sql.update(
                "insert into audit (position, at, kind, run, seq, body_hash, prev, hash)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                link.position(),
                at,
                kind,
                run,
                seq,
                link.bodyHash(),
                link.prev(),
                link.hash());
        known = link.head();
        return link;
    }

    int erase(long before, int rowsMax) {
        return sql.update(
                "delete from bodies where position in (select b.position from bodies b"
                        + " join audit a on a.position = b.position"
                        + " left join runs r on r.number = a.run"
                        + " where a.at < ? and a.kind <> ? and (a.run is null or r.ended_at < ?)"
                        + " order by b.position limit ?)",
                before,
                RETENTION,
                before,
                rowsMax);
    }

    @Override
    public Head head() {
        return sql.first(
                        "select position, hash from audit order by position desc limit 1",
                        row -> new Head(row.getLong(1), row.getString(2)))
                .orElse(Head.START);
    }

    @Override
    public List<Entry> after(long position, int max) {
        return sql.list(
                SELECT + "where a.position > ? order by a.position limit ?",
                SqliteTrail::entry,
                position,
                max);
    }

    @Override
    public List<Entry> ofRun(long run) {
        return sql.list(SELECT + "where a.run = ? order by a.position", SqliteTrail::entry, run);
    }

    @Override
    public List<Entry> ofKind(String kind) {
        return sql.list(SELECT + "where a.kind = ? order by a.position", SqliteTrail::entry, kind);
    }

    @Override
    public List<Stray> strays() {
        var strays =
                sql.list(
                        "select b.position from bodies b left join audit a on a.position ="
                                + " b.position where a.position is null or a.seq is not null"
                                + " order by b.position",
                        row -> new Stray(OptionalLong.of(row.getLong(1)), "a body"));
        strays.addAll(
                sql.list(
                        "select e.run, e.seq from events e where not exists (select 1 from audit a"
                                + " where a.run = e.run and a.seq = e.seq) order by e.run, e.seq",
                        row ->
                                new Stray(
                                        OptionalLong.empty(),
                                        "event %d of R-%d"
                                                .formatted(row.getInt(2), row.getLong(1)))));
        return strays;
    }

    private static Entry entry(ResultSet row) throws SQLException {
        var run = Sql.longOrEmpty(row, 4);
        var seq = Sql.longOrEmpty(row, 5);
        var link =
                new Link(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        run,
                        seq.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) seq.getAsLong()),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8));
        if (seq.isEmpty()) return new Entry(link, body(row, 9), Optional.empty());
        return new Entry(link, body(row, 13), event(row, link));
    }

    private static Optional<Body> body(ResultSet row, int column) throws SQLException {
        var text = row.getString(column + 1);
        if (text == null) return Optional.empty();
        var salt = Sql.textOrEmpty(row, column).orElse("");
        return Optional.of(new Body(salt, text));
    }

    private static Optional<EventRow> event(ResultSet row, Link link) throws SQLException {
        var type = row.getString(12);
        if (type == null) return Optional.empty();
        return Optional.of(
                new EventRow(
                        link.run().orElse(0),
                        link.seq().orElse(0),
                        row.getLong(11),
                        type,
                        Sql.textOrEmpty(row, 14)));
    }
}
