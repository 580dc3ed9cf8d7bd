package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

class ExcerptTest {
    private static final String PIECES = "ab =\"#\t界한🚀é\u0301\u202e\u001b\u0007\ufdd2…";

    @Test
    void the_caret_stands_under_the_column() {
        assertThat(Excerpt.of("name = 1", 8, 80)).isEqualTo(new Excerpt("name = 1", "       ^"));
    }

    @Test
    void one_beyond_the_end_is_a_place_too() {
        assertThat(Excerpt.of("ab", 3, 80)).isEqualTo(new Excerpt("ab", "  ^"));
        assertThat(Excerpt.of("", 1, 80)).isEqualTo(new Excerpt("", "^"));
    }

    @Test
    void a_tab_goes_to_the_next_stop() {
        assertThat(Excerpt.of("\tx\ty", 2, 80)).isEqualTo(new Excerpt("    x   y", "    ^"));
        assertThat(Excerpt.of("\tx\ty", 4, 80).caret()).isEqualTo("        ^");
    }

    @Test
    void wide_characters_take_two_columns_and_combining_ones_none() {
        assertThat(Excerpt.of("界a", 2, 80).caret()).isEqualTo("  ^");
        assertThat(Excerpt.of("🚀a", 3, 80).caret()).isEqualTo("  ^");
        assertThat(Excerpt.of("e\u0301a", 3, 80).caret()).isEqualTo(" ^");
    }

    @Test
    void a_place_inside_a_surrogate_pair_is_its_character() {
        assertThat(Excerpt.of("a🚀b", 3, 80).caret()).isEqualTo(" ^");
    }

    @Test
    void control_and_direction_characters_are_seen_and_counted() {
        assertThat(Excerpt.of("\u001b[31mx", 6, 80)).isEqualTo(new Excerpt("␛[31mx", "     ^"));
        assertThat(Excerpt.of("\u202ex", 2, 80)).isEqualTo(new Excerpt("<U+202E>x", "        ^"));
        assertThat(Excerpt.of("\u009b1mx", 1, 80).source()).isEqualTo("<U+009B>1mx");
    }

    @Test
    void of_a_long_line_the_part_around_the_place_stays() {
        var line = "a".repeat(200) + "X" + "b".repeat(200);

        var excerpt = Excerpt.of(line, 201, 40);

        assertThat(excerpt.source()).hasSize(40).startsWith("…").endsWith("…");
        assertThat(excerpt.source().charAt(excerpt.caret().length() - 1)).isEqualTo('X');
    }

    @Test
    void a_long_line_is_cut_on_one_side_only_where_its_place_is_near_an_end() {
        var line = "X" + "a".repeat(200) + "Y";

        assertThat(Excerpt.of(line, 1, 40).source()).startsWith("X").endsWith("…");
        assertThat(Excerpt.of(line, 202, 40).source()).startsWith("…").endsWith("Y");
    }

    /** Whatever is in the line: it fits, the caret is inside, and nothing can act on a terminal. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void any_line_fits_and_is_harmless(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            var line = new StringBuilder();
            for (int i = random.nextInt(120); i > 0; i--) {
                line.append(PIECES.charAt(random.nextInt(PIECES.length())));
            }
            int column = 1 + random.nextInt(line.length() + 1);

            var excerpt = Excerpt.of(line.toString(), column, 50);

            assertThat(Glyph.width(excerpt.source()))
                    .as("seed %d: %s", seed, line)
                    .isLessThanOrEqualTo(50);
            assertThat(excerpt.caret().length()).isLessThanOrEqualTo(51);
            assertThat(excerpt.source().codePoints()).allMatch(Glyph::isHarmless);
        }
    }
}
