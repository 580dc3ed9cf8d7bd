package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepResult;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.trigger.Outcome;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A run that has ended can be repeated from a step it came to, and is admitted like any other. */
final class EngineRerunTest {
    private static final Actor BOB = new Actor("bob", "matrix:@bob:example.org");
    private static final String STEPS =
            """
            1. **Look** — at it.
            2. **Go** — on.
               - requires_confirmation: true
            3. **End** — it.
            """;

    @TempDir Path folder;
    private House house;

    @BeforeEach
    void build() {
        house = new House(folder, new InMemoryStore(new Random(1)));
    }

    @Test
    void a_rerun_takes_over_what_came_before_and_opens_its_gates_anew() {
        house.sop("a", "", STEPS);
        house.ask("a");
        house.done(1);
        house.approve(1);
        house.cancel(1);
        assertThat(rerun(1, 2)).hasToString("started R-2");
        assertThat(house.gate(2).votes()).isEmpty();
        assertThat(house.gate(2).code()).isNotEqualTo("");
        var progress = ((RunState.Active) house.state(2)).progress();
        assertThat(progress.results())
                .containsOnly(Map.entry(1, new StepResult(StepResult.End.COMPLETED, Map.of())));
        assertThat(progress.initiators())
                .as("who set the inputs is behind it too")
                .containsExactly("alice", "bob");
    }

    @Test
    void a_rerun_runs_the_snapshot_and_not_what_was_edited_since() {
        house.sop("a", "", STEPS);
        house.ask("a");
        house.cancel(1);
        house.people("a", "");
        rerun(1, 1);
        house.done(2);
        assertThat(house.phase(2)).as("the gate is still in it").isEqualTo("AtGate");
    }

    @Test
    void nobody_gets_past_a_gate_by_repeating_a_run_from_behind_it() {
        house.sop("a", "", STEPS);
        house.ask("a");
        house.done(1);
        house.cancel(1);
        assertThat(rerun(1, 3))
                .hasToString("refused: R-1 never came to step 3; it can be repeated from 1, 2");
        assertThat(rerun(1, 9)).hasToString("refused: R-1 has steps 1 to 3");
        assertThat(rerun(1, 0)).hasToString("refused: R-1 has steps 1 to 3");
        assertThat(rerun(7, 1)).hasToString("refused: there is no run R-7");
    }

    @Test
    void what_has_not_ended_is_not_repeated() {
        house.people("a", "");
        house.ask("a");
        assertThat(rerun(1, 1)).hasToString("refused: R-1 has not ended; cancel it or wait for it");
    }

    @Test
    void secret_inputs_are_gone_when_a_run_has_ended() {
        house.people(
                "a",
                """
                [[inputs]]
                name = "pass"
                type = "string"
                required = true
                secret = true
                """);
        house.ask("a", "pass", "correct horse");
        house.cancel(1);
        assertThat(rerun(1, 1).toString())
                .startsWith("refused: the secret inputs of R-1 were erased")
                .endsWith("start it anew: run a");
    }

    @Test
    void a_rerun_waits_for_a_slot_and_is_what_was_asked_for_when_it_gets_one() {
        house.sop("a", "", "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n");
        house.ask("a");
        house.cancel(1);
        house.ask("a");
        assertThat(rerun(1, 1)).hasToString("queued #1");
        house.cancel(2);
        var start = ((RunState.Active) house.state(3)).progress().start();
        assertThat(start.rerun().orElseThrow().of()).isEqualTo(new RunId(1));
        assertThat(start.cause())
                .isEqualTo("R-1 again from step 1, asked by matrix:@bob:example.org");
    }

    @Test
    void what_is_frozen_or_removed_is_not_repeated() throws Exception {
        house.people("a", "");
        house.ask("a");
        house.cancel(1);
        house.engine().freeze("release day", "local:alice", house.now);
        assertThat(rerun(1, 1)).hasToString("frozen: release day");
        house.engine().unfreeze("local:alice", house.now);
        for (var file : List.of("SOP.toml", "SOP.md")) {
            Files.delete(folder.resolve("sops/a").resolve(file));
        }
        Files.delete(folder.resolve("sops/a"));
        house.load();
        assertThat(rerun(1, 1).kind()).isEqualTo(Outcome.Kind.NOT_ALLOWED);
        assertThat(house.store.<List<DeliveryRow>>read(it -> it.deliveries().last("a", 9)))
                .as("each of them is on record")
                .extracting(row -> row.outcome().orElse(""))
                .containsExactly("not allowed", "frozen", "started");
    }

    @Test
    void a_rerun_can_be_repeated_from_what_it_took_over() {
        house.sop("a", "", STEPS);
        house.ask("a");
        house.done(1);
        house.cancel(1);
        rerun(1, 2);
        house.cancel(2);
        assertThat(rerun(2, 1)).hasToString("started R-3");
        assertThat(house.phase(3)).isEqualTo("AtPerson");
    }

    private Outcome rerun(long run, int from) {
        return house.engine().rerun(new RunId(run), from, BOB, house.now);
    }
}
