package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProseTest {
    @Test
    void paragraphs_are_joined_and_wrapped() {
        assertThat(Prose.lines("one two\nthree four\n\nfive\n", 13))
                .containsExactly("one two three", "four", "", "five");
    }

    @Test
    void items_hang() {
        assertThat(Prose.lines("- one two three\n2. four", 10))
                .containsExactly("- one two", "  three", "2. four");
    }

    @Test
    void fenced_text_is_indented_and_otherwise_untouched() {
        assertThat(Prose.lines("````md\n```sh\n  a   b\n```\n````\nend", 9))
                .containsExactly("    ```sh", "      a   b", "    ```", "end");
    }

    @Test
    void a_heading_is_bold_and_has_air_above() {
        assertThat(Prose.lines("a\n## B\n\nc", 80))
                .containsExactly("a", "", Ink.BOLD.of("B"), "", "c");
    }

    @Test
    void a_word_longer_than_the_line_stays_whole() {
        assertThat(Prose.lines("a verylongword b", 6)).containsExactly("a", "verylongword", "b");
    }

    @Test
    void nothing_gives_nothing() {
        assertThat(Prose.lines("", 80)).isEmpty();
        assertThat(Prose.lines("\n\n", 80)).isEmpty();
    }
}
