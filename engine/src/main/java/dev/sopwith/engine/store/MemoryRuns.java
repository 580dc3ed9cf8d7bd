package dev.sopwith.engine.store;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Runs in maps. */
final class MemoryRuns implements Runs.Writable {
    private final TreeMap<Long, RunRow> runs = new TreeMap<>();
    private final TreeMap<Long, List<Stored>> events = new TreeMap<>(); // lists never change
    private final TreeMap<Long, Map<String, byte[]>> secrets = new TreeMap<>(); // nor do maps
    private final UndoLog undo;
    private final Salt salt;
    private @Nullable MemoryTrail trail;

    /** An event with the salt of its body. */
    record Stored(EventRow event, String salt) {}

    MemoryRuns(UndoLog undo, Salt salt) {
        this.undo = undo;
        this.salt = salt;
    }

    void chainTo(MemoryTrail trail) {
        this.trail = trail;
    }

    @Override
    public boolean append(RunRow changed, List<NewEvent> facts) {
        if (facts.isEmpty()) throw new IllegalArgumentException("a change has an event");
        var stored = runs.get(changed.number());
        if (changed.version() != (stored == null ? 0 : stored.version())) return false;
        var all = new ArrayList<>(events.getOrDefault(changed.number(), List.of()));
        for (var fact : facts) all.add(chained(changed.number(), all.size() + 1, fact));
        undo.put(events, changed.number(), List.copyOf(all));
        undo.put(runs, changed.number(), changed.withVersion(all.size()));
        return true;
    }

    private Stored chained(long run, int seq, NewEvent fact) {
        var body = salt.body(fact.json());
        Objects.requireNonNull(trail)
                .chain(fact.at(), fact.type(), OptionalLong.of(run), OptionalInt.of(seq), body);
        var event = new EventRow(run, seq, fact.at(), fact.type(), Optional.of(fact.json()));
        return new Stored(event, body.salt());
    }

    @Override
    public void putDue(long run, OptionalLong due) {
        var stored = runs.get(run);
        if (stored != null) undo.put(runs, run, stored.withDue(due));
    }

    @Override
    public void putSecret(long run, String name, byte[] value) {
        var changed = new HashMap<>(secrets.getOrDefault(run, Map.of()));
        changed.put(name, value.clone());
        undo.put(secrets, run, Map.copyOf(changed));
    }

    @Override
    public void eraseSecrets(long run) {
        undo.remove(secrets, run);
    }

    int erase(long before, int rowsMax) {
        int erased = 0;
        for (var number : List.copyOf(events.keySet())) {
            if (!isOver(number, before)) continue;
            var kept = new ArrayList<Stored>();
            for (var stored : events.getOrDefault(number, List.of())) {
                var event = stored.event();
                boolean goes = event.json().isPresent() && event.at() < before && erased < rowsMax;
                if (goes) erased++;
                kept.add(goes ? without(event) : stored);
            }
            undo.put(events, number, List.copyOf(kept));
        }
        return erased;
    }

    private static Stored without(EventRow event) {
        return new Stored(
                new EventRow(event.run(), event.seq(), event.at(), event.type(), Optional.empty()),
                "");
    }

    boolean isOver(long number, long before) {
        var run = runs.get(number);
        return run != null && run.endedAt().isPresent() && run.endedAt().getAsLong() < before;
    }

    Optional<Stored> stored(long run, int seq) {
        var all = events.getOrDefault(run, List.of());
        return seq > all.size() ? Optional.empty() : Optional.of(all.get(seq - 1));
    }

    @Override
    public Optional<RunRow> find(long number) {
        return Optional.ofNullable(runs.get(number));
    }

    @Override
    public List<RunRow> active() {
        return those(run -> true).toList();
    }

    @Override
    public List<RunRow> in(Phase phase) {
        return those(run -> run.phase() == phase).toList();
    }

    @Override
    public List<Long> activeNumbers() {
        return those(run -> true).map(RunRow::number).toList();
    }

    @Override
    public List<Long> dueBy(long at) {
        return runs.values().stream()
                .filter(run -> run.due().isPresent() && run.due().getAsLong() <= at)
                .sorted(
                        Comparator.<RunRow>comparingLong(run -> run.due().orElseThrow())
                                .thenComparingLong(RunRow::number))
                .map(RunRow::number)
                .toList();
    }

    @Override
    public List<RunRow> resumingHeads() {
        var heads = new HashMap<String, RunRow>();
        those(MemoryRuns::isResuming)
                .forEach(run -> heads.merge(run.sop(), run, BinaryOperator.minBy(ORDER)));
        return heads.values().stream().sorted(ORDER).toList();
    }

    @Override
    public Optional<RunRow> resumingAfter(RunRow run) {
        return those(MemoryRuns::isResuming)
                .filter(it -> it.sop().equals(run.sop()) && ORDER.compare(it, run) > 0)
                .min(ORDER);
    }

    private static boolean isResuming(RunRow run) {
        return run.phase() == Phase.RESUMING;
    }

    @Override
    public List<RunRow> last(int max) {
        return runs.descendingMap().values().stream().limit(max).toList();
    }

    @Override
    public List<RunRow> last(String sop, int max) {
        return runs.descendingMap().values().stream()
                .filter(run -> run.sop().equals(sop))
                .limit(max)
                .toList();
    }

    @Override
    public int count(String sop, Phase phase) {
        return (int)
                runs.values().stream()
                        .filter(run -> run.sop().equals(sop) && run.phase() == phase)
                        .count();
    }

    @Override
    public int count(Phase phase) {
        return (int) those(run -> run.phase() == phase).count();
    }

    @Override
    public List<RunRow> holding(String lock) {
        return those(run -> run.lock().equals(Optional.of(lock))).toList();
    }

    @Override
    public OptionalLong lastEnd(String sop, String outcome) {
        return runs.values().stream()
                .filter(run -> run.sop().equals(sop))
                .filter(run -> run.outcome().equals(Optional.of(outcome)))
                .flatMapToLong(run -> run.endedAt().stream())
                .max();
    }

    @Override
    public long nextNumber() {
        return runs.isEmpty() ? 1 : runs.lastKey() + 1;
    }

    @Override
    public List<EventRow> events(long run) {
        return events.getOrDefault(run, List.of()).stream()
                .map(Stored::event)
                .sorted(Comparator.comparingInt(EventRow::seq))
                .toList();
    }

    @Override
    public Map<String, byte[]> secrets(long run) {
        return secrets.getOrDefault(run, Map.of());
    }

    private Stream<RunRow> those(Predicate<RunRow> wanted) {
        return runs.values().stream().filter(run -> run.phase() != Phase.ENDED).filter(wanted);
    }
}
