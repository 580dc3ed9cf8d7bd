package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.Rosters;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.trigger.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** What the roster means for runs, also while it changes. */
class EngineRosterTest {
    private static final Actor ALICE = new Actor("alice", "local:alice");
    private static final Actor BOB = new Actor("bob", "local:bob");

    @TempDir private Path folder;
    private Roster roster = Roster.NONE;
    private EngineRules rules = EngineRules.standard("here");

    private static String people(String release) {
        return """
               people: {alice: {local: [alice]}, bob: {local: [bob]}, carol: {local: [carol]}}
               groups: {release: [%s]}
               access: [{sops: "*", run: [everyone]}]
               policies: {default: {approvers: [release], quorum: 2}}
               """
                .formatted(release);
    }

    private House house(String text) {
        roster = Rosters.roster(text);
        var house = new House(folder, new InMemoryStore(new Random(5)));
        house.rules = rules;
        house.policies = new RosterPolicies(() -> roster.withOperator("svc"));
        house.sop("deploy", "", "1. **Go** — home.\n   - requires_confirmation: true\n");
        house.engine().adopt(roster, "start", house.now);
        return house;
    }

    private void change(House house, String text) {
        roster = Rosters.roster(text);
        house.engine().adopt(roster, "reload", house.now);
    }

    private static Decision vote(House house, Gate gate, Actor by) {
        return house.command(
                1, new RunCommand.Approve(gate.ref(), by, Optional.empty(), house.now));
    }

