package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.store.InMemoryStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What people may look at before they say yes. */
final class OverviewTest {
    private static final RunId R1 = new RunId(1);

    @TempDir private Path folder;

    /** A credential is for a step whose gate is clear; who asks for one here fails the test. */
    private static final StepWorld NO_SECRETS =
            new StepWorld() {
                @Override
                public Optional<Secret> secret(String sop, String name) {
                    throw new AssertionError("asked for a secret before the gate was clear");
                }

                @Override
                public Map<String, String> passEnv() {
                    return Map.of();
                }

                @Override
                public Optional<String> runAs() {
                    return Optional.empty();
                }
            };

    @Test
    void what_a_start_asks_of_all_runs_needs_no_look_at_those_that_wait() {
        var house = new House(folder, new InMemoryStore(new Random(1)));
        house.people("person", "max_concurrent = 9")
                .sop(
                        "work",
                        "",
                        "1. **Go** — home.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n")
                .ask("person");
        house.ask("work");
        house.ask("person");
        house.ask("person");
        house.cancel(4);
        var overview = new Overview(house.engine(), NO_SECRETS);

        assertThat(overview.executing()).extracting(Overview.Run::name).containsExactly("work");
        assertThat(overview.activeCount()).isEqualTo(3);
        assertThat(overview.activeIds()).containsExactly(R1, new RunId(2), new RunId(3));
    }

    @Test
    void the_request_at_a_gate_is_shown_filled_and_without_any_secret() {
        var house =
                new House(folder, new InMemoryStore(new Random(1)))
                        .sop(
                                "drain",
                                """
                                [[inputs]]
                                name = "host"
                                type = "string"
                                required = true
                                [[inputs]]
                                name = "pin"
                                type = "string"
                                required = true
                                secret = true
                                """,
                                """
                                1. **Tell** — the load balancer.
                                   - tools: http
                                   - requires_confirmation: true
                                   - secrets: TOKEN
                                   ```http
                                   POST https://lb.example.org/drain/${inputs.host}
                                   Authorization: Bearer ${secrets.TOKEN}
                                   X-Pin: ${inputs.pin}
                                   ```
                                2. **Look** — at it.
                                """);
        house.ask("drain", "host", "web 1", "pin", "4711");
        assertThat(house.phase(1)).isEqualTo("AtGate");
        var overview = new Overview(house.engine(), NO_SECRETS);

        assertThat(overview.action(R1, new StepVisit(1, 1)))
                .as("a secret too short to be masked is not shown either")
                .contains(
                        """
                        POST https://lb.example.org/drain/web%201
                        Authorization: Bearer ***
                        X-Pin: ***""");
        assertThat(overview.action(R1, new StepVisit(2, 1))).as("people do it").isEmpty();
        assertThat(overview.action(new RunId(9), new StepVisit(1, 1))).isEmpty();
    }
}
