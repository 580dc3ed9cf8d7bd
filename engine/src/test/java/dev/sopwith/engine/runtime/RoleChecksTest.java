package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.Rosters;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.store.InMemoryStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Roles are looked up before a gate clears, and what was found out is a fact. */
class RoleChecksTest {
    private static final String PEOPLE =
            """
            connector: {kind: discord, discord: {channel_id: "1", roles: {"9001": release}}}
            people: {alice: {local: [alice]}, bob: {local: [bob]}, carol: {local: [carol]}}
            groups: {release: [bob, carol]}
            access: [{sops: "*", run: [everyone]}]
            policies: {default: {approvers: [release], quorum: 2}}
            """;

    @TempDir private Path folder;
    private final Network network = new Network();
    private Roster roster = Rosters.roster(PEOPLE);
    private House house;
    private RoleChecks checks;

    /** A chat network that says who holds what, or nothing. */
    private static final class Network implements Memberships {
        final Map<String, Set<String>> held = new HashMap<>();
        final List<String> asked = new ArrayList<>();
        Optional<String> trouble = Optional.empty();

        @Override
        public boolean areAsked() {
            return true;
        }

        @Override
        public Set<String> held(String person, Set<String> groups) throws Unanswered {
            asked.add(person);
            if (trouble.isPresent()) throw new Unanswered(trouble.get());
            return held.getOrDefault(person, Set.of());
        }
    }

    @BeforeEach
    void open() {
        house = new House(folder, new InMemoryStore(new Random(5)));
        house.policies = new RosterPolicies(() -> roster.withOperator("svc"));
        house.sop("deploy", "", "1. **Go** — home.\n   - requires_confirmation: true\n");
        house.engine().adopt(roster, "start", house.now);
        network.held.put("bob", Set.of("release"));
        network.held.put("carol", Set.of("release"));
        checks = checks();
        house.ask("deploy");
    }

    private RoleChecks checks() {
        var checks = new RoleChecks(house.engine(), network, house.clock);
        checks.prepare();
        return checks;
    }

    private Decision vote(String person) {
        var by = new Actor(person, "discord:" + person);
        var gate = house.gate(1);
        return house.command(
                1, new RunCommand.Approve(gate.ref(), by, Optional.empty(), house.now));
    }

    private List<String> votesInStore() {
        return house.store.<List<String>>read(
                it ->
                        it.gates().votes(it.gates().ofRun(1).getFirst().key()).stream()
                                .map(vote -> vote.person())
                                .toList());
    }

    private void passLater(Duration time) {
        house.now = house.now.plus(time);
        checks.pass();
    }

    private List<String> events() {
        return house.store.<List<String>>read(
                it -> it.runs().events(1).stream().map(event -> event.type()).toList());
    }

    @Test
    void both_who_said_yes_are_asked_about_when_it_is_decided_and_not_before() {
        vote("bob");
        checks.pass();
        assertThat(network.asked).isEmpty();

        vote("carol");
        assertThat(house.phase(1)).isEqualTo("AtGate");
        checks.pass();

        assertThat(network.asked).containsExactly("bob", "carol");
        assertThat(house.phase(1)).isEqualTo("AtPerson");
        assertThat(events()).contains("GateCleared");
    }

    @Test
    void a_role_that_was_taken_away_after_the_vote_makes_it_void() {
        vote("bob");
        network.held.remove("bob");
        vote("carol");
        checks.pass();

        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(house.gate(1).count()).isEqualTo("1 of 2");
        assertThat(events()).contains("VoteVoided").doesNotContain("GateCleared");
        assertThat(votesInStore()).containsExactly("carol");
    }

    @Test
    void without_an_answer_nothing_clears_and_it_is_said_once_and_asked_again() {
        network.trouble = Optional.of("chat: Discord answered 503");
        vote("bob");
        vote("carol");
        checks.pass();
        assertThat(house.gate(1).unconfirmed()).hasValue("chat: Discord answered 503");
        passLater(RoleChecks.AGAIN_MIN);
        passLater(RoleChecks.AGAIN_MIN.multipliedBy(2));
        assertThat(network.asked).hasSize(3);
        assertThat(events()).filteredOn("GateUnconfirmed"::equals).hasSize(1);

        network.trouble = Optional.empty();
        passLater(RoleChecks.AGAIN_MAX);

        assertThat(house.phase(1)).isEqualTo("AtPerson");
    }

    @Test
    void it_is_not_asked_more_often_than_it_should_be() {
        network.trouble = Optional.of("no answer");
        vote("bob");
        vote("carol");
        for (int i = 0; i < 600; i++) passLater(Duration.ofSeconds(1));
        // 1, 2, 4, 8, 16 and then every 30 seconds.
        assertThat(network.asked.size()).isBetween(20, 26);
    }

    @Test
    void silence_of_the_network_until_the_deadline_is_a_no() {
        network.trouble = Optional.of("no answer");
        vote("bob");
        vote("carol");
        checks.pass();
        house.now = house.now.plus(Duration.ofHours(24));
        house.command(1, new RunCommand.Tick(house.now));
        assertThat(house.phase(1)).isEqualTo("DENIED");
        int before = network.asked.size();
        passLater(RoleChecks.AGAIN_MAX);
        assertThat(network.asked).hasSize(before);
    }

    @Test
    void a_service_that_went_down_in_between_asks_after_its_start() {
        vote("bob");
        vote("carol");
        checks = checks();
        checks.pass();
        assertThat(house.phase(1)).isEqualTo("AtPerson");
    }

    @Test
    void a_roster_that_changes_meanwhile_makes_everything_anew() {
        vote("bob");
        vote("carol");
        roster = Rosters.roster(PEOPLE.replace("[bob, carol]", "[bob, alice]"));
        checks.pass();
        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(house.gate(1).revision()).isEqualTo(2);
        assertThat(house.gate(1).votes()).isEmpty();
    }
}
