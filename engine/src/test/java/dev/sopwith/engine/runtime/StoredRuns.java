package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.StoreView;

import java.util.List;

/** The runs of a store, each with its facts; a state that is not the fold of them fails. */
public final class StoredRuns {
    private static final int ALL = 1_000_000;

    private StoredRuns() {}

    /** A run as it is stored. */
    public record Stored(long number, RunState state, List<RunEvent> events) {
        public Stored {
            events = List.copyOf(events);
        }
    }

    /** All runs, newest first. */
    public static List<Stored> of(StoreView store) {
        return store.<List<Stored>>read(
                reads ->
                        reads.runs().last(ALL).stream()
                                .map(row -> of(reads, row.number()))
                                .toList());
    }

    /** One run. */
    static Stored of(Reads reads, long number) {
        var row = reads.runs().find(number).orElseThrow();
        var state = RunJson.state(row.state());
        assertThat(row.due()).as("when run %d is due", number).isEqualTo(DueTimes.of(state));
        var events =
                reads.runs().events(number).stream()
                        .map(it -> RunJson.event(it.json().orElseThrow()))
                        .toList();
        assertThat(RunHistory.replay(events)).as("run %d", number).isEqualTo(state);
        return new Stored(number, state, events);
    }
}
