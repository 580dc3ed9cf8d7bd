package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Trigger.Auth;
import dev.sopwith.engine.sop.Trigger.Credential;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Trail;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Every delivery has one outcome, and a slot goes to whom it belongs (FORMAT §6). */
final class EngineAdmissionTest {
    /** People's steps hold no slot, so these SOPs have a machine that never ends. */
    private static final String MACHINE =
            "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";

    private static final String SECRET =
            """
            [[inputs]]
            name = "pass"
            type = "string"
            required = true
            secret = true
            """;

    private static final String PROD = "{\"env\":\"prod\"}";

    @TempDir Path folder;
    private House house;

    @BeforeEach
    void build() {
        house = new House(folder, new InMemoryStore(new Random(1)));
    }

    @Test
    void a_delivery_starts_a_run_with_the_next_number() {
        house.people("a", "");
        assertThat(house.ask("a")).hasToString("started R-1");
        assertThat(house.hook("a")).hasToString("started R-2");
        assertThat(house.phase(2)).isEqualTo("AtPerson");
    }

    @Test
    void nobody_listens_and_conditions_that_do_not_hold_are_counted_with_their_operands() {
        house.people("a", "");
        assertThat(house.ask("b")).hasToString("no match");
        assertThat(house.hook("a", "{\"env\":\"dev\"}", "1"))
                .hasToString("condition false: $.env is \"dev\"");
        assertThat(house.store.<Map<String, Long>>read(it -> it.deliveries().counts("a")))
                .containsEntry("condition false", 1L);
    }

    @Test
    void all_inputs_that_are_wrong_are_named_in_one_answer() {
        house.people(
                "a",
                """
                [[inputs]]
                name = "version"
                type = "string"
                pattern = "[0-9.]+"
                required = true
                [[inputs]]
                name = "env"
                type = "choice"
                choices = ["dev", "prod"]
                default = "dev"
                [[inputs]]
                name = "count"
                type = "integer"
                required = true
                """);
        assertThat(house.ask("a", "verion", "1", "env", "stage", "count", "many"))
                .hasToString(
                        "bad input: unknown \"verion\"; did you mean \"version\"?; version is"
                                + " missing; env is \"stage\", must be one of dev, prod; count is"
                                + " \"many\", must be a whole number");
        assertThat(house.ask("a", "version", "1.4.2", "count", "3")).hasToString("started R-1");
    }

    @Test
    void one_delivery_twice_is_one_run() {
        house.people("a", "max_concurrent = 9");
        house.hook("a", "{\"env\":\"prod\"}", "id-1");
        assertThat(house.hook("a", "{\"env\":\"prod\"}", "id-1")).hasToString("duplicate of R-1");
        house.now = house.now.plus(Duration.ofHours(25));
        assertThat(house.hook("a", "{\"env\":\"prod\"}", "id-1")).hasToString("started R-2");
    }

    @Test
    void a_cooldown_counts_from_the_end_of_the_last_completed_run() {
        house.people("a", "cooldown_secs = 60");
        house.ask("a");
        house.cancel(1);
        assertThat(house.ask("a")).as("only completed runs count").hasToString("started R-2");
        house.finish(2);
        assertThat(house.ask("a")).hasToString("cooldown until 2026-11-21T03:01:00Z");
        house.now = house.now.plusSeconds(60);
        assertThat(house.ask("a")).hasToString("started R-3");
    }

    @Test
    void parallel_queues_where_no_slot_is_free_and_the_end_of_a_run_starts_the_next() {
        house.sop("a", "", MACHINE);
        house.ask("a");
        assertThat(house.ask("a")).hasToString("queued #1");
        assertThat(house.ask("a")).hasToString("queued #2");
        house.cancel(1);
        assertThat(house.phase(2)).isEqualTo("Ready");
        assertThat(outcomes("a")).containsExactly("queued #2", "started R-2", "started R-1");
    }

