package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Runs;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Whoever moves a run past its gate in the store is seen, though the chain is whole. */
final class StoredStatesTest {
    private static final String STEPS =
            """
            1. **Go** — on.
               - tools: shell
               - requires_confirmation: true
               ```sh
               true
               ```
            """;

    private static final Instant AT = Instant.ofEpochMilli(1);

    private final InMemoryStore store = new InMemoryStore(new Random(1));

    @TempDir private Path folder;
    private House house;

    @BeforeEach
    void a_run_at_its_gate() {
        house = new House(folder, store).sop("a", "", STEPS);
        house.ask("a");
        assertThat(house.phase(1)).isEqualTo("AtGate");
    }

    @Test
    void runs_that_only_did_what_is_on_record_are_in_order() {
        assertThat(StoredStates.problem(store)).isEmpty();
        house.approve(1);
        assertThat(StoredStates.problem(store)).isEmpty();
        house.cancel(1);
        assertThat(StoredStates.problem(store)).isEmpty();
    }

    @Test
    void a_run_that_was_put_past_its_gate_is_not_where_its_events_lead() {
        rewrite(pastItsGate(), Runs.Phase.RESUMING);
        assertThat(new Audit(store).verify().finding()).isEmpty();
        assertThat(StoredStates.problem(store)).contains("R-1 is not where its events lead");
    }

    @Test
    void what_such_a_run_did_is_found_afterwards_too() {
        rewrite(pastItsGate(), Runs.Phase.EXECUTING, new RunEvent.SlotWon(AT));
        assertThat(new Audit(store).verify().finding()).isEmpty();
        assertThat(StoredStates.problem(store).orElseThrow())
                .matches("event [0-9]+ of R-1 cannot follow those before it");
    }

    @Test
    void a_run_that_is_counted_as_over_and_is_not_is_named() {
        rewrite(RunJson.write(house.state(1)), Runs.Phase.ENDED);
        assertThat(StoredStates.problem(store)).contains("R-1 is not counted as what it is");
    }

    @Test
    void a_state_that_nobody_can_read_is_named() {
        rewrite("{}", Runs.Phase.PARKED);
        assertThat(StoredStates.problem(store).orElseThrow()).startsWith("R-1 cannot be read: ");
    }

    @Test
    void a_gate_that_was_kept_from_coming_due_is_named() {
        var gate = house.gate(1);
        var reminded = new RunEvent.GateReminded(gate.at(), gate.revision(), 0, AT);
        rewrite(
                RunJson.write(house.state(1)),
                Runs.Phase.PARKED,
                reminded,
                OptionalLong.of(Long.MAX_VALUE));
        assertThat(StoredStates.problem(store)).contains("R-1 is not due when its state says");
    }

    private String pastItsGate() {
        var progress = ((RunState.Active) house.state(1)).progress();
        var wanted = new RunState.Phase.SlotWanted(new StepVisit(1, 1), 1, Optional.empty());
        return RunJson.write(new RunState.Active(progress, wanted));
    }

    /** Beside a fact that changes nothing: a store takes no state without one. */
    private void rewrite(String state, Runs.Phase phase) {
        var gate = house.gate(1);
        rewrite(
                state,
                phase,
                new RunEvent.GateReminded(gate.at(), gate.revision(), gate.reminded(), AT));
    }

    private void rewrite(String state, Runs.Phase phase, RunEvent fact) {
        rewrite(state, phase, fact, store.read(it -> it.runs().find(1).orElseThrow().due()));
    }

    private void rewrite(String state, Runs.Phase phase, RunEvent fact, OptionalLong due) {
        var event = new Runs.NewEvent(1, RunJson.type(fact), RunJson.write(fact));
        store.commit(
                tx -> {
                    var row = tx.runs().find(1).orElseThrow();
                    var changed =
                            new Runs.RunRow(
                                    row.number(),
                                    row.sop(),
                                    row.digest(),
                                    row.lock(),
                                    phase,
                                    row.outcome(),
                                    row.priority(),
                                    state,
                                    row.version(),
                                    row.startedAt(),
                                    row.endedAt(),
                                    due);
                    return tx.runs().append(changed, List.of(event));
                });
    }
}
