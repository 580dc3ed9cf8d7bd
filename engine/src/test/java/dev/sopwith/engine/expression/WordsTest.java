package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "name, name, 0",
        "nmae, name, 2",
        "nam, name, 1",
        "tome, name, 2",
        "prioirty, priority, 2",
        "'', name, 3"
    })
    void letters_left_out_added_or_changed_count_one_each(String one, String other, int distance) {
        assertThat(Words.distance(one, other, 2)).isEqualTo(distance);
        assertThat(Words.distance(other, one, 2)).isEqualTo(distance);
    }

    @Test
    void two_letters_swapped_are_one_slip_for_a_suggestion() {
        assertThat(Words.suggestion("spo", List.of("help", "sop"))).contains("sop");
        assertThat(Words.suggestion("tpye", List.of("path", "type"))).contains("type");
        assertThat(Words.typoOf("tpye", List.of("type"))).as("FORMAT: distance 1").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "knid, kind, true",
        "K-nid, kind, true",
        "kind, kind, false",
        "kid, kind, false",
        "kinds, kind, false",
        "dnik, kind, false"
    })
    void a_swap_is_two_neighbours_in_turned_order(String name, String known, boolean swap) {
        assertThat(Words.isSwapOf(name, known)).isEqualTo(swap);
    }
}
