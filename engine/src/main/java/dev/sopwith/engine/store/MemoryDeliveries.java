package dev.sopwith.engine.store;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/** Deliveries in maps. */
final class MemoryDeliveries implements Deliveries.Writable {
    private final TreeMap<Long, DeliveryRow> rows = new TreeMap<>();
    private final TreeMap<Long, String> requests = new TreeMap<>();
    private final TreeMap<Long, String> counted = new TreeMap<>(); // id to SOP
    private final Map<String, Map<String, Long>> counts =
            new HashMap<>(); // inner maps never change
    private final UndoLog undo;
    private final Conflict conflict;

    MemoryDeliveries(UndoLog undo, Conflict conflict) {
        this.undo = undo;
        this.conflict = conflict;
    }

    @Override
    public boolean add(DeliveryRow row, String request) {
        var key = row.dedupeKey();
        if (key.isPresent() && holder(key.get(), row.receivedAt()).isPresent()) return false;
        insert(row, request);
        return true;
    }

    @Override
    public void count(DeliveryRow row, String request) {
        insert(row, request);
        var sop = sopOf(row);
        var former = counts.getOrDefault(sop, Map.of());
        var changed = new HashMap<>(former);
        changed.merge(row.outcome().orElseThrow(), 1L, Long::sum);
        undo.put(counts, sop, Map.copyOf(changed));
        undo.put(counted, row.id(), sop);
        var ofSop =
                counted.descendingMap().entrySet().stream().filter(it -> it.getValue().equals(sop));
        for (var old : ofSop.skip(COUNTED_KEPT_MAX).map(Map.Entry::getKey).toList()) {
            undo.remove(counted, old);
            undo.remove(rows, old);
            undo.remove(requests, old);
        }
    }

    private void insert(DeliveryRow row, String request) {
        if (rows.containsKey(row.id())) throw conflict.at("there is a delivery #" + row.id());
        undo.put(rows, row.id(), row);
        undo.put(requests, row.id(), request);
    }

    @Override
    public boolean settle(long id, String outcome, String detail, OptionalLong run) {
        var row = rows.get(id);
        if (row == null || row.outcome().isPresent()) return false;
        undo.put(
                rows,
                id,
                new DeliveryRow(
                        id,
                        row.sop(),
                        row.source(),
                        row.dedupeKey(),
                        row.receivedAt(),
                        row.priority(),
                        row.lock(),
                        Optional.of(outcome),
                        detail,
                        run));
        return true;
    }

    @Override
    public boolean replaceRequest(long id, String request) {
        if (waiting().noneMatch(row -> row.id() == id)) return false;
        undo.put(requests, id, request);
        return true;
    }

    @Override
    public void rank(String sop, int priority) {
        for (var row : waiting(sop).toList()) {
            undo.put(
                    rows,
                    row.id(),
                    new DeliveryRow(
                            row.id(),
                            row.sop(),
                            row.source(),
                            row.dedupeKey(),
                            row.receivedAt(),
                            priority,
                            row.lock(),
                            row.outcome(),
                            row.detail(),
                            row.run()));
        }
    }

    int erase(long before, int rowsMax) {
        var old =
                rows.values().stream()
                        .filter(row -> row.outcome().isPresent() && row.receivedAt() < before)
                        .map(DeliveryRow::id)
                        .filter(requests::containsKey)
                        .limit(rowsMax)
                        .toList();
        old.forEach(id -> undo.remove(requests, id));
        return old.size();
    }

    @Override
    public Optional<DeliveryRow> find(long id) {
        return Optional.ofNullable(rows.get(id));
    }

    @Override
    public Optional<String> request(long id) {
        return Optional.ofNullable(requests.get(id));
    }

    @Override
    public Optional<DeliveryRow> holder(String dedupeKey, long at) {
        return rows.descendingMap().values().stream()
                .filter(row -> row.dedupeKey().equals(Optional.of(dedupeKey)))
                .filter(row -> row.receivedAt() > at - DEDUPE_MILLIS)
                .findFirst();
    }

    @Override
    public List<DeliveryRow> queue() {
        return waiting().sorted(ORDER).toList();
    }

    @Override
    public List<String> waitingSops() {
        return waiting().flatMap(row -> row.sop().stream()).distinct().sorted().toList();
    }

    @Override
    public List<DeliveryRow> heads(String sop) {
        var heads = new HashMap<String, DeliveryRow>();
        waiting(sop)
                .forEach(
                        row ->
                                heads.merge(
                                        row.lock().orElse(""), row, BinaryOperator.minBy(ORDER)));
        return heads.values().stream().sorted(ORDER).toList();
    }

    @Override
    public Optional<DeliveryRow> head(String sop, Optional<String> lock) {
        return line(sop, lock).min(ORDER);
    }

    @Override
    public Optional<DeliveryRow> newest(String sop, Optional<String> lock) {
        return line(sop, lock).max(Comparator.comparingLong(DeliveryRow::id));
    }

    @Override
    public int lineLength(String sop, Optional<String> lock) {
        return (int) line(sop, lock).count();
    }

    @Override
    public int queueLength() {
        return (int) waiting().count();
    }

    @Override
    public List<DeliveryRow> last(String sop, int max) {
        return rows.descendingMap().values().stream()
                .filter(row -> row.sop().equals(Optional.of(sop)))
                .limit(max)
                .toList();
    }

    @Override
    public Map<String, Long> counts(String sop) {
        return counts.getOrDefault(sop, Map.of());
    }

    @Override
    public long nextId() {
        return rows.isEmpty() ? 1 : rows.lastKey() + 1;
    }

    private Stream<DeliveryRow> line(String sop, Optional<String> lock) {
        return waiting(sop).filter(row -> row.lock().orElse("").equals(lock.orElse("")));
    }

    private Stream<DeliveryRow> waiting(String sop) {
        return waiting().filter(row -> row.sop().equals(Optional.of(sop)));
    }

    private Stream<DeliveryRow> waiting() {
        return rows.values().stream().filter(row -> row.outcome().isEmpty());
    }

    private static String sopOf(DeliveryRow row) {
        return row.sop().orElse("");
    }
}