    @Test
    void hold_waits_for_runs_that_are_parked_as_well() {
        house.people("a", "admission_policy = \"hold\"");
        house.ask("a");
        assertThat(house.phase(1)).isEqualTo("AtPerson");
        assertThat(house.ask("a")).hasToString("queued #1");
        house.finish(1);
        assertThat(house.phase(2)).isEqualTo("AtPerson");
    }

    @Test
    void drop_refuses_where_no_slot_is_free() {
        house.sop("a", "admission_policy = \"drop\"", MACHINE);
        house.ask("a");
        assertThat(house.ask("a")).hasToString("dropped: no slot: R-1 has the only one of a");
    }

    @Test
    void what_is_dropped_names_who_is_in_the_way() {
        house.sop("many", "admission_policy = \"drop\"\nmax_concurrent = 2", MACHINE);
        house.ask("many");
        house.ask("many");
        assertThat(house.ask("many")).hasToString("dropped: no slot: R-2, R-1 have all 2 of many");
        house.sop("locked", "admission_policy = \"drop\"\nlock = \"the valve\"", MACHINE);
        house.ask("locked");
        assertThat(house.ask("locked"))
                .hasToString("dropped: no slot: R-3 holds the lock the valve");
        house.sop("late", "admission_policy = \"drop\"", MACHINE);
        house.sop("more", "admission_policy = \"drop\"", MACHINE);
        house.ask("late");
        assertThat(house.ask("more"))
                .hasToString("dropped: no slot: all 4 of the service are taken");
    }

    @Test
    void coalesce_folds_into_what_waits_unless_a_person_asked() {
        house.sop("a", "admission_policy = \"coalesce\"", MACHINE);
        house.hook("a");
        assertThat(house.hook("a")).hasToString("queued #1");
        assertThat(house.hook("a", "{\"env\":\"prod\",\"n\":9}", "x"))
                .hasToString("coalesced into #2");
        assertThat(house.ask("a")).as("people get what they asked for").hasToString("queued #2");
        house.cancel(1);
        assertThat(house.store.read(it -> it.runs().find(2)).orElseThrow().state())
                .contains("\\\"n\\\":9");
    }

    @Test
    void a_limit_on_runs_that_wait_for_approval_refuses() {
        house.sop(
                "a",
                "max_pending_approvals = 1\nmax_concurrent = 9",
                "1. **A** — b.\n   - kind: checkpoint\n");
        house.ask("a");
        assertThat(house.ask("a")).hasToString("refused: 1 runs already wait for approval: R-1");
    }

    @Test
    void a_lock_is_held_from_start_to_end_and_over_all_sops() {
        var lock =
                """
                lock = "env:${inputs.env}"
                max_concurrent = 9
                [[inputs]]
                name = "env"
                type = "string"
                required = true
                """;
        house.people("a", lock).people("b", lock);
        house.ask("a", "env", "prod");
        assertThat(house.ask("b", "env", "prod")).hasToString("queued #1");
        assertThat(house.ask("b", "env", "dev")).hasToString("started R-2");
        house.finish(1);
        assertThat(house.phase(3)).isEqualTo("AtPerson");
    }

    @Test
    void the_limit_over_all_sops_counts_and_the_more_urgent_goes_first() {
        house.rules = new EngineRules(1, 100, Duration.ofMinutes(1), "here");
        house.sop("a", "", MACHINE)
                .sop("low", "priority = \"low\"", MACHINE)
                .sop("high", "priority = \"high\"", MACHINE);
        house.ask("a");
        assertThat(house.ask("low")).hasToString("queued #1");
        assertThat(house.ask("high")).hasToString("queued #1");
        house.cancel(1);
        assertThat(house.store.read(it -> it.runs().find(2)).orElseThrow().sop()).isEqualTo("high");
    }

