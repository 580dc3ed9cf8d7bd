package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs.EventRow;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.StoreView;

import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Whether every run stands where its events lead. The chain vouches for the events alone; what the
 * service goes by is the state beside them, and who changes only that makes a run pass its gate
 * under a record without a fault.
 *
 * <p>Threading: call from any thread; a service may write meanwhile, each call sees one moment.
 */
public final class StoredStates {
    private StoredStates() {}

    /**
     * What is wrong with the first run that stands elsewhere, if one does. A run that has lost
     * events to retention is not asked: it is over, and nothing goes by it any more.
     */
    public static Optional<String> problem(StoreView store) {
        return store.read(
                reads ->
                        LongStream.range(1, reads.runs().nextNumber())
                                .mapToObj(reads.runs()::find)
                                .flatMap(Optional::stream)
                                .flatMap(row -> problem(reads, row).stream())
                                .findFirst());
    }

    private static Optional<String> problem(Reads reads, RunRow row) {
        var texts = reads.runs().events(row.number()).stream().map(EventRow::json).toList();
        if (texts.stream().anyMatch(Optional::isEmpty)) return Optional.empty();
        RunState led = new RunState.NotStarted();
        for (int seq = 1; seq <= texts.size(); seq++) {
            try {
                led = RunHistory.evolve(led, RunJson.event(texts.get(seq - 1).orElseThrow()));
            } catch (IllegalStateException _) { // it says all that it knows of the run
                return Optional.of(
                        "event %d of R-%d cannot follow those before it"
                                .formatted(seq, row.number()));
            }
        }
        return problem(row, led);
    }

    private static Optional<String> problem(RunRow row, RunState led) {
        try {
            if (!RunJson.state(row.state()).equals(led)) {
                return Optional.of("R-%d is not where its events lead".formatted(row.number()));
            }
        } catch (IllegalStateException e) {
            return Optional.of("R-%d cannot be read: %s".formatted(row.number(), e.getMessage()));
        }
        if (!row.due().equals(DueTimes.of(led))) {
            return Optional.of("R-%d is not due when its state says".formatted(row.number()));
        }
        boolean isCounted =
                row.phase() == RunDesk.phase(led) && row.outcome().equals(RunDesk.outcome(led));
        return isCounted
                ? Optional.empty()
                : Optional.of("R-%d is not counted as what it is".formatted(row.number()));
    }
}
