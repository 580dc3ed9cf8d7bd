package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gates whose voters count only while a chat network says that they hold a role. */
final class RunRoleTest {
    private static final String DEPLOY =
            "deploy\n- tools: shell\n- requires_confirmation: true\n```sh\ntrue\n```";
    private static final Set<String> RELEASE = Set.of("release");
    private static final Set<String> NOTHING = Set.of();

    private static Play gate(int needed, String... persons) {
        return gate(Play.byRole(needed, Set.of(persons)));
    }

    private static Play gate(GatePolicy policy) {
        return Play.steps(DEPLOY).open(policy);
    }

    private static Pending pending(Play play) {
        return Pending.of(play.state);
    }

    @Test
    void votes_alone_do_not_clear_it() {
        var play = gate(1, "bob").approve("bob");
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().count()).isEqualTo("1 of 1");
        assertThat(pending(play)).isEqualTo(new Pending.Confirming(play.gate()));
        assertThat(play.gate().toConfirm()).containsOnly(Map.entry("bob", RELEASE));
    }

    @Test
    void nobody_is_asked_about_as_long_as_votes_are_missing() {
        var play = gate(2, "bob", "carol").approve("bob");
        assertThat(pending(play)).isEqualTo(new Pending.Nothing());
    }

    @Test
    void it_clears_once_the_roles_are_held() {
        var play = gate(1, "bob").approve("bob").confirm(Map.of("bob", RELEASE));
        assertThat(play.where()).isEqualTo("slot wanted 1");
        assertThat(play.runs().where()).isEqualTo("COMPLETED");
    }

    @Test
    void a_yes_without_the_role_is_void_and_says_why() {
        var play = gate(2, "bob", "carol").approve("bob").approve("carol");
        play.confirm(Map.of("bob", RELEASE, "carol", NOTHING));
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().count()).isEqualTo("1 of 2");
        assertThat(play.events.getLast())
                .isInstanceOfSatisfying(
                        RunEvent.VoteVoided.class,
                        it -> {
                            assertThat(it.by().person()).isEqualTo("carol");
                            assertThat(it.why()).isEqualTo("holds no role of release");
                        });
        assertThat(pending(play)).isEqualTo(new Pending.Nothing());
    }

    @Test
    void who_is_given_the_role_later_says_yes_again_and_all_are_asked_about_anew() {
        var play = gate(2, "bob", "carol").approve("bob").approve("carol");
        play.confirm(Map.of("bob", RELEASE, "carol", NOTHING)).approve("carol");
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().toConfirm()).containsOnlyKeys("bob", "carol");
        play.confirm(Map.of("bob", NOTHING, "carol", RELEASE));
        assertThat(play.gate().count()).isEqualTo("1 of 2");
    }

    @Test
    void the_role_of_another_group_is_not_enough() {
        var play = gate(1, "bob").approve("bob").confirm(Map.of("bob", Set.of("guests")));
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().votes()).isEmpty();
    }

    @Test
    void whoever_said_yes_while_the_network_was_asked_is_asked_about_next() {
        var play = gate(1, "bob", "carol").approve("bob").approve("carol");
        play.confirm(Map.of("bob", NOTHING));
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().toConfirm()).containsOnlyKeys("carol");
        assertThat(pending(play)).isInstanceOf(Pending.Confirming.class);
        assertThat(play.confirm(Map.of("carol", RELEASE)).where()).isEqualTo("slot wanted 1");
    }

    @Test
    void a_yes_that_was_taken_back_meanwhile_is_not_counted() {
        var play = gate(2, "bob", "carol").approve("bob").approve("carol").withdraw("carol");
        play.confirm(Map.of("bob", RELEASE, "carol", RELEASE));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.NOT_NOW);
        assertThat(play.gate().count()).isEqualTo("1 of 2");
    }

    @Test
    void who_counts_by_the_roster_alone_is_not_asked_about() {
        var some =
                new GatePolicy(
                        List.of(
                                new GatePolicy.Quorum(
                                        "prod", Set.of("bob", "carol"), 1, Map.of("bob", RELEASE))),
                        false,
                        Assurance.CLICK,
                        Duration.ofHours(1),
                        List.of(),
                        Optional.empty());
        assertThat(gate(some).approve("carol").where()).isEqualTo("slot wanted 1");
        assertThat(gate(some).approve("bob").where()).isEqualTo("gate 1");
    }

    @Test
    void what_is_not_known_is_said_once_and_is_no_yes() {
        var play = gate(1, "bob").approve("bob");
        var unknown = new RunCommand.Unconfirmed(new StepVisit(1, 1), 1, "503", play.now);
        assertThat(play.says(unknown).gate().unconfirmed()).hasValue("503");
        assertThat(play.says(unknown).refusal().reason()).isEqualTo(Refusal.Reason.NOT_NOW);
        assertThat(pending(play)).isInstanceOf(Pending.Confirming.class);
        assertThat(play.after(Duration.ofHours(24)).where()).isEqualTo("DENIED");
    }

    @Test
    void roles_that_become_known_after_the_deadline_change_nothing() {
        var play = gate(1, "bob").approve("bob");
        play.now = play.now.plus(Duration.ofHours(24));
        play.confirm(Map.of("bob", RELEASE));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.TOO_LATE);
        assertThat(play.where()).isEqualTo("gate 1");
    }

    @Test
    void roles_of_another_revision_are_for_another_question() {
        var play = gate(1, "bob").approve("bob");
        play.says(new RunCommand.Confirm(new StepVisit(1, 1), 2, Map.of("bob", RELEASE), play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.STALE);
    }

    @Test
    void a_no_needs_no_role() {
        assertThat(gate(1, "bob").deny("bob", "").where()).isEqualTo("DENIED");
    }
}