    @Test
    void a_run_that_resumes_goes_before_what_has_not_begun() {
        house.rules = new EngineRules(1, 100, Duration.ofMinutes(1), "here");
        house.sop("a", "", MACHINE)
                .sop(
                        "gated",
                        "",
                        MACHINE.replace(
                                "   - tools", "   - requires_confirmation: true\n   - tools"));
        house.ask("gated");
        house.ask("a");
        house.ask("a");
        house.approve(1);
        assertThat(house.phase(1)).isEqualTo("SlotWanted");
        house.cancel(2);
        assertThat(house.phase(1)).isEqualTo("Ready");
    }

    @Test
    void what_waited_too_long_ends_as_stale() {
        house.sop("a", "max_queue_secs = 10", MACHINE);
        house.ask("a");
        house.ask("a");
        house.now = house.now.plusSeconds(11);
        house.cancel(1);
        assertThat(outcomes("a"))
                .first()
                .asString()
                .isEqualTo("stale it waited 11 s, and max_queue_secs is 10");
    }

    @Test
    void a_full_queue_says_so() {
        house.rules = new EngineRules(4, 1, Duration.ofMinutes(1), "here");
        house.sop("a", "", MACHINE);
        house.ask("a");
        house.ask("a");
        assertThat(house.ask("a")).hasToString("queue full: 1 wait");
    }

    @Test
    void what_a_source_keeps_is_kept_with_the_delivery_and_not_when_the_queue_was_full() {
        house.rules = new EngineRules(4, 1, Duration.ofMinutes(1), "here");
        house.sop("a", "", MACHINE);
        var arrival = house.arrival(Source.MANUAL, "a", "", Optional.empty(), Map.of(), true);
        for (var name : List.of("first", "second", "third")) {
            house.engine().deliverAll(List.of(arrival.marked(new Arrival.Mark(name, "1"))));
        }
        assertThat(setting("first")).contains("1");
        assertThat(setting("second")).contains("1");
        assertThat(setting("third")).as("found the queue full").isEmpty();
        house.cancel(1);
        house.engine().deliver(arrival.marked(new Arrival.Mark("third", "2")));
        assertThat(setting("third")).contains("2");
    }

    private Optional<String> setting(String name) {
        return house.store.read(it -> it.node().setting(name));
    }

    @Test
    void what_finds_the_queue_full_may_come_again_under_its_key() {
        house.rules = new EngineRules(4, 1, Duration.ofMinutes(1), "here");
        house.sop("a", "", MACHINE);
        house.ask("a");
        house.ask("a");
        assertThat(house.hook("a", PROD, "k")).hasToString("queue full: 1 wait");
        assertThat(house.hook("a", PROD, "k")).hasToString("queue full: 1 wait");
        house.cancel(1);
        house.cancel(2);
        assertThat(house.hook("a", PROD, "k")).hasToString("started R-3");
        assertThat(house.hook("a", PROD, "k")).hasToString("duplicate of R-3");
    }

    @Test
    void a_key_that_comes_with_something_else_is_told_apart_from_a_repeat() {
        house.people("a", "");
        house.hook("a", PROD, "k");
        var other = house.hook("a", "{\"env\":\"prod\",\"more\":1}", "k");
        assertThat(other).hasToString("duplicate of R-1, which carried something else");
        assertThat(other.isConflict()).isTrue();
        assertThat(house.hook("a", PROD, "k").isConflict()).isFalse();
    }

    @Test
    void the_id_in_the_payload_is_the_key_where_the_trigger_says_so() {
        house.people(
                "a",
                """
                [[triggers]]
                type = "webhook"
                path = "/sop/own"
                auth = "bearer"
                secret_env = "SOPWITH_WEBHOOK_TEST"
                dedupe = "$.id"
                """);
        assertThat(house.hook("own", "{\"id\":7}", "k1")).hasToString("started R-1");
        assertThat(house.hook("own", "{\"id\":7}", "k2")).hasToString("duplicate of R-1");
        assertThat(house.hook("own", "{\"id\":\"" + "x".repeat(5000) + "\"}", "k3"))
                .hasToString("started R-2");
        assertThat(house.hook("own", "{\"id\":\"" + "x".repeat(5000) + "\"}", "k4"))
                .hasToString("duplicate of R-2");
        assertThat(house.hook("own", "{}", "k5")).hasToString("started R-3");
        assertThat(house.hook("own", "{}", "k5")).hasToString("duplicate of R-3");
    }

