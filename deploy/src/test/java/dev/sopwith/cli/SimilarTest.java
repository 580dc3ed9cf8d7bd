package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class SimilarTest {
    private static final List<String> NAMES = List.of("deploy-prod", "deploy-test", "rotate-logs");

    @Test
    void swapped_letters_and_missing_ones_are_close() {
        assertThat(Similar.to("dpeloy-prod", NAMES)).first().isEqualTo("deploy-prod");
        assertThat(Similar.to("rotate-log", NAMES)).containsExactly("rotate-logs");
        assertThat(Similar.distance("ab", "ba")).isOne();
    }

    @Test
    void a_part_of_a_name_is_close() {
        assertThat(Similar.to("deploy", NAMES)).containsExactly("deploy-prod", "deploy-test");
    }

    @Test
    void something_else_is_not() {
        assertThat(Similar.to("x", NAMES)).isEmpty();
        assertThat(Similar.to("incident", NAMES)).isEmpty();
    }
}
