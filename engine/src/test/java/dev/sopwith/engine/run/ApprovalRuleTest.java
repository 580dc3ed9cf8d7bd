package dev.sopwith.engine.run;

import static dev.sopwith.engine.sop.ExecutionMode.AUTO;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.ApprovalRule.Situation;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Step;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Optional;

final class ApprovalRuleTest {

    // The columns: first step and later ones at low or normal, then at high or critical priority.
    @ParameterizedTest
    @CsvSource({
        "AUTO,           false, false, false, false",
        "SUPERVISED,     true,  false, true,  false",
        "STEP_BY_STEP,   true,  true,  true,  true",
        "PRIORITY_BASED, true,  false, true,  true",
        "DETERMINISTIC,  false, false, false, false",
    })
    void the_mode_of_the_sop_or_of_the_step_asks(
            ExecutionMode mode, boolean first, boolean later, boolean urgentFirst, boolean urgent) {
        for (var priority : Priority.values()) {
            boolean calm = priority.compareTo(Priority.NORMAL) <= 0;
            var firstStep = step(mode, priority, true);
            var laterStep = step(mode, priority, false);
            assertThat(waits(firstStep)).isEqualTo(calm ? first : urgentFirst);
            assertThat(waits(laterStep)).isEqualTo(calm ? later : urgent);
            assertThat(waits(underAuto(firstStep))).isEqualTo(calm ? first : urgentFirst);
            assertThat(waits(underAuto(laterStep))).isEqualTo(calm ? later : urgent);
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void the_mode_of_a_step_takes_nothing_away(ExecutionMode own) {
        for (var mode : ExecutionMode.values())
            for (var priority : Priority.values())
                for (boolean first : new boolean[] {true, false}) {
                    var step = step(mode, priority, first);
                    if (waits(step))
                        assertThat(waits(withOwnMode(step, own))).as("%s", step).isTrue();
                }
    }

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void a_checkpoint_and_a_required_confirmation_wait_in_every_mode(ExecutionMode mode) {
        for (boolean first : new boolean[] {true, false}) {
            assertThat(waits(marked(mode, first, true, Step.Kind.EXECUTE))).isTrue();
            assertThat(waits(marked(mode, first, false, Step.Kind.CHECKPOINT))).isTrue();
        }
    }

    private static boolean waits(Situation step) {
        return ApprovalRule.waits(step);
    }

    private static Situation step(ExecutionMode mode, Priority priority, boolean first) {
        return new Situation(mode, Optional.empty(), priority, first, false, Step.Kind.EXECUTE);
    }

    private static Situation marked(
            ExecutionMode mode, boolean first, boolean requiresConfirmation, Step.Kind kind) {
        return new Situation(
                mode, Optional.of(AUTO), Priority.LOW, first, requiresConfirmation, kind);
    }

    /** The same step where its own mode asks what the mode of its SOP asked. */
    private static Situation underAuto(Situation step) {
        var sop =
                new Situation(
                        AUTO, step.ownMode(), step.priority(), step.first(), false, step.kind());
        return withOwnMode(sop, step.mode());
    }

    private static Situation withOwnMode(Situation step, ExecutionMode own) {
        return new Situation(
                step.mode(), Optional.of(own), step.priority(), step.first(), false, step.kind());
    }
}
