package dev.sopwith.engine.trigger;

import static dev.sopwith.engine.sop.AdmissionPolicy.COALESCE;
import static dev.sopwith.engine.sop.AdmissionPolicy.DROP;
import static dev.sopwith.engine.sop.AdmissionPolicy.HOLD;
import static dev.sopwith.engine.sop.AdmissionPolicy.PARALLEL;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.trigger.Admission.Decision;
import dev.sopwith.engine.trigger.Admission.Situation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;

final class AdmissionTest {
    private static final Duration NO_COOLDOWN = Duration.ZERO;

    @ParameterizedTest
    @EnumSource(AdmissionPolicy.class)
    void every_policy_starts_when_nothing_is_in_the_way(AdmissionPolicy policy) {
        assertThat(decide(policy, 0, 0, 0)).isEqualTo(Decision.START);
    }

    @Test
    void without_a_slot_the_policy_decides() {
        assertThat(decide(PARALLEL, 2, 0, 0)).isEqualTo(Decision.QUEUE);
        assertThat(decide(HOLD, 2, 0, 0)).isEqualTo(Decision.QUEUE);
        assertThat(decide(COALESCE, 2, 0, 0)).isEqualTo(Decision.QUEUE);
        assertThat(decide(COALESCE, 2, 0, 1)).isEqualTo(Decision.COALESCE);
        assertThat(decide(DROP, 2, 0, 0)).isEqualTo(Decision.DROP);
    }

    @Test
    void parked_runs_hold_no_slot_but_hold_back_hold() {
        assertThat(decide(PARALLEL, 0, 5, 0)).isEqualTo(Decision.START);
        assertThat(decide(COALESCE, 0, 5, 0)).isEqualTo(Decision.START);
        assertThat(decide(DROP, 0, 5, 0)).isEqualTo(Decision.START);
        assertThat(decide(HOLD, 0, 1, 0)).isEqualTo(Decision.QUEUE);
        assertThat(decide(HOLD, 1, 0, 0)).isEqualTo(Decision.QUEUE);
    }

    @Test
    void a_new_delivery_queues_behind_what_waits_even_if_a_slot_is_free() {
        assertThat(decide(PARALLEL, 1, 0, 1)).isEqualTo(Decision.QUEUE);
        assertThat(decide(HOLD, 0, 0, 1)).isEqualTo(Decision.QUEUE);
        assertThat(decide(COALESCE, 1, 0, 1)).isEqualTo(Decision.COALESCE);
        assertThat(decide(DROP, 1, 0, 1)).isEqualTo(Decision.DROP);
    }

    @Test
    void the_slots_of_the_whole_service_count_as_well() {
        var full = new Situation(PARALLEL, 0, 0, 0, 2, 4, 4, 0, NO_COOLDOWN);
        assertThat(Admission.decide(full)).isEqualTo(Decision.QUEUE);
    }

    @Test
    void as_many_parked_runs_as_allowed_refuse_the_next() {
        assertThat(decide(pending(2, 3))).isEqualTo(Decision.START);
        assertThat(decide(pending(3, 3))).isEqualTo(Decision.TOO_MANY_PENDING);
        assertThat(decide(pending(4, 3))).isEqualTo(Decision.TOO_MANY_PENDING);
        assertThat(decide(pending(4, 0))).isEqualTo(Decision.START);
    }

    @ParameterizedTest
    @EnumSource(AdmissionPolicy.class)
    void a_cooldown_comes_before_everything_else(AdmissionPolicy policy) {
        var cooling = new Situation(policy, 2, 9, 9, 2, 4, 4, 1, Duration.ofMillis(1));
        assertThat(Admission.decide(cooling)).isEqualTo(Decision.COOLDOWN);
        var over = new Situation(policy, 0, 0, 0, 2, 0, 4, 0, Duration.ofSeconds(-5));
        assertThat(Admission.decide(over)).isEqualTo(Decision.START);
    }

    private static Situation pending(int parked, int max) {
        return new Situation(PARALLEL, 0, parked, 0, 2, 0, 4, max, NO_COOLDOWN);
    }

    private static Decision decide(AdmissionPolicy policy, int running, int parked, int queued) {
        return decide(
                new Situation(policy, running, parked, queued, 2, running, 4, 0, NO_COOLDOWN));
    }

    private static Decision decide(Situation situation) {
        return Admission.decide(situation);
    }
}
