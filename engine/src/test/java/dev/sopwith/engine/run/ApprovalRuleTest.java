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
            assertThat(waits(mode, priority, true)).isEqualTo(calm ? first : urgentFirst);
            assertThat(waits(mode, priority, false)).isEqualTo(calm ? later : urgent);
            assertThat(ownModeWaits(mode, priority, true)).isEqualTo(calm ? first : urgentFirst);
            assertThat(ownModeWaits(mode, priority, false)).isEqualTo(calm ? later : urgent);
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void the_mode_of_a_step_takes_nothing_away(ExecutionMode ownMode) {
        for (var mode : ExecutionMode.values())
            for (var priority : Priority.values())
                for (boolean first : new boolean[] {true, false})
                    if (waits(mode, priority, first))
                        assertThat(waits(mode, Optional.of(ownMode), priority, first))
                                .as("%s, %s, first %s", mode, priority, first)
                                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void a_checkpoint_and_a_required_confirmation_wait_in_every_mode(ExecutionMode mode) {
        for (boolean first : new boolean[] {true, false}) {
            assertThat(waits(mode, first, true, Step.Kind.EXECUTE)).isTrue();
            assertThat(waits(mode, first, false, Step.Kind.CHECKPOINT)).isTrue();
        }
    }

    private static boolean waits(
            ExecutionMode mode, boolean first, boolean requiresConfirmation, Step.Kind kind) {
        return ApprovalRule.waits(
                new Situation(
                        mode, Optional.of(AUTO), Priority.LOW, first, requiresConfirmation, kind));
    }

    private static boolean waits(ExecutionMode mode, Priority priority, boolean first) {
        return waits(mode, Optional.empty(), priority, first);
    }

    private static boolean ownModeWaits(ExecutionMode own, Priority priority, boolean first) {
        return waits(AUTO, Optional.of(own), priority, first);
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private static boolean waits(
            ExecutionMode mode, Optional<ExecutionMode> own, Priority priority, boolean first) {
        return ApprovalRule.waits(
                new Situation(mode, own, priority, first, false, Step.Kind.EXECUTE));
    }
}
