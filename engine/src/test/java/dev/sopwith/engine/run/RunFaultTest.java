package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

/** Cancelling, doubts, time-outs and pauses: what ends a run, and what must not (DESIGN §4). */
final class RunFaultTest {
    private static final String SHELL = "a\n- tools: shell\n```sh\ntrue\n```";
    private static final String TIMED = "execution_mode = \"auto\"\ntimeout_secs = 60";

    @Test
    void a_run_is_cancelled_wherever_it_waits() {
        var gated = "a\n- kind: checkpoint";
        for (var play :
                new Play[] {
                    Play.steps("a"),
                    Play.steps(gated),
                    Play.steps(gated).open(Play.ONE_OF_TWO),
                    Play.steps(SHELL),
                    Play.steps(SHELL).begin().doubt(),
                    Play.steps(SHELL).pause()
                }) {
            assertThat(play.cancel("wrong version").where()).isEqualTo("CANCELLED");
            assertThat(play.reason()).isEqualTo("cancelled by alice: wrong version");
        }
    }

    @Test
    void a_step_under_way_is_ended_before_the_run_is() {
        var play = Play.steps(SHELL, "b").begin().cancel("");
        assertThat(play.where()).isEqualTo("executing 1");
        assertThat(Pending.of(play.state))
                .isEqualTo(new Pending.Ending(new StepVisit(1, 1), 1, "node", true));
        assertThat(play.cancel("again").refusal().reason())
                .isEqualTo(Refusal.Reason.ALREADY_DECIDED);
        assertThat(play.fail("signal 15 (TERM)").where()).isEqualTo("CANCELLED");
        assertThat(play.reason()).isEqualTo("cancelled by alice");
    }

    @Test
    void a_step_that_ends_well_while_it_is_cancelled_does_not_go_on() {
        var play = Play.steps(SHELL, "b").begin().cancel("").succeed();
        assertThat(play.where()).isEqualTo("CANCELLED");
        assertThat(play.count(RunEvent.StepSucceeded.class)).isOne();
    }

    @Test
    void a_step_of_which_nobody_knows_what_became_is_for_people_to_say() {
        for (var settlement : RunCommand.Settlement.values()) {
            var play = Play.steps(SHELL, "b").begin().doubt();
            assertThat(play.where()).isEqualTo("doubt 1");
            assertThat(play.phaseOrNothing().holdsSlot()).isFalse();
            assertThat(play.settle(settlement, "bob").where())
                    .isEqualTo(
                            switch (settlement) {
                                case RETRY -> "slot wanted 1";
                                case DONE -> "person 2";
                                case FAILED -> "FAILED";
                                case ABORT -> "CANCELLED";
                            });
        }
    }

    @Test
    void what_may_be_repeated_is_repeated_unasked() {
        var play = Play.steps(SHELL.replace("```sh", "- repeatable: true\n```sh")).begin().doubt();
        assertThat(play.phase(RunState.Phase.Ready.class).attempt()).isEqualTo(2);
    }

    @Test
    void what_comes_late_or_twice_changes_nothing() {
        var play = Play.steps(SHELL.replace("```sh", "- on_failure: retry:3\n```sh"));
        var first = play.phase(RunState.Phase.Ready.class);
        play.begin().fail("no").begin();
        play.says(new RunCommand.Succeed(first.step(), 1, Map.of(), play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.STALE);
        play.says(new RunCommand.Begin(first.step(), 2, "node", Play.DIGEST, play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.NOT_NOW);
        play.succeed();
        play.says(new RunCommand.Succeed(first.step(), 2, Map.of(), play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.ALREADY_FINISHED);
    }

    @Test
    void the_time_for_the_whole_run_counts_waiting_too() {
        var play = Play.sop(TIMED, "a").start(Map.of());
        assertThat(Pending.due(play.state)).contains(Play.BEGINNING.plusSeconds(60));
        assertThat(play.after(Duration.ofSeconds(59)).where()).isEqualTo("person 1");
        assertThat(play.after(Duration.ofSeconds(1)).where()).isEqualTo("TIMED_OUT");
    }

    @Test
    void a_step_under_way_is_ended_when_the_time_for_the_run_is_over() {
        var play = Play.sop(TIMED, SHELL).start(Map.of()).begin().after(Duration.ofMinutes(2));
        assertThat(play.where()).isEqualTo("executing 1");
        assertThat(Pending.due(play.state)).isEmpty();
        assertThat(play.fail("signal 15 (TERM)").where()).isEqualTo("TIMED_OUT");
    }

    @Test
    void a_step_that_people_do_fails_when_its_time_is_over() {
        var play = Play.steps("a\n- timeout: 2h\n- on_failure: continue", "b");
        assertThat(play.after(Duration.ofHours(2)).where()).isEqualTo("person 2");
    }

    @Test
    void a_restored_run_goes_on_only_when_somebody_says_so() {
        var play = Play.steps("a\n- timeout: 2h").pause();
        assertThat(play.where()).isEqualTo("paused");
        assertThat(Pending.due(play.state)).isEmpty();
        play.after(Duration.ofDays(1));
        assertThat(play.where()).isEqualTo("paused");
        assertThat(play.resume().where()).isEqualTo("person 1");
    }

    @Test
    void a_restored_gate_is_asked_anew() {
        var play = Play.steps("a\n- kind: checkpoint").open(Play.TWO_OF_THREE).approve("bob");
        var old = play.gate().ref();
        play.pause().resume().open(Play.TWO_OF_THREE);
        assertThat(play.approve(old, "carol").refusal().reason()).isEqualTo(Refusal.Reason.STALE);
        assertThat(play.gate().count()).isEqualTo("0 of 2");
    }

    @Test
    void a_restored_step_under_way_is_in_doubt() {
        var play = Play.steps(SHELL).begin().pause();
        assertThat(play.resume().where()).isEqualTo("doubt 1");
    }

    @Test
    void a_restored_run_that_was_being_cancelled_is_cancelled() {
        assertThat(Play.steps(SHELL).begin().cancel("").pause().where()).isEqualTo("CANCELLED");
    }

    @Test
    void a_run_that_cannot_go_on_fails_and_says_why() {
        var play = Play.steps("a");
        play.says(new RunCommand.Abandon("its snapshot is damaged", play.now));
        assertThat(play.reason()).isEqualTo("its snapshot is damaged");
    }

    @Test
    void nothing_happens_to_a_run_before_it_begins_or_after_it_ended() {
        var play = Play.sop("execution_mode = \"auto\"", "a");
        play.says(new RunCommand.Grant(play.now));
        assertThat(play.refusal().reason()).isEqualTo(Refusal.Reason.NOT_STARTED);
        play.start(Map.of()).done().cancel("");
        assertThat(play.refusal())
                .isEqualTo(
                        new Refusal(
                                Refusal.Reason.ALREADY_FINISHED, "this run is over: completed"));
    }
}
