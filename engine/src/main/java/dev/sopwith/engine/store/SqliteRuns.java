package dev.sopwith.engine.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Runs, events and secrets in SQL. */
final class SqliteRuns implements Runs.Writable {
    private static final String SELECT =
            "select number, sop, digest, lock, phase, outcome, priority, state, version,"
                    + " started_at, ended_at, due from runs ";

    /** In order by the sign: without it SQLite would go over all runs there ever were, by key. */
    private static final String ACTIVE = "where phase <> 'ended' order by +number";

    private final Sql sql;
    private final SqliteTrail trail;

    SqliteRuns(Sql sql, SqliteTrail trail) {
        this.sql = sql;
        this.trail = trail;
    }

    @Override
    public boolean append(RunRow changed, List<NewEvent> events) {
        if (events.isEmpty()) throw new IllegalArgumentException("a change has an event");
        long version = changed.version() + events.size();
        boolean written = changed.version() == 0 ? add(changed, version) : change(changed, version);
        if (!written) return false;
        int seq = Math.toIntExact(changed.version());
        for (var event : events) add(changed.number(), ++seq, event);
        return true;
    }

    private boolean add(RunRow run, long version) {
        return sql.update(
                        "insert into runs (number, sop, digest, lock, phase, outcome, priority,"
                                + " state, version, started_at, ended_at, due)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                + " on conflict do nothing",
                        run.number(),
                        run.sop(),
                        run.digest(),
                        run.lock(),
                        word(run.phase()),
                        run.outcome(),
                        run.priority(),
                        run.state(),
                        version,
                        run.startedAt(),
                        run.endedAt(),
                        run.due())
                == 1;
    }

    private boolean change(RunRow run, long version) {
        return sql.update(
                        "update runs set sop = ?, digest = ?, lock = ?, phase = ?, outcome = ?,"
                                + " priority = ?, state = ?, version = ?, started_at = ?,"
                                + " ended_at = ?, due = ? where number = ? and version = ?",
                        run.sop(),
                        run.digest(),
                        run.lock(),
                        word(run.phase()),
                        run.outcome(),
                        run.priority(),
                        run.state(),
                        version,
                        run.startedAt(),
                        run.endedAt(),
                        run.due(),
                        run.number(),
                        run.version())
                == 1;
    }

    private void add(long run, int seq, NewEvent event) {
        var body = trail.salt().body(event.json());
        sql.update(
                "insert into events (run, seq, at, type, salt, json) values (?, ?, ?, ?, ?, ?)",
                run,
                seq,
                event.at(),
                event.type(),
                body.salt(),
                body.text());
        trail.chain(event.at(), event.type(), OptionalLong.of(run), OptionalInt.of(seq), body);
    }

    @Override
    public void putDue(long run, OptionalLong due) {
        sql.update("update runs set due = ? where number = ?", due, run);
    }

    @Override
    public void putSecret(long run, String name, byte[] value) {
        sql.update(
                "insert into secrets (run, name, value) values (?, ?, ?)"
                        + " on conflict (run, name) do update set value = excluded.value",
                run,
                name,
                value);
    }

    @Override
    public void eraseSecrets(long run) {
        sql.update("delete from secrets where run = ?", run);
    }

    int erase(long before, int rowsMax) {
        var old =
                sql.list(
                        "select e.run, e.seq from events e join runs r on r.number = e.run"
                                + " where e.json is not null and e.at < ? and r.ended_at < ?"
                                + " order by e.at limit ?",
                        row -> new long[] {row.getLong(1), row.getLong(2)},
                        before,
                        before,
                        rowsMax);
        for (var key : old) {
            sql.update(
                    "update events set json = null, salt = null where run = ? and seq = ?",
                    key[0],
                    key[1]);
        }
        return old.size();
    }

    @Override
    public Optional<RunRow> find(long number) {
        return sql.first(SELECT + "where number = ?", SqliteRuns::run, number);
    }

    @Override
    public List<RunRow> active() {
        return sql.list(SELECT + ACTIVE, SqliteRuns::run);
    }

    @Override
    public List<RunRow> in(Phase phase) {
        return sql.list(
                SELECT + "where phase = ? and phase <> 'ended' order by number",
                SqliteRuns::run,
                word(phase));
    }

