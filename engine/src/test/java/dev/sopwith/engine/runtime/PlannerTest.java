package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Match;
import dev.sopwith.engine.trigger.Outcome.Kind;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A plan says what a start would come to, and nothing of it happens. */
class PlannerTest {
    private static final String MANIFEST =
            """
            max_concurrent = 1

            [[inputs]]
            name = "env"
            type = "choice"
            choices = ["dev", "prod"]
            required = true

            [[inputs]]
            name = "pw"
            type = "string"
            required = true
            secret = true
            """;

    private static final String STEPS =
            """
            1. **Ask** — politely.
               - tools: http
               - requires_confirmation: true

               ```http
               GET https://example.org/deploy/${inputs.env}
               Authorization: Bearer ${inputs.pw}
               ```

            2. **Tell** — them.
               - tools: http

               ```http
               GET https://example.org/done/${steps.1.id}
               ```

            3. **Look** — is it there?
            """;

    @TempDir private Path folder;
    private House house;

    @BeforeEach
    void open() {
        house = house(new InMemoryStore(new Random(7)));
    }

    private House house(Store store) {
        return new House(folder, store).sop("a", MANIFEST, STEPS);
    }

    private Plan plan(House house, Map<String, String> given) {
        var arrival = house.arrival(Source.MANUAL, "a", "", Optional.empty(), given, true);
        var loaded = house.sops().find("a").orElseThrow();
        return new Planner(house.engine(), StepWorld.plain(Map.of())).plan(loaded, arrival);
    }

    private Plan plan(String... given) {
        return plan(house, Map.of(given[0], given[1]));
    }

    @Test
    void a_start_that_would_be_admitted_is_not_made() {
        var plan = plan("env", "prod");

        assertThat(plan.verdict().kind()).isEqualTo(Kind.STARTED);
        assertThat(house.store.<Integer>read(it -> it.runs().last(9).size())).isZero();
        assertThat(house.store.<List<?>>read(it -> it.deliveries().last("a", 9))).isEmpty();
        assertThat(house.store.<Long>read(it -> it.trail().head().position())).isZero();
        assertThat(house.ask("a", "env", "dev", "pw", "x").run()).hasValue(1);
    }

    @Test
    void nothing_of_it_is_in_a_file_either() {
        try (var store = SqliteStore.open(folder.resolve("store"), new Random(7), _ -> {})) {
            var real = house(store);
            assertThat(plan(real, Map.of("env", "dev")).verdict().kind()).isEqualTo(Kind.STARTED);
            assertThat(store.<Long>read(it -> it.trail().head().position())).isZero();
            assertThat(real.ask("a", "env", "dev", "pw", "x").run()).hasValue(1);
            real.approve(1);
            assertThat(plan(real, Map.of("env", "dev")).verdict().kind()).isEqualTo(Kind.QUEUED);
            assertThat(store.<Integer>read(it -> it.deliveries().queueLength())).isZero();
        }
    }

    @Test
    void commands_are_filled_in_as_far_as_they_are_known_and_secrets_are_masked() {
        var plan = plan("env", "prod");

        var first = plan.steps().getFirst();
        assertThat(first.action().orElseThrow())
                .contains("GET https://example.org/deploy/prod", "Bearer ***");
        assertThat(first.isWhole()).isTrue();
        assertThat(plan.steps().get(1).action().orElseThrow()).contains("${steps.1.id}");
        assertThat(plan.steps().get(1).isWhole()).isFalse();
        assertThat(plan.steps().get(2).action()).isEmpty();
        assertThat(plan.inputs()).containsEntry("pw", "***").containsEntry("env", "prod");
        assertThat(first.policy().persons()).containsExactly("alice");
    }

    @Test
    void all_problems_of_the_inputs_are_told_and_a_secret_that_is_still_asked_for_is_none() {
        var plan = plan(house, Map.of("env", "moon", "ev", "x"));

        assertThat(plan.verdict().kind()).isEqualTo(Kind.BAD_INPUT);
        assertThat(plan.problems())
                .hasSize(2)
                .anyMatch(it -> it.contains("unknown"))
                .anyMatch(it -> it.contains("must be one of dev, prod"));
    }

    @Test
    void what_would_hold_it_back_is_named() {
        house.ask("a", "env", "dev", "pw", "x");
        house.approve(1);

        var busy = plan("env", "dev");
        assertThat(busy.verdict().kind()).isEqualTo(Kind.QUEUED);
        assertThat(busy.inTheWay()).contains("R-1 has the only one of a");

        house.engine().pause("a", "local:bob", house.now);
        assertThat(plan("env", "dev").verdict())
                .asString()
                .startsWith("frozen: paused by local:bob");
        house.engine().freeze("fire", "local:bob", house.now);
        assertThat(plan("env", "dev").verdict()).hasToString("frozen: fire");
        assertThat(house.store.<Integer>read(it -> it.deliveries().queueLength())).isZero();
    }

    // Deliveries

    private static final String PROD = "{\"env\":\"prod\"}";

    private List<Planner.Heard> hear(House house, String topic, String payload) {
        var arrival =
                house.arrival(Source.WEBHOOK, topic, payload, Optional.empty(), Map.of(), false);
        return new Planner(house.engine(), StepWorld.plain(Map.of())).hear(arrival);
    }

    @Test
    void a_delivery_that_is_only_tried_comes_to_what_a_real_one_would_and_leaves_nothing() {
        house.people("a", "");
        house.people("b", "");
        assertThat(hear(house, "/sop/b", PROD))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.plan().verdict()).hasToString("started R-1");
                            assertThat(it.plan().steps()).hasSize(2);
                            assertThat(it.matches()).singleElement().matches(Match::starts);
                        });
        assertThat(hear(house, "/sop/b", "{\"env\":\"dev\"}"))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.plan().verdict())
                                    .hasToString("condition false: $.env is \"dev\"");
                            assertThat(it.plan().steps()).isEmpty();
                        });
        assertThat(hear(house, "/sop/c", PROD)).isEmpty();
        assertThat(house.hook("b")).hasToString("started R-1");
        assertThat(house.store.<Integer>read(it -> it.deliveries().last("b", 9).size()))
                .isEqualTo(1);
    }

    @Test
    void a_delivery_that_is_only_tried_says_who_is_in_the_way() {
        house.sop("a", "", "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n");
        house.hook("a");
        var heard = hear(house, "/sop/a", PROD).getFirst();
        assertThat(heard.plan().verdict()).hasToString("queued #1");
        assertThat(heard.plan().inTheWay()).hasValue("R-1 has the only one of a");
    }
}
