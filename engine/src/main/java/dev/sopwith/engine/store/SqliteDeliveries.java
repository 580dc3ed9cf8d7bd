package dev.sopwith.engine.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Deliveries in SQL. */
final class SqliteDeliveries implements Deliveries.Writable {
    private static final String SELECT =
            "select id, sop, source, dedupe_key, received_at, priority, lock, outcome, detail, run"
                    + " from deliveries ";

    /** No lock and an empty one are the same line. */
    private static final String LINE =
            "where outcome is null and sop = ? and coalesce(lock, '') = ?";

    private final Sql sql;

    SqliteDeliveries(Sql sql) {
        this.sql = sql;
    }

    @Override
    public boolean add(DeliveryRow row, String request) {
        var key = row.dedupeKey();
        if (key.isPresent() && holder(key.get(), row.receivedAt()).isPresent()) return false;
        insert(row, request, Optional.empty());
        return true;
    }

    @Override
    public void count(DeliveryRow row, String request) {
        var sop = row.sop().orElse("");
        insert(row, request, Optional.of(sop));
        sql.update(
                "insert into counts (sop, outcome, times) values (?, ?, 1)"
                        + " on conflict (sop, outcome) do update set times = counts.times + 1",
                sop,
                row.outcome().orElseThrow());
        var old =
                sql.list(
                        "select id from deliveries where counted_for = ?"
                                + " order by id desc limit 1000 offset ?",
                        it -> it.getLong(1),
                        sop,
                        COUNTED_KEPT_MAX);
        for (long id : old) {
            sql.update("delete from requests where delivery = ?", id);
            sql.update("delete from deliveries where id = ?", id);
        }
    }

    private void insert(DeliveryRow row, String request, Optional<String> countedFor) {
        sql.update(
                "insert into deliveries (id, sop, source, dedupe_key, received_at, priority, lock,"
                        + " outcome, detail, run, counted_for)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row.id(),
                row.sop(),
                row.source(),
                row.dedupeKey(),
                row.receivedAt(),
                row.priority(),
                row.lock(),
                row.outcome(),
                row.detail(),
                row.run(),
                countedFor);
        sql.update(
                "insert into requests (delivery, received_at, json) values (?, ?, ?)",
                row.id(),
                row.receivedAt(),
                request);
    }

    @Override
    public boolean settle(long id, String outcome, String detail, OptionalLong run) {
        return sql.update(
                        "update deliveries set outcome = ?, detail = ?, run = ?"
                                + " where id = ? and outcome is null",
                        outcome,
                        detail,
                        run,
                        id)
                == 1;
    }

    @Override
    public boolean replaceRequest(long id, String request) {
        return sql.update(
                        "update requests set json = ? where delivery ="
                                + " (select id from deliveries where id = ? and outcome is null)",
                        request,
                        id)
                == 1;
    }

    @Override
    public void rank(String sop, int priority) {
        sql.update(
                "update deliveries set priority = ?"
                        + " where sop = ? and outcome is null and priority <> ?",
                priority,
                sop,
                priority);
    }

    int erase(long before, int rowsMax) {
        return sql.update(
                "delete from requests where delivery in (select q.delivery from requests q"
                        + " join deliveries d on d.id = q.delivery"
                        + " where q.received_at < ? and d.outcome is not null"
                        + " order by q.received_at limit ?)",
                before,
                rowsMax);
    }

    @Override
    public Optional<DeliveryRow> find(long id) {
        return sql.first(SELECT + "where id = ?", SqliteDeliveries::delivery, id);
    }

    @Override
    public Optional<String> request(long id) {
        return sql.first(
                "select json from requests where delivery = ?", row -> row.getString(1), id);
    }

    @Override
    public Optional<DeliveryRow> holder(String dedupeKey, long at) {
        return sql.first(
                SELECT + "where dedupe_key = ? and received_at > ? order by id desc limit 1",
                SqliteDeliveries::delivery,
                dedupeKey,
                at - DEDUPE_MILLIS);
    }

    @Override
    public List<DeliveryRow> queue() {
        return sql.list(
                SELECT + "where outcome is null order by priority desc, id",
                SqliteDeliveries::delivery);
    }

    @Override
    public int queueLength() {
        return (int) sql.number("select count(*) from deliveries where outcome is null");
    }

    // Distinct values are found by jumping from one to the next in the index: a "distinct" would
    // read all ten thousand that may wait, in every commit.

    @Override
    public List<String> waitingSops() {
        return sql.list(
                "with recursive names(sop) as ("
                        + " select min(sop) from deliveries where outcome is null"
                        + " union all"
                        + " select (select min(d.sop) from deliveries d"
                        + " where d.outcome is null and d.sop > names.sop)"
                        + " from names where names.sop is not null)"
                        + " select sop from names where sop is not null",
                row -> row.getString(1));
    }

    @Override
    public List<DeliveryRow> heads(String sop) {
        var locks =
                sql.list(
                        "with recursive locks(lock) as ("
                                + " select min(coalesce(lock, '')) from deliveries"
                                + " where outcome is null and sop = ?"
                                + " union all"
                                + " select (select min(coalesce(d.lock, '')) from deliveries d"
                                + " where d.outcome is null and d.sop = ?"
                                + " and coalesce(d.lock, '') > locks.lock)"
                                + " from locks where locks.lock is not null)"
                                + " select lock from locks where lock is not null",
                        row -> row.getString(1),
                        sop,
                        sop);
        return locks.stream().flatMap(lock -> head(sop, lock).stream()).sorted(ORDER).toList();
    }

    @Override
    public Optional<DeliveryRow> head(String sop, Optional<String> lock) {
        return head(sop, lock.orElse(""));
    }

    private Optional<DeliveryRow> head(String sop, String lock) {
        return sql.first(
                SELECT + LINE + " order by priority desc, id limit 1",
                SqliteDeliveries::delivery,
                sop,
                lock);
    }

    @Override
    public Optional<DeliveryRow> newest(String sop, Optional<String> lock) {
        return sql.first(
                SELECT + LINE + " order by id desc limit 1",
                SqliteDeliveries::delivery,
                sop,
                lock.orElse(""));
    }

    @Override
    public int lineLength(String sop, Optional<String> lock) {
        return (int) sql.number("select count(*) from deliveries " + LINE, sop, lock.orElse(""));
    }

    @Override
    public List<DeliveryRow> last(String sop, int max) {
        return sql.list(
                SELECT + "where sop = ? order by id desc limit ?",
                SqliteDeliveries::delivery,
                sop,
                max);
    }

    @Override
    public Map<String, Long> counts(String sop) {
        return sql
                .list(
                        "select outcome, times from counts where sop = ?",
                        row -> Map.entry(row.getString(1), row.getLong(2)),
                        sop)
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public long nextId() {
        return 1 + sql.number("select coalesce(max(id), 0) from deliveries");
    }

    private static DeliveryRow delivery(ResultSet row) throws SQLException {
        return new DeliveryRow(
                row.getLong(1),
                Sql.textOrEmpty(row, 2),
                row.getString(3),
                Sql.textOrEmpty(row, 4),
                row.getLong(5),
                row.getInt(6),
                Sql.textOrEmpty(row, 7),
                Sql.textOrEmpty(row, 8),
                row.getString(9),
                Sql.longOrEmpty(row, 10));
    }
}
