package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The node's own rows in SQL. */
final class SqliteNode implements Node.Writable {
    /** Runs that a restore leaves out, because after the backup their numbers were perhaps used. */
    private static final int RUNS_SKIPPED_BY_RESTORE = 1_000;

    private final Sql sql;

    SqliteNode(Sql sql) {
        this.sql = sql;
    }

    void begin(String epoch) {
        meta("epoch", epoch);
    }

    void restored(String epoch, long at, long lastRun) {
        meta("epoch", epoch);
        meta("restored_at", Long.toString(at));
        meta("run_floor", Long.toString(lastRun + RUNS_SKIPPED_BY_RESTORE));
    }

    private void meta(String name, String value) {
        sql.update(
                "insert into meta (name, value) values (?, ?)"
                        + " on conflict (name) do update set value = excluded.value",
                name,
                value);
    }

    private Optional<String> meta(String name) {
        return sql.first("select value from meta where name = ?", row -> row.getString(1), name);
    }

    @Override
    public void set(String name, String value) {
        sql.update(
                "insert into settings (name, value) values (?, ?)"
                        + " on conflict (name) do update set value = excluded.value",
                name,
                value);
    }

    @Override
    public void clear(String name) {
        sql.update("delete from settings where name = ?", name);
    }

    @Override
    public void add(ConfigRow row) {
        sql.update(
                "insert into configs (number, at, roster, sops, brought_by)"
                        + " values (?, ?, ?, ?, ?)",
                1 + sql.number("select coalesce(max(number), 0) from configs"),
                row.at(),
                row.roster(),
                row.sops(),
                row.by());
    }

    @Override
    public String epoch() {
        return meta("epoch").orElseThrow();
    }

    @Override
    public OptionalLong restoredAt() {
        var at = meta("restored_at");
        return at.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(at.get()));
    }

    @Override
    public Optional<String> setting(String name) {
        return sql.first(
                "select value from settings where name = ?", row -> row.getString(1), name);
    }

    @Override
    public List<ConfigRow> configs(int max) {
        return sql.list(
                "select at, roster, sops, brought_by from configs order by number desc limit ?",
                row ->
                        new ConfigRow(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4)),
                max);
    }
}
