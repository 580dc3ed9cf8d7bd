package dev.sopwith.engine.audit;

import dev.sopwith.engine.store.Trail;
import dev.sopwith.engine.store.Trail.Entry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One change to the file of a store, in plain SQL.
 *
 * @param firstBad the position that a check must name
 * @param statements what is run, one after the other
 */
record Tampering(long firstBad, List<String> statements) {

    /**
     * @param limit of the retention that the file has been through: who erases what is older does
     *     what retention might have done
     */
    static Tampering random(SplittableRandom random, List<Entry> entries, long limit) {
        int last = entries.size() - 1;
        var entry = entries.get(random.nextInt(entries.size()));
        long position = entry.link().position();
        return switch (random.nextInt(13)) {
            case 0 -> changedColumn(random, position);
            case 1 -> of(position, "delete from audit where position = " + position);
            case 2 -> cutOff(entries.get(random.nextInt(1, last)).link().position());
            case 3 -> swapped(random, entries.size());
            case 4 -> inserted(random, entries.size());
            case 5 -> shifted(position);
            case 6 -> rehashed(entries.get(random.nextInt(last - 1)));
            case 7 -> changedEvent(random, pick(random, events(entries)));
            case 8 -> removedEvent(random, pick(random, events(entries)), limit);
            case 9 -> strayEvent(random, entries.size());
            case 10 -> changedBody(random, pick(random, facts(entries)));
            case 11 ->
                    removedBody(
                            pick(
                                    random,
                                    facts(entries).stream()
                                            .filter(it -> it.link().at() >= limit)
                                            .toList()));
            default -> strayBody(random, pick(random, events(entries)), entries.size());
        };
    }

    void apply(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        }
    }

    private static Tampering of(long firstBad, String... statements) {
        return new Tampering(firstBad, List.of(statements));
    }

    private static Tampering changedColumn(SplittableRandom random, long position) {
        var change =
                pick(
                        random,
                        List.of(
                                "at = at + 1",
                                "kind = kind || 'x'",
                                "kind = ''",
                                "run = coalesce(run, 0) + 1",
                                "run = case when run is null then 1 end",
                                "seq = coalesce(seq, 0) + 1",
                                "seq = case when seq is null then 1 end",
                                "body_hash = prev",
                                "body_hash = upper(body_hash) || ' '",
                                "prev = body_hash",
                                "prev = ''",
                                "hash = body_hash",
                                "hash = '0' || substr(hash, 1, 63)"));
        return of(position, "update audit set " + change + " where position = " + position);
    }

    private static Tampering cutOff(long position) {
        return of(position, "delete from audit where position >= " + position);
    }

    private static Tampering swapped(SplittableRandom random, int rows) {
        long one = random.nextInt(1, rows);
        long other = random.nextLong(one + 1, rows + 1);
        return of(
                one,
                "update audit set position = -1 where position = " + one,
                "update audit set position = %d where position = %d".formatted(one, other),
                "update audit set position = %d where position = -1".formatted(other));
    }

    private static Tampering inserted(SplittableRandom random, int rows) {
        long place = random.nextBoolean() ? rows + 1 : -random.nextInt(3);
        return of(
                place,
                ("insert into audit select %d, at, kind, run, null, body_hash, prev, hash"
                                + " from audit where position = %d")
                        .formatted(place, random.nextInt(1, rows + 1)));
    }

    /** All rows from here on move up by one, so that there is room for another. */
    private static Tampering shifted(long position) {
        return of(
                position,
                "update audit set position = -position - 1 where position >= " + position,
                "update audit set position = -position where position < 0");
    }

    /** A row that was changed together with its own hash: the next one tells. */
    private static Tampering rehashed(Entry entry) {
        var link = entry.link();
        var changed =
                new Trail.Link(
                        link.position(),
                        link.at() + 1,
                        link.kind(),
                        link.run(),
                        link.seq(),
                        link.bodyHash(),
                        link.prev(),
                        "");
        boolean event = link.seq().isPresent(); // its own time still tells
        return of(
                event ? link.position() : link.position() + 1,
                "update audit set at = at + 1, hash = '%s' where position = %d"
                        .formatted(changed.computedHash(), link.position()));
    }

    private static Tampering changedEvent(SplittableRandom random, Entry entry) {
        var change =
                pick(
                        random,
                        List.of(
                                "at = at - 1",
                                "type = 'StepSkipped'",
                                "json = '{\"output\":0}'",
                                "salt = coalesce(salt, '') || '0', json = coalesce(json, '')",
                                "seq = seq + 1000",
                                "run = run + 1000"));
        return of(entry.link().position(), "update events set " + change + whereEvent(entry));
    }

    private static Tampering removedEvent(SplittableRandom random, Entry entry, long limit) {
        boolean erasable = entry.link().at() < limit;
        return of(
                entry.link().position(),
                erasable || random.nextBoolean()
                        ? "delete from events" + whereEvent(entry)
                        : "update events set json = null" + whereEvent(entry));
    }

    private static Tampering strayEvent(SplittableRandom random, int rows) {
        return of(
                rows + 1,
                "insert into events values (%d, 5000, 1, 'StepEnded', '00', '{}')"
                        .formatted(random.nextInt(1, 9)));
    }

    private static Tampering changedBody(SplittableRandom random, Entry entry) {
        var change =
                pick(
                        random,
                        List.of(
                                "text = text || ' '",
                                "text = ''",
                                "salt = ''",
                                "salt = salt || text, text = ''"));
        return of(
                entry.link().position(),
                "update bodies set " + change + " where position = " + entry.link().position());
    }

    private static Tampering removedBody(Entry entry) {
        long position = entry.link().position();
        return of(position, "delete from bodies where position = " + position);
    }

    /** A body for a row that has none of its own, or for none at all. */
    private static Tampering strayBody(SplittableRandom random, Entry event, int rows) {
        long position = random.nextBoolean() ? event.link().position() : rows + 1;
        return of(position, "insert into bodies values (%d, '00', '{}')".formatted(position));
    }

    private static String whereEvent(Entry entry) {
        return " where run = %d and seq = %d"
                .formatted(entry.link().run().orElseThrow(), entry.link().seq().orElseThrow());
    }

    private static List<Entry> events(List<Entry> entries) {
        return entries.stream().filter(it -> it.link().seq().isPresent()).toList();
    }

    /** Rows with a body of their own that retention left. */
    private static List<Entry> facts(List<Entry> entries) {
        return entries.stream()
                .filter(it -> it.link().seq().isEmpty() && it.body().isPresent())
                .toList();
    }

    private static <T> T pick(SplittableRandom random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