    private static String refusal(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).refusal().text();
    }

    @Test
    void a_gate_asks_whom_the_roster_names() {
        var house = house(people("alice, bob"));
        house.ask("deploy");

        assertThat(house.gate(1).policy().persons()).containsExactly("alice", "bob");
        assertThat(house.gate(1).policy().quorums().getFirst().needed()).isEqualTo(2);
        vote(house, house.gate(1), ALICE);
        vote(house, house.gate(1), BOB);
        assertThat(house.phase(1)).isEqualTo("AtPerson");
    }

    @Test
    void a_run_that_nobody_could_clear_is_refused_and_told_whom_it_lacks() {
        var house =
                house(
                        people("alice, bob")
                                .replace("quorum: 2", "quorum: 2, exclude_initiator: true"));

        var outcome = house.ask("deploy");

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.NOT_ALLOWED);
        assertThat(outcome.detail())
                .isEqualTo(
                        "step 1 needs 2 of default, and there is only bob; who started the run does"
                                + " not count: alice");
    }

    @Test
    void a_person_who_is_added_makes_the_votes_so_far_void() {
        var house = house(people("alice, bob"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);

        change(house, people("alice, bob, carol"));

        assertThat(house.gate(1).revision()).isEqualTo(2);
        assertThat(house.gate(1).votes()).isEmpty();
        assertThat(house.gate(1).policy().persons()).containsExactly("alice", "bob", "carol");
    }

    @Test
    void a_person_who_is_removed_may_decide_no_more() {
        var house = house(people("alice, bob, carol"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);

        change(house, people("bob, carol"));

        assertThat(house.gate(1).votes()).isEmpty();
        assertThat(refusal(vote(house, house.gate(1), ALICE))).isEqualTo("not in default");
    }

    @Test
    void other_accounts_of_an_approver_make_the_votes_void() {
        var house = house(people("alice, bob"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);

        change(house, people("alice, bob").replace("bob: {local: [bob]}", "bob: {local: [rob]}"));

        assertThat(house.gate(1).revision()).isEqualTo(2);
        assertThat(house.gate(1).votes()).isEmpty();
    }

    @Test
    void a_change_that_does_not_concern_a_gate_leaves_its_votes() {
        var house = house(people("alice, bob"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);

        change(house, people("alice, bob") + "secrets: {X: {sops: [other]}}\n");

        assertThat(house.gate(1).revision()).isEqualTo(1);
        assertThat(house.gate(1).votes()).hasSize(1);
    }

    @Test
    void a_vote_that_overtakes_the_news_of_a_change_does_not_count() {
        var house = house(people("alice, bob"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);
        var old = house.gate(1);

        roster = Rosters.roster(people("alice, bob, carol"));
        var refusal = refusal(vote(house, old, BOB));

        assertThat(refusal).isEqualTo("the roster has changed; a new prompt follows");
        assertThat(house.gate(1).revision()).isEqualTo(2);
        assertThat(house.gate(1).votes()).isEmpty();
    }

    @Test
    void an_escalated_gate_is_not_taken_for_a_changed_one() {
        var text =
                people("alice, bob")
                        .replace("quorum: 2", "quorum: 2, ttl: 1h, escalate_to: [carol]");
        var house = house(text);
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);
        house.now = house.now.plus(Duration.ofHours(1));
        house.command(1, new RunCommand.Tick(house.now));
        assertThat(house.gate(1).policy().persons()).contains("carol");

        assertThat(vote(house, house.gate(1), BOB)).isInstanceOf(Decision.Accepted.class);
        assertThat(house.phase(1)).isEqualTo("AtPerson");
    }

    @Test
    void a_change_while_the_service_was_down_is_one_too_and_the_same_roster_is_none() {
        var house = house(people("alice, bob"));
        house.ask("deploy");
        vote(house, house.gate(1), ALICE);
        var next = new House(folder, house.store);
        next.policies = house.policies;
        next.load();

        assertThat(next.engine().adopt(roster, "start", house.now)).isFalse();
        assertThat(house.gate(1).votes()).hasSize(1);

        roster = Rosters.roster(people("alice, bob").replace("local: [bob]", "local: [rob]"));
        assertThat(next.engine().adopt(roster, "start", house.now)).isTrue();
        assertThat(house.gate(1).votes()).isEmpty();
    }

    @Test
    void a_change_is_on_record_with_both_digests() {
        var house = house(people("alice, bob"));
        var before = roster.digest();
        change(house, people("alice, carol"));

        var rows = house.store.read(reads -> reads.trail().ofKind("config"));

        assertThat(rows).hasSize(2);
        assertThat(rows.getLast().body().orElseThrow().toString())
                .contains(before)
                .contains(roster.digest())
                .contains("reload");
        assertThat(new Audit(house.store).verify().finding()).isEmpty();
    }

    @Test
    void a_floor_gates_a_sop_that_asks_for_nothing() {
        var house =
                house(
                        people("alice, bob, carol")
                                + "require: [{sops: 'de*', mode: step_by_step, priority: critical}]\n");
        house.people("demolish", "");
        house.ask("demolish");

        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(house.gate(1).policy().assurance())
                .isEqualTo(dev.sopwith.engine.run.Assurance.TYPED);
    }

    @Test
    void what_a_floor_makes_more_urgent_goes_first_in_the_queue_too() {
        rules = new EngineRules(1, 100, Duration.ofMinutes(1), "here");
        var house =
                house(people("alice, bob, carol") + "require: [{sops: 'de*', priority: critical}]");
        var work = "1. **Go** — home.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";
        house.sop("first", "", work)
                .sop("high", "priority = \"high\"", work)
                .sop("demolish", "priority = \"low\"", work);
        house.ask("first");
        assertThat(house.ask("high")).hasToString("queued #1");
        assertThat(house.ask("demolish")).hasToString("queued #1");
        house.cancel(1);
        assertThat(house.store.read(it -> it.runs().find(2)).orElseThrow().sop())
                .isEqualTo("demolish");
    }

    @Test
    void what_waits_goes_by_the_floors_that_hold_when_it_leaves() {
        var house = queue(people("alice, bob, carol"));
        roster =
                Rosters.roster(
                        people("alice, bob, carol")
                                + "require: [{sops: 'de*', priority: critical}]");
        house.engine().adopt(roster, "reload", house.now);
        house.cancel(1);
        assertThat(sopOf(house, 2)).isEqualTo("demolish");
    }

    @Test
    void what_waits_goes_by_the_priority_that_its_sop_has_when_it_leaves() {
        var house = queue(people("alice, bob, carol"));
        house.sop("demolish", "priority = \"critical\"", WORK);
        house.ask("demolish");
        house.cancel(1);
        assertThat(sopOf(house, 2)).isEqualTo("demolish");
        assertThat(house.store.read(it -> it.deliveries().find(3)).orElseThrow().run())
                .as("the one that came first")
                .hasValue(2);
    }

    private static final String WORK =
            "1. **Go** — home.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";

    /** R-1 has the only slot, "high" waits for it and then "demolish", which is not urgent. */
    private House queue(String text) {
        rules = new EngineRules(1, 100, Duration.ofMinutes(1), "here");
        var house = house(text);
        house.sop("first", "", WORK)
                .sop("high", "priority = \"high\"", WORK)
                .sop("demolish", "priority = \"low\"", WORK);
        house.ask("first");
        assertThat(house.ask("high")).hasToString("queued #1");
        assertThat(house.ask("demolish")).hasToString("queued #1");
        return house;
    }

    private static String sopOf(House house, long run) {
        return house.store.read(it -> it.runs().find(run)).orElseThrow().sop();
    }
}
