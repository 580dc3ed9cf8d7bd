package dev.sopwith.engine.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Gates and votes in SQL. */
final class SqliteGates implements Gates.Writable {
    private static final String SELECT =
            "select run, step, visit, revision, code, digest, opened_at, deadline, closed_at,"
                    + " detail from gates ";
    private static final String OF_KEY =
            "where run = ? and step = ? and visit = ? and revision = ?";
    private static final String BY_KEY = " order by run, step, visit, revision";

    private final Sql sql;

    SqliteGates(Sql sql) {
        this.sql = sql;
    }

    @Override
    public void put(GateRow row) {
        var key = row.key();
        sql.update(
                "insert into gates (run, step, visit, revision, code, digest, opened_at, deadline,"
                        + " closed_at, detail) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " on conflict (run, step, visit, revision) do update set"
                        + " code = excluded.code, digest = excluded.digest,"
                        + " opened_at = excluded.opened_at, deadline = excluded.deadline,"
                        + " closed_at = excluded.closed_at, detail = excluded.detail",
                key.run(),
                key.step(),
                key.visit(),
                key.revision(),
                row.code(),
                row.digest(),
                row.openedAt(),
                row.deadline(),
                row.closedAt(),
                row.detail());
    }

    @Override
    public void putVote(VoteRow row) {
        var key = row.gate();
        sql.update(
                "insert into votes (run, step, visit, revision, person, vote, at, detail)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)"
                        + " on conflict (run, step, visit, revision, person) do update set"
                        + " vote = excluded.vote, at = excluded.at, detail = excluded.detail",
                key.run(),
                key.step(),
                key.visit(),
                key.revision(),
                row.person(),
                row.vote(),
                row.at(),
                row.detail());
    }

    @Override
    public void removeVote(GateKey gate, String person) {
        sql.update(
                "delete from votes " + OF_KEY + " and person = ?",
                gate.run(),
                gate.step(),
                gate.visit(),
                gate.revision(),
                person);
    }

    @Override
    public Optional<GateRow> find(GateKey key) {
        return sql.first(
                SELECT + OF_KEY,
                SqliteGates::gate,
                key.run(),
                key.step(),
                key.visit(),
                key.revision());
    }

    @Override
    public Optional<GateRow> openByCode(String code) {
        return sql.first(SELECT + "where code = ? and closed_at is null", SqliteGates::gate, code);
    }

    @Override
    public Optional<GateRow> lastByCode(String code) {
        return sql.first(
                SELECT
                        + "where run > (select coalesce(max(run), 0) from gates) - ? and code = ?"
                        + " order by opened_at desc, run desc, step desc, visit desc, revision desc"
                        + " limit 1",
                SqliteGates::gate,
                RUNS_LOOKED_AT,
                code);
    }

    @Override
    public List<GateRow> open() {
        return sql.list(SELECT + "where closed_at is null" + BY_KEY, SqliteGates::gate);
    }

    @Override
    public List<GateRow> ofRun(long run) {
        return sql.list(SELECT + "where run = ?" + BY_KEY, SqliteGates::gate, run);
    }

    @Override
    public List<VoteRow> votes(GateKey key) {
        return sql.list(
                "select person, vote, at, detail from votes " + OF_KEY + " order by person",
                row ->
                        new VoteRow(
                                key,
                                row.getString(1),
                                row.getString(2),
                                row.getLong(3),
                                row.getString(4)),
                key.run(),
                key.step(),
                key.visit(),
                key.revision());
    }

    private static GateRow gate(ResultSet row) throws SQLException {
        return new GateRow(
                new GateKey(row.getLong(1), row.getInt(2), row.getInt(3), row.getInt(4)),
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                Sql.longOrEmpty(row, 8),
                Sql.longOrEmpty(row, 9),
                row.getString(10));
    }
}
