package dev.sopwith.engine.store;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Gates in maps. */
final class MemoryGates implements Gates.Writable {
    private final TreeMap<GateKey, GateRow> gates = new TreeMap<>();
    private final TreeMap<GateKey, Map<String, VoteRow>> votes = new TreeMap<>(); // inner ones stay
    private final UndoLog undo;
    private final Conflict conflict;

    MemoryGates(UndoLog undo, Conflict conflict) {
        this.undo = undo;
        this.conflict = conflict;
    }

    @Override
    public void put(GateRow row) {
        var holder = openByCode(row.code()).map(GateRow::key).filter(key -> !key.equals(row.key()));
        if (row.closedAt().isEmpty() && holder.isPresent()) {
            throw conflict.at("the open gate " + holder.get() + " has the code of " + row.key());
        }
        undo.put(gates, row.key(), row);
    }

    @Override
    public void putVote(VoteRow row) {
        var changed = new TreeMap<>(votes.getOrDefault(row.gate(), Map.of()));
        changed.put(row.person(), row);
        undo.put(votes, row.gate(), changed);
    }

    @Override
    public void removeVote(GateKey gate, String person) {
        var changed = new TreeMap<>(votes.getOrDefault(gate, Map.of()));
        changed.remove(person);
        undo.put(votes, gate, changed);
    }

    @Override
    public Optional<GateRow> find(GateKey key) {
        return Optional.ofNullable(gates.get(key));
    }

    @Override
    public Optional<GateRow> openByCode(String code) {
        return opened().filter(gate -> gate.code().equals(code)).findFirst();
    }

    @Override
    public Optional<GateRow> lastByCode(String code) {
        if (gates.isEmpty()) return Optional.empty();
        long newest = gates.lastKey().run();
        return gates.values().stream()
                .filter(it -> it.code().equals(code) && it.key().run() > newest - RUNS_LOOKED_AT)
                .max(Comparator.comparing(GateRow::openedAt).thenComparing(GateRow::key));
    }

    @Override
    public List<GateRow> open() {
        return opened().toList();
    }

    @Override
    public List<GateRow> ofRun(long run) {
        return gates.values().stream().filter(gate -> gate.key().run() == run).toList();
    }

    @Override
    public List<VoteRow> votes(GateKey key) {
        return List.copyOf(votes.getOrDefault(key, Map.of()).values());
    }

    private Stream<GateRow> opened() {
        return gates.values().stream().filter(gate -> gate.closedAt().isEmpty());
    }
}
