package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an approval is worth (APPROVALS §2, §3). */
final class RunGateTest {
    private static final String DEPLOY =
            "deploy\n- tools: shell\n- requires_confirmation: true\n```sh\ntrue\n```";

    private static Play gate() {
        return gate(Play.ONE_OF_TWO);
    }

    private static Play gate(GatePolicy policy) {
        return Play.steps(DEPLOY).open(policy);
    }

    @Test
    void a_run_at_a_gate_holds_no_slot_and_needs_one_to_go_on() {
        var play = Play.steps(DEPLOY);
        assertThat(play.where()).isEqualTo("gate wanted 1");
        assertThat(play.open(Play.ONE_OF_TWO).where()).isEqualTo("gate 1");
        assertThat(play.phaseOrNothing().holdsSlot()).isFalse();
        assertThat(play.approve("bob").where()).isEqualTo("slot wanted 1");
        assertThat(play.runs().where()).isEqualTo("COMPLETED");
    }

    @Test
    void a_quorum_counts_persons_and_not_votes() {
        var play = gate(Play.TWO_OF_THREE).approve("bob");
        assertThat(play.gate().count()).isEqualTo("1 of 2");
        play.says(
                new RunCommand.Approve(
                        play.gate().ref(),
                        new Actor("bob", "discord:4711"),
                        Optional.empty(),
                        play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.ALREADY_VOTED);
        assertThat(play.approve("carol").where()).isEqualTo("slot wanted 1");
    }

    @Test
    void where_a_floor_names_a_policy_too_both_must_be_met() {
        var both =
                new GatePolicy(
                        List.of(
                                new GatePolicy.Quorum("ops", Set.of("bob"), 1),
                                new GatePolicy.Quorum("prod", Set.of("bob", "carol", "dan"), 2)),
                        false,
                        Assurance.CLICK,
                        Duration.ofHours(1),
                        List.of(),
                        Optional.empty());
        var play = gate(both).approve("carol").approve("dan");
        assertThat(play.where()).isEqualTo("gate 1");
        assertThat(play.gate().count()).isEqualTo("0 of 1 and 2 of 2");
        assertThat(play.approve("bob").where()).isEqualTo("slot wanted 1");
    }

    @Test
    void strangers_do_not_count() {
        assertThat(gate().approve("mallory").refusal())
                .isEqualTo(new Refusal(Refusal.Reason.NOT_AN_APPROVER, "not in release"));
        var play = gate();
        assertThat(play.deny("mallory", "").refusal().reason())
                .isEqualTo(Refusal.Reason.NOT_AN_APPROVER);
        assertThat(play.where()).isEqualTo("gate 1");
    }

    @Test
    void who_started_a_run_does_not_approve_it_but_may_say_no() {
        var policy = excluding(Play.policy(1, "alice", "bob"));
        assertThat(gate(policy).approve("alice").refusal())
                .isEqualTo(new Refusal(Refusal.Reason.OWN_RUN, "you started this run"));
        assertThat(gate(policy).deny("alice", "wrong version").reason())
                .isEqualTo("denied by alice: wrong version");
    }

    @Test
    void who_repeats_a_step_by_hand_is_an_initiator_from_then_on() {
        var play = gate(excluding(Play.policy(1, "alice", "bob", "carol"))).approve("bob");
        play.begin().doubt().settle(RunCommand.Settlement.RETRY, "carol");
        play.open(excluding(Play.policy(1, "alice", "bob", "carol")));
        assertThat(play.gate().revision()).isEqualTo(2);
        assertThat(play.approve("carol").refusal().reason()).isEqualTo(Refusal.Reason.OWN_RUN);
        assertThat(play.approve("bob").where()).isEqualTo("slot wanted 1");
    }

    @Test
    void a_step_that_people_say_has_failed_is_not_tried_again_on_an_old_yes() {
        var policy = excluding(Play.policy(1, "alice", "bob", "carol"));
        var retried = DEPLOY.replace("- tools", "- on_failure: retry:3\n- tools");
        var play = Play.steps(retried).open(policy).approve("bob").begin().pause().resume();
        assertThat(play.where()).isEqualTo("doubt 1");
        play.settle(RunCommand.Settlement.FAILED, "carol");
        assertThat(play.where()).isEqualTo("gate wanted 1");
        assertThat(play.open(policy).gate().revision()).isEqualTo(2);
    }

    @Test
    void where_a_code_is_needed_a_click_does_not_count() {
        var play = gate(typed(Play.ONE_OF_TWO));
        assertThat(play.approve("bob").refusal().reason()).isEqualTo(Refusal.Reason.NEEDS_CODE);
        assertThat(play.type("k7p3", "bob").refusal().reason())
                .isEqualTo(Refusal.Reason.WRONG_CODE);
        assertThat(play.type("k7p2", "bob").where()).isEqualTo("slot wanted 1");
    }

    @Test
    void one_no_ends_the_run_whatever_the_others_said() {
        var play = gate(Play.TWO_OF_THREE).approve("bob").deny("carol", "not on Friday");
        assertThat(play.where()).isEqualTo("DENIED");
        assertThat(play.reason()).isEqualTo("denied by carol: not on Friday");
    }

    @Test
    void a_yes_can_be_taken_back_until_the_gate_clears() {
        var play = gate(Play.TWO_OF_THREE).approve("bob").withdraw("bob");
        assertThat(play.gate().count()).isEqualTo("0 of 2");
        assertThat(play.withdraw("bob").refusal().reason()).isEqualTo(Refusal.Reason.NO_VOTE);
        var ref = play.gate().ref();
        play.approve("bob").approve("carol");
        play.says(new RunCommand.Withdraw(ref, Play.actor("bob"), play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.ALREADY_DECIDED);
        assertThat(play.where()).isEqualTo("slot wanted 1");
    }

    @Test
    void a_vote_for_another_revision_or_digest_is_for_another_question() {
        var play = gate();
        var gate = play.gate();
        var otherDigest = new Gate.Ref(gate.at(), 1, Play.OTHER_DIGEST);
        assertThat(play.approve(otherDigest, "bob").refusal().reason())
                .isEqualTo(Refusal.Reason.STALE);
        play.says(new RunCommand.ReviseGate(gate.at(), 1, "carol was added", play.now));
        assertThat(play.approve(gate.ref(), "bob").refusal().reason())
                .isEqualTo(Refusal.Reason.STALE);
        play.open(Play.ONE_OF_TWO);
        assertThat(play.approve(gate.ref(), "bob").refusal().text())
                .isEqualTo("this prompt was replaced by revision 2");
        assertThat(play.approve("bob").where()).isEqualTo("slot wanted 1");
    }

    @Test
    void eight_digits_of_the_digest_are_enough_and_seven_are_not() {
        var gate = gate().gate();
        assertThat(gate.isFor(new Gate.Ref(gate.at(), 1, Play.DIGEST.substring(0, 8)))).isTrue();
        assertThat(gate.isFor(new Gate.Ref(gate.at(), 1, Play.DIGEST.substring(0, 7)))).isFalse();
        assertThat(gate.isFor(new Gate.Ref(gate.at(), 1, ""))).isFalse();
    }

    @Test
    void votes_so_far_are_void_in_a_new_revision() {
        var play = gate(Play.TWO_OF_THREE).approve("bob");
        play.says(new RunCommand.ReviseGate(play.gate().at(), 1, "the rule changed", play.now));
        play.open(Play.TWO_OF_THREE);
        assertThat(play.gate().count()).isEqualTo("0 of 2");
    }

    @Test
    void silence_is_a_no() {
        var play = gate().after(Duration.ofHours(24));
        assertThat(play.where()).isEqualTo("DENIED");
        assertThat(play.reason()).isEqualTo("nobody decided in time");
    }

    @Test
    void a_yes_at_the_deadline_is_too_late() {
        var play = gate();
        play.now = play.now.plus(Duration.ofHours(24));
        assertThat(play.approve("bob").refusal().reason()).isEqualTo(Refusal.Reason.TOO_LATE);
    }

    @Test
    void an_escalated_gate_asks_a_wider_group_once() {
        var policy = Play.policy(1, "bob");
        var escalating =
                new GatePolicy(
                        policy.quorums(),
                        false,
                        Assurance.CLICK,
                        Duration.ofHours(1),
                        List.of(),
                        Optional.of(Set.of("dan")));
        var play = gate(escalating);
        assertThat(play.approve("dan").refusal().reason())
                .isEqualTo(Refusal.Reason.NOT_AN_APPROVER);
        play.after(Duration.ofHours(1));
        assertThat(play.where()).isEqualTo("gate 1");
        play.after(Duration.ofHours(1));
        assertThat(play.where()).isEqualTo("DENIED");
        var decided = gate(escalating).after(Duration.ofHours(1)).approve("dan");
        assertThat(decided.where()).isEqualTo("slot wanted 1");
    }

    @Test
    void of_several_reminders_that_are_due_one_is_sent() {
        var play = gate().after(Duration.ofHours(2));
        assertThat(play.count(RunEvent.GateReminded.class)).isOne();
        assertThat(play.gate().reminded()).isEqualTo(2);
        play.after(Duration.ofMinutes(1));
        assertThat(play.refusal().text()).isEqualTo("nothing is due");
        play.after(Duration.ofHours(2));
        assertThat(play.count(RunEvent.GateReminded.class)).isEqualTo(2);
    }

    @Test
    void what_was_approved_is_what_begins_or_nothing() {
        var play = gate().approve("bob").says(new RunCommand.Grant(Play.BEGINNING));
        play.begin(Play.OTHER_DIGEST);
        assertThat(play.where()).isEqualTo("FAILED");
        assertThat(play.reason()).contains("would not be what was approved");
        assertThat(play.count(RunEvent.StepStarted.class)).isZero();
    }

    @Test
    void what_was_approved_an_hour_ago_is_asked_anew() {
        var play = gate().approve("bob");
        play.after(Duration.ofMinutes(59));
        assertThat(play.where()).isEqualTo("slot wanted 1");
        play.after(Duration.ofMinutes(1));
        assertThat(play.where()).isEqualTo("gate wanted 1");
        assertThat(play.open(Play.ONE_OF_TWO).gate().revision()).isEqualTo(2);
    }

    @Test
    void what_was_approved_an_hour_ago_does_not_begin_either() {
        var play = gate().approve("bob").says(new RunCommand.Grant(Play.BEGINNING));
        play.now = play.now.plus(RunMachine.CLEARED_MAX);
        assertThat(play.begin(Play.DIGEST).where()).isEqualTo("gate wanted 1");
    }

    @Test
    void what_was_approved_again_waits_no_longer_than_an_hour_either() {
        var play = gate().approve("bob").after(RunMachine.CLEARED_MAX);
        play.open(Play.ONE_OF_TWO).approve("bob").after(RunMachine.CLEARED_MAX);
        assertThat(play.where()).isEqualTo("gate wanted 1");
        assertThat(play.open(Play.ONE_OF_TWO).gate().revision()).isEqualTo(3);
    }

    @Test
    void what_began_within_the_hour_may_be_repeated_after_it_and_nothing_is_due_meanwhile() {
        var retry = DEPLOY.replace("- requires", "- on_failure: retry:1 2m\n- requires");
        var play = Play.steps(retry).open(Play.ONE_OF_TWO).approve("bob").begin();
        play.now = play.now.plus(RunMachine.CLEARED_MAX);
        play.fail("no").after(Duration.ofMinutes(2));
        assertThat(play.where()).isEqualTo("slot wanted 1");
        assertThat(Pending.due(play.state)).isEmpty();
        assertThat(play.after(Duration.ofHours(1)).refusal().text()).isEqualTo("nothing is due");
        assertThat(play.begin().where()).isEqualTo("executing 1");
    }

    @Test
    void a_retry_of_one_visit_needs_no_new_vote_and_a_new_visit_does() {
        var retry = DEPLOY.replace("- requires", "- on_failure: retry:1\n- requires");
        var play = Play.steps(retry).open(Play.ONE_OF_TWO).approve("bob").begin().fail("no");
        assertThat(play.where()).isEqualTo("ready 1");
        var circle = DEPLOY.replace("- requires", "- on_failure: goto:1\n- requires");
        var again = Play.steps(circle).open(Play.ONE_OF_TWO).approve("bob").begin().fail("no");
        assertThat(again.where()).isEqualTo("gate wanted 1");
    }

    @Test
    void a_checkpoint_is_an_approval_and_nothing_else() {
        var play = Play.steps("check\n- kind: checkpoint", "b").open(Play.ONE_OF_TWO);
        assertThat(play.approve("bob").where()).isEqualTo("person 2");
    }

    @Test
    void the_first_step_that_is_not_skipped_is_first_once() {
        var play =
                Play.sop(
                                "execution_mode = \"supervised\"",
                                "a\n- when: $.payload.x == 1",
                                "b\n- on_failure: goto:2",
                                "c")
                        .start(java.util.Map.of());
        assertThat(play.where()).isEqualTo("gate wanted 2");
        play.open(Play.ONE_OF_TWO).approve("bob").reply(RunCommand.Answer.FAILED, "");
        assertThat(play.where()).isEqualTo("person 2");
    }

    @Test
    void a_deadline_that_nobody_could_meet_moves_to_later_only() {
        var play = gate();
        var later = play.gate().deadline().plus(Duration.ofMinutes(15));
        play.says(new RunCommand.MoveDeadline(play.gate().at(), 1, later, play.now));
        assertThat(play.gate().deadline()).isEqualTo(later);
        play.says(new RunCommand.MoveDeadline(play.gate().at(), 1, play.now, play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.NOT_NOW);
    }

    private static GatePolicy excluding(GatePolicy policy) {
        return new GatePolicy(
                policy.quorums(),
                true,
                policy.assurance(),
                policy.ttl(),
                policy.remind(),
                policy.escalateTo());
    }

    private static GatePolicy typed(GatePolicy policy) {
        return new GatePolicy(
                policy.quorums(),
                policy.excludeInitiator(),
                Assurance.TYPED,
                policy.ttl(),
                policy.remind(),
                policy.escalateTo());
    }
}
