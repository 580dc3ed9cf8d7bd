package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How a run gets from step to step (FORMAT §5). */
final class RunRouteTest {
    private static final String SHELL = "\n- tools: shell\n";
    private static final String TRUE = "\n```sh\ntrue\n```\n";

    private static String shell(String title, String... attributes) {
        var text = new StringBuilder(title + SHELL);
        for (var attribute : attributes) text.append("- ").append(attribute).append('\n');
        return text + TRUE;
    }

    @Test
    void steps_follow_one_another_and_the_last_one_ends_the_run() {
        var play = Play.steps(shell("a"), shell("b"));
        assertThat(play.where()).isEqualTo("ready 1");
        assertThat(play.runs().where()).isEqualTo("ready 2");
        assertThat(play.runs().where()).isEqualTo("COMPLETED");
    }

    @Test
    void a_step_without_a_block_is_done_by_people() {
        var play = Play.steps("a", "b", "c");
        assertThat(play.where()).isEqualTo("person 1");
        play.done();
        assertThat(play.where()).isEqualTo("person 2");
        play.reply(RunCommand.Answer.SKIP, "not today");
        assertThat(play.where()).isEqualTo("person 3");
        play.reply(RunCommand.Answer.FAILED, "no ladder");
        assertThat(play.where()).isEqualTo("FAILED");
        assertThat(play.reason()).isEqualTo("step 3 failed: bob: no ladder");
    }

    @Test
    void next_leads_elsewhere_and_terminal_ends() {
        var play =
                Play.steps(
                        shell("a", "next: 3"),
                        shell("b", "next: 4"),
                        shell("c", "switch: x>$.payload.a == 1>2"),
                        shell("d"));
        assertThat(play.runs().where()).isEqualTo("ready 3");
        var ends = Play.steps(shell("a", "on_failure: goto:2", "terminal: true"), shell("b"));
        assertThat(ends.runs().where()).isEqualTo("COMPLETED");
    }

    @ParameterizedTest
    @CsvSource({"79, ready 3", "80, ready 2", "x, ready 2"})
    void a_switch_takes_the_first_arm_that_holds(String percent, String where) {
        var play =
                Play.steps(
                        shell("a", "switch: fine>$.steps.1.percent < 80>3; full>>2"),
                        shell("b", "terminal: true"),
                        shell("c"));
        assertThat(play.runs("percent", percent).where()).isEqualTo(where);
    }

    @Test
    void where_no_arm_holds_the_run_goes_on_as_without_a_switch() {
        var play =
                Play.steps(
                        shell("a", "switch: x>$.steps.1.k == 1>2", "next: 3"),
                        shell("b", "switch: y>$.steps.1.k == 2>1"),
                        shell("c"));
        assertThat(play.runs("k", "3").where()).isEqualTo("ready 3");
    }

    @Test
    void a_step_whose_condition_does_not_hold_is_passed_by_with_its_reason() {
        var play =
                Play.sop(
                                """
                                execution_mode = "auto"
                                [[inputs]]
                                name = "env"
                                type = "string"
                                """,
                                shell("a", "when: $.inputs.env == \"prod\""),
                                shell("b", "depends_on: 1"),
                                shell("c"))
                        .start(Map.of("env", "dev"));
        assertThat(play.where()).isEqualTo("ready 3");
        assertThat(play.events)
                .filteredOn(RunEvent.StepSkipped.class::isInstance)
                .extracting(event -> ((RunEvent.StepSkipped) event).why())
                .containsExactly("$.inputs.env is \"dev\"", "step 1 was not completed");
    }

    @Test
    void a_run_of_which_every_step_is_passed_by_is_completed() {
        var play = Play.steps(shell("a", "when: $.payload.x == 1"));
        assertThat(play.where()).isEqualTo("COMPLETED");
    }

    @Test
    void conditions_see_the_payload_and_earlier_results_by_number_and_id() {
        var steps =
                new String[] {
                    shell("a", "id: one"),
                    shell("b", "when: $.payload.x > 1 && $.steps.one.k == v && $.steps.1.k == v"),
                    shell("c")
                };
        var play = Play.sop("execution_mode = \"auto\"", steps);
        play.start(Map.of(), "{\"x\":2}", Optional.empty());
        assertThat(play.runs("k", "v").where()).isEqualTo("ready 2");
    }