    @Override
    public List<Long> activeNumbers() {
        return sql.list("select number from runs " + ACTIVE, row -> row.getLong(1));
    }

    @Override
    public List<Long> dueBy(long at) {
        return sql.list(
                "select number from runs where due <= ? order by due, number",
                row -> row.getLong(1),
                at);
    }

    @Override
    public List<RunRow> resumingHeads() {
        // From one name to the next in the index, as in SqliteDeliveries.
        var sops =
                sql.list(
                        "with recursive names(sop) as ("
                                + " select min(sop) from runs"
                                + " where phase = 'resuming' and phase <> 'ended'"
                                + " union all"
                                + " select (select min(r.sop) from runs r where"
                                + " r.phase = 'resuming' and r.phase <> 'ended'"
                                + " and r.sop > names.sop)"
                                + " from names where names.sop is not null)"
                                + " select sop from names where sop is not null",
                        row -> row.getString(1));
        return sops.stream().flatMap(sop -> resumingHead(sop).stream()).sorted(ORDER).toList();
    }

    private Optional<RunRow> resumingHead(String sop) {
        return sql.first(
                SELECT
                        + "where phase = 'resuming' and phase <> 'ended' and sop = ?"
                        + " order by priority desc, number limit 1",
                SqliteRuns::run,
                sop);
    }

    @Override
    public Optional<RunRow> resumingAfter(RunRow run) {
        return sql.first(
                SELECT
                        + "where phase = 'resuming' and phase <> 'ended' and sop = ?"
                        + " and (priority < ? or (priority = ? and number > ?))"
                        + " order by priority desc, number limit 1",
                SqliteRuns::run,
                run.sop(),
                run.priority(),
                run.priority(),
                run.number());
    }

    @Override
    public List<RunRow> last(int max) {
        return sql.list(SELECT + "order by number desc limit ?", SqliteRuns::run, max);
    }

    @Override
    public List<RunRow> last(String sop, int max) {
        return sql.list(
                SELECT + "where sop = ? order by number desc limit ?", SqliteRuns::run, sop, max);
    }

    // "phase <> 'ended'" stands in each of these so that the small index of active runs answers.

    @Override
    public int count(String sop, Phase phase) {
        var active = phase == Phase.ENDED ? "" : " and phase <> 'ended'";
        return (int)
                sql.number(
                        "select count(*) from runs where phase = ? and sop = ?" + active,
                        word(phase),
                        sop);
    }

    @Override
    public int count(Phase phase) {
        return (int)
                sql.number(
                        "select count(*) from runs where phase = ? and phase <> 'ended'",
                        word(phase));
    }

    @Override
    public List<RunRow> holding(String lock) {
        return sql.list(
                SELECT + "where lock = ? and phase <> 'ended' order by number",
                SqliteRuns::run,
                lock);
    }

    @Override
    public OptionalLong lastEnd(String sop, String outcome) {
        return this.sql.numberIfAny(
                "select max(ended_at) from runs where sop = ? and outcome = ?", sop, outcome);
    }

    @Override
    public long nextNumber() {
        return 1
                + sql.number(
                        "select coalesce(max(number), 0) from (select max(number) as number from"
                                + " runs union all select cast(value as bigint) from meta where"
                                + " name = 'run_floor') as used");
    }

    @Override
    public List<EventRow> events(long run) {
        return sql.list(
                "select run, seq, at, type, json from events where run = ? order by seq",
                row ->
                        new EventRow(
                                row.getLong(1),
                                row.getInt(2),
                                row.getLong(3),
                                row.getString(4),
                                Sql.textOrEmpty(row, 5)),
                run);
    }

    @Override
    public Map<String, byte[]> secrets(long run) {
        var secrets = new HashMap<String, byte[]>();
        sql.list(
                        "select name, value from secrets where run = ?",
                        row -> Map.entry(row.getString(1), row.getBytes(2)),
                        run)
                .forEach(it -> secrets.put(it.getKey(), it.getValue()));
        return secrets;
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private static RunRow run(ResultSet row) throws SQLException {
        return new RunRow(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                Sql.textOrEmpty(row, 4),
                Phase.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                Sql.textOrEmpty(row, 6),
                row.getInt(7),
                row.getString(8),
                row.getLong(9),
                row.getLong(10),
                Sql.longOrEmpty(row, 11),
                Sql.longOrEmpty(row, 12));
    }
}
