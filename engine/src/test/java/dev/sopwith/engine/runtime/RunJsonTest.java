package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.Plays;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepVisit;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is stored is what is read again. */
final class RunJsonTest {
    private static final int SEEDS = 300;

    @Test
    void every_fact_and_every_state_comes_back_as_it_was() {
        Set<Class<?>> seen = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            RunState state = new RunState.NotStarted();
            for (var event : Plays.events(seed)) {
                seen.add(event.getClass());
                assertThat(RunJson.event(RunJson.write(event))).isEqualTo(event);
                state = RunHistory.evolve(state, event);
                var json = RunJson.write(state);
                assertThat(RunJson.state(json)).isEqualTo(state);
                assertThat(RunJson.write(RunJson.state(json))).isEqualTo(json);
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(RunEvent.class.getPermittedSubclasses());
    }

    @Test
    void what_a_newer_version_wrote_is_refused_and_not_guessed() {
        var json = RunJson.write(new RunState.NotStarted());
        assertThatThrownBy(() -> RunJson.state(json.replace("NotStarted", "Dreaming")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot read");
        assertThatThrownBy(() -> RunJson.state(json.replace("}", ",\"new\":1}")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RunJson.event("")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_gate_of_before_there_were_roles_asks_for_none() {
        var quorum = new GatePolicy.Quorum("release", Set.of("bob"), 1);
        var policy =
                new GatePolicy(
                        List.of(quorum),
                        false,
                        Assurance.CLICK,
                        Duration.ofHours(1),
                        List.of(),
                        Optional.empty());
        var gate =
                new Gate(
                        new StepVisit(1, 1),
                        1,
                        policy,
                        "d",
                        "k7p2",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        0,
                        List.of(),
                        Optional.empty());
        var now = RunJson.write(new RunEvent.GateOpened(gate, Instant.EPOCH));
        var then = now.replace(",\"roles\":{}", "").replace(",\"unconfirmed\":null", "");
        assertThat(then).doesNotContain("roles", "unconfirmed");
        assertThat(RunJson.event(then)).isEqualTo(new RunEvent.GateOpened(gate, Instant.EPOCH));
    }

    @Test
    void a_stored_fact_names_its_type() {
        var event = Plays.events(1).getFirst();
        assertThat(RunJson.write(event)).contains("\"type\":\"RunStarted\"");
        assertThat(List.of(RunJson.type(event))).containsExactly("RunStarted");
    }
}