    @Test
    void a_failure_ends_the_run_unless_the_step_says_otherwise() {
        assertThat(Play.steps(shell("a")).begin().fail("exit code 3").reason())
                .isEqualTo("step 1 failed: exit code 3");
        assertThat(
                        Play.steps(shell("a", "on_failure: continue"), shell("b"))
                                .begin()
                                .fail("x")
                                .where())
                .isEqualTo("ready 2");
        assertThat(
                        Play.steps(
                                        shell("a", "on_failure: goto:3"),
                                        shell("b", "terminal: true"),
                                        shell("c"))
                                .begin()
                                .fail("x")
                                .where())
                .isEqualTo("ready 3");
    }

    @Test
    void what_failed_was_not_completed_even_where_the_run_goes_on() {
        var play =
                Play.steps(
                        shell("a", "on_failure: continue"),
                        shell("b", "depends_on: 1"),
                        shell("c"));
        assertThat(play.begin().fail("x").where()).isEqualTo("ready 3");
    }

    @Test
    void a_retry_is_the_same_visit_and_another_attempt() {
        var play = Play.steps(shell("a", "on_failure: retry:2"));
        var attempts = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            attempts.append(play.phase(RunState.Phase.Ready.class).attempt());
            play.begin().fail("no");
        }
        assertThat(attempts).hasToString("123");
        assertThat(play.where()).isEqualTo("FAILED");
        assertThat(play.count(RunEvent.StepEntered.class)).isOne();
    }

    @ParameterizedTest
    @CsvSource({"60s, true", "61s, false"})
    void a_short_delay_keeps_the_slot_and_a_long_one_gives_it_back(String delay, boolean slot) {
        var play = Play.steps(shell("a", "on_failure: retry:1 " + delay)).begin().fail("no");
        assertThat(play.phase(RunState.Phase.RetryWait.class).holdsSlot()).isEqualTo(slot);
        play.after(Duration.ofSeconds(59));
        assertThat(play.where()).isEqualTo("retry 1");
        play.after(Duration.ofSeconds(2));
        assertThat(play.where()).isEqualTo(slot ? "ready 1" : "slot wanted 1");
        assertThat(play.runs().where()).isEqualTo("COMPLETED");
    }

    @Test
    void people_are_asked_again_where_their_step_is_retried() {
        var play = Play.steps("a\n- on_failure: retry:1");
        play.reply(RunCommand.Answer.FAILED, "");
        assertThat(play.where()).isEqualTo("person 1");
        play.reply(RunCommand.Answer.FAILED, "");
        assertThat(play.where()).isEqualTo("FAILED");
    }

    @Test
    void a_circle_ends_after_256_visits() {
        var play = Play.steps(shell("a", "on_failure: goto:1"));
        for (int i = 0; i < 256; i++) play.begin().fail("no");
        assertThat(play.where()).isEqualTo("FAILED");
        assertThat(play.reason()).contains("257th time");
    }

    @Test
    void skipping_by_a_person_still_ends_the_run_where_the_step_is_terminal() {
        var play = Play.steps("a\n- next: 3", "b\n- terminal: true", "c\n- on_failure: goto:2");
        play.done();
        play.reply(RunCommand.Answer.FAILED, "");
        assertThat(play.where()).isEqualTo("person 2");
        play.reply(RunCommand.Answer.SKIP, "");
        assertThat(play.where()).isEqualTo("COMPLETED");
    }

    @Test
    void a_rerun_begins_in_the_middle_with_what_the_earlier_run_has() {
        var play =
                Play.sop(
                        "execution_mode = \"auto\"",
                        shell("a"),
                        shell("b", "depends_on: 1", "when: $.steps.1.k == v"));
        var earlier = Map.of(1, new StepResult(StepResult.End.COMPLETED, Map.of("k", "v")));
        play.start(Map.of(), "", Optional.of(new RunStart.Rerun(new RunId(11), 2, earlier)));
        assertThat(play.where()).isEqualTo("ready 2");
    }
}