    @Test
    void a_webhook_hears_only_what_was_proved_to_it() {
        house.people("a", "");
        var arrival =
                house.arrival(Source.WEBHOOK, "/sop/a", PROD, Optional.empty(), Map.of(), false);
        for (var proven :
                List.of(
                        Set.<Credential>of(),
                        Set.of(new Credential(Auth.BEARER, "SOPWITH_WEBHOOK_OTHER")),
                        Set.of(new Credential(Auth.HMAC, "SOPWITH_WEBHOOK_TEST")))) {
            assertThat(house.engine().deliver(arrival.proving(proven)))
                    .extracting(Object::toString)
                    .containsExactly("no match");
        }
        assertThat(house.engine().deliver(arrival).getFirst()).hasToString("started R-1");
    }

    @Test
    void what_became_of_a_delivery_is_on_the_trail_unless_a_run_tells_or_it_is_only_counted() {
        house.rules = new EngineRules(1, 1, Duration.ofMinutes(1), "here");
        house.sop("a", "max_queue_secs = 60\nadmission_policy = \"drop\"", MACHINE);
        house.sop("b", "max_queue_secs = 60", MACHINE);
        house.ask("a"); // starts
        house.ask("a"); // no slot
        house.hook("b"); // waits, until it is stale
        house.hook("b"); // the queue is full
        house.hook("a", "{\"env\":\"dev\"}", "k");
        house.hook("nobody");
        house.ask("a", "no", "such");
        house.now = house.now.plusSeconds(61);
        house.engine().fillSlots(house.now);
        assertThat(trail("outcome"))
                .hasSize(4)
                .satisfiesExactly(
                        it -> assertThat(it).contains("\"a\"", "dropped: no slot"),
                        it -> assertThat(it).contains("\"b\"", "queue full: 1 wait", "webhook"),
                        it -> assertThat(it).contains("\"a\"", "bad input: "),
                        it -> assertThat(it).contains("\"b\"", "stale: it waited 61 s"));
    }

    @Test
    void who_froze_it_and_who_ended_that_is_on_the_trail() {
        house.engine().freeze("release day", "local:alice", house.now);
        house.engine().unfreeze("local:bob", house.now);
        assertThat(trail("freeze"))
                .containsExactly("{\"reason\":\"release day\",\"by\":\"local:alice\"}");
        assertThat(trail("unfreeze")).containsExactly("{\"by\":\"local:bob\"}");
    }

    private List<String> trail(String kind) {
        return house.store.<List<Trail.Entry>>read(it -> it.trail().ofKind(kind)).stream()
                .map(it -> it.body().orElseThrow().text())
                .toList();
    }

    @Test
    void while_frozen_nothing_starts() {
        house.people("a", "");
        house.engine().freeze("release day", "local:alice", house.now);
        assertThat(house.ask("a")).hasToString("frozen: release day");
        house.engine().unfreeze("local:alice", house.now);
        assertThat(house.ask("a")).hasToString("started R-1");
    }

    @Test
    void a_secret_input_is_nowhere_in_the_store() {
        var manifest =
                """
                [[inputs]]
                name = "pass"
                type = "string"
                required = true
                secret = true
                """;
        house.sop("a", manifest, MACHINE);
        house.ask("a", "pass", "correct horse");
        house.ask("a", "pass", "battery staple");
        house.cancel(1);
        var run = house.store.read(it -> it.runs().find(2)).orElseThrow();
        assertThat(run.state()).doesNotContain("battery").contains("\"pass\"");
        assertThat(house.store.read(it -> it.deliveries().request(2)).orElseThrow())
                .doesNotContain("battery");
        assertThat(house.store.<Map<String, byte[]>>read(it -> it.runs().secrets(2)))
                .containsOnlyKeys("pass");
        house.cancel(2);
        assertThat(house.store.<Map<String, byte[]>>read(it -> it.runs().secrets(2))).isEmpty();
    }

