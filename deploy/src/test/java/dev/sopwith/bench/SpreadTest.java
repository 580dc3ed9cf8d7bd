package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class SpreadTest {
    @Test
    void the_middle_and_the_quarters_of_any_order() {
        assertThat(Spread.of(List.of(50L, 10L, 30L, 20L, 40L)))
                .isEqualTo(new Spread(30, 20, 40, 5));
    }

    @Test
    void between_two_times_lies_a_part_of_both() {
        assertThat(Spread.of(List.of(10L, 20L))).isEqualTo(new Spread(15, 13, 18, 2));
    }

    @Test
    void one_time_is_all_of_them() {
        assertThat(Spread.of(List.of(7L))).isEqualTo(new Spread(7, 7, 7, 1));
    }

    @Test
    void one_pause_of_the_machine_moves_nothing() {
        assertThat(Spread.of(List.of(10L, 10L, 10L, 10L, 9_000_000L)).median()).isEqualTo(10);
    }

    @Test
    void nothing_measured_is_no_figure() {
        assertThatThrownBy(() -> Spread.of(List.of())).hasMessage("nothing was measured");
    }
}
