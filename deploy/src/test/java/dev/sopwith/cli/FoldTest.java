package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** What is wider than the terminal never goes on in its first column. */
final class FoldTest {
    private static List<String> fold(String line, int columns) {
        return Fold.lines(List.of(line), columns);
    }

    @Test
    void what_fits_stays_as_it_is() {
        assertThat(fold("| all of  it", 12)).containsExactly("| all of  it");
        assertThat(fold("", 12)).containsExactly("");
        assertThat(fold("as long as it likes to be", 0)).hasSize(1);
    }

    @Test
    void words_stay_whole_and_hang_below_the_text() {
        assertThat(fold("| who may decide: 1 of alice, bob", 20))
                .containsExactly("| who may decide: 1", "|   of alice, bob");
        assertThat(fold("* R-1 deploy-prod: at gate", 16))
                .containsExactly("* R-1", "  deploy-prod:", "  at gate");
        assertThat(fold("sentence of an answer", 12)).containsExactly("sentence of", "  an answer");
    }

    @Test
    void of_a_command_every_blank_counts() {
        assertThat(fold("|     rm -rf    /srv/x", 16))
                .containsExactly("|     rm -rf    ", "|       /srv/x");
    }

    @Test
    void a_word_without_an_end_is_cut() {
        assertThat(fold("| " + "A".repeat(20), 12))
                .containsExactly("| AAAAAAAAAA", "|   AAAAAAAA", "|   AA");
    }

    @Test
    void two_columns_are_two_columns_and_pictures_of_controls_are_counted() {
        assertThat(fold("| 完了完了", 7)).containsExactly("| 完了", "| 完了");
        assertThat(fold("| 完了完了", 9)).containsExactly("| 完了完", "|   了");
        assertThat(fold("| \u202ea\u202eb", 13)).containsExactly("| \u202ea", "|   \u202eb");
        assertThat(fold("|     a\tb\tc", 20)).containsExactly("|     a\tb", "|       \tc");
    }

    @Test
    void the_ink_goes_on() {
        assertThat(fold("* " + Ink.YELLOW.of("needs a yes"), 9))
                .containsExactly(
                        "* " + Ink.YELLOW.of("needs a").substring(0, 8),
                        "  " + Ink.YELLOW.of("yes"));
    }

    @Test
    void nothing_an_author_writes_comes_to_stand_in_the_first_column() {
        var letters = List.of("*", "R-9", " ", "  ", "approved", "|", "~", "完", "\t", "\u001b[2K");
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new SplittableRandom(seed);
            var text = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                text.append(letters.get(random.nextInt(letters.size())));
            }
            int columns = 20 + random.nextInt(60);
            for (var before : List.of("| ", "|     ", "* ", "  ")) {
                var rows = fold(before + text, columns);
                assertThat(rows.getFirst()).as("seed %d", seed).startsWith(before.strip());
                assertThat(rows.subList(1, rows.size()))
                        .as("seed %d", seed)
                        .allMatch(it -> it.startsWith(before.startsWith("|") ? "| " : "  "));
                assertThat(rows).as("seed %d", seed).allMatch(it -> width(it) <= columns);
                assertThat(String.join("", rows).replaceAll("[| ]", ""))
                        .as("seed %d", seed)
                        .isEqualTo((before + text).replaceAll("[| ]", ""));
            }
        }
    }

    private static int width(String text) {
        return text.codePoints().map(it -> it == '\t' ? 8 : Glyph.width(it)).sum();
    }
}