    @Test
    void nothing_keeps_a_secret_input_once_nobody_needs_it() {
        house.sop(
                "a",
                """
                admission_policy = "drop"
                [[inputs]]
                name = "pass"
                type = "string"
                required = true
                secret = true
                """,
                MACHINE);
        house.ask("a", "pass", "one two three");
        assertThat(request(1)).as("the run has its own copy").contains("\"sealed\":{}");
        assertThat(house.ask("a", "pass", "four"))
                .hasToString("dropped: no slot: R-1 has the only one of a");
        assertThat(request(2)).as("nothing comes of it").contains("\"sealed\":{}");
    }

    @Test
    void a_delivery_that_waits_keeps_its_secrets_until_it_leaves() {
        house.sop("a", SECRET, MACHINE);
        house.ask("a", "pass", "one two three");
        house.ask("a", "pass", "four five six");
        assertThat(request(2)).doesNotContain("\"sealed\":{}");
        house.cancel(1);
        assertThat(request(2)).contains("\"sealed\":{}");
        assertThat(house.store.<Map<String, byte[]>>read(it -> it.runs().secrets(2))).hasSize(1);
    }

    @Test
    void what_waits_and_cannot_be_read_ends_and_holds_up_nobody() {
        house.sop("a", "", MACHINE);
        house.ask("a");
        house.ask("a");
        house.ask("a");
        house.store.write(tx -> tx.deliveries().replaceRequest(2, "{\"inputs\":7}"));
        house.cancel(1);
        assertThat(outcomes("a"))
                .containsExactly(
                        "started R-2",
                        "bad input what waited cannot be read by this version; ask for it again",
                        "started R-1");
    }

    @Test
    void a_queued_outcome_names_its_delivery() {
        house.sop("a", "", MACHINE);
        house.ask("a");
        house.people("b", "");
        house.ask("b");
        var queued = house.ask("a");
        assertThat(queued).hasToString("queued #1");
        assertThat(queued.waiting()).as("its place is not its id").hasValue(3);
    }

    @Test
    void what_waited_too_long_ends_although_there_is_no_slot() {
        house.sop("a", "max_queue_secs = 10", MACHINE);
        house.ask("a");
        house.ask("a");
        house.ask("a");
        house.now = house.now.plusSeconds(11);
        house.engine().fillSlots(house.now);
        assertThat(outcomes("a").subList(0, 2)).allMatch(it -> it.startsWith("stale"));
    }

    @Test
    void a_line_that_is_held_up_holds_up_no_other() {
        house.sop(
                "a",
                """
                max_concurrent = 2
                lock = "env:${inputs.env}"
                [[inputs]]
                name = "env"
                type = "string"
                required = true
                """,
                MACHINE);
        house.ask("a", "env", "prod");
        house.ask("a", "env", "dev");
        assertThat(house.ask("a", "env", "prod")).hasToString("queued #1");
        assertThat(house.ask("a", "env", "test")).hasToString("queued #1");
        house.cancel(2);
        assertThat(outcomes("a")).first().isEqualTo("started R-3");
        house.cancel(1);
        assertThat(outcomes("a").get(1)).isEqualTo("started R-4");
    }

    private String request(long delivery) {
        return house.store.read(it -> it.deliveries().request(delivery)).orElseThrow();
    }

    private List<String> outcomes(String sop) {
        List<DeliveryRow> rows = house.store.read(it -> it.deliveries().last(sop, 10));
        return rows.stream()
                .map(row -> row.outcome().orElse("queued") + " " + row.detail())
                .toList();
    }
}
