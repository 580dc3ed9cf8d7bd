package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.StringWriter;

class ScreenTest {
    @Test
    void no_control_sequence_of_an_author_passes() {
        assertThat(written(false, "a\u001b]0;title\u0007b\u009b2J\r\nc"))
                .isEqualTo("a␛]0;title␇b<U+009B>2J␍␊c\n");
    }

    @Test
    void direction_and_invisible_characters_are_named() {
        assertThat(written(false, "\u202eevil\u2066\u200b\ufeff\u2028\ud800"))
                .isEqualTo("<U+202E>evil<U+2066><U+200B><U+FEFF><U+2028><U+D800>\n");
    }

    @Test
    void ink_is_for_terminals_only() {
        var text = Ink.RED.of("error:") + " x";

        assertThat(written(true, text)).isEqualTo("\u001b[1;31merror:\u001b[0m x\n");
        assertThat(written(false, text)).isEqualTo("error: x\n");
    }

    @Test
    void a_smuggled_mark_ends_with_its_line() {
        assertThat(written(true, "a\ufdd2b")).isEqualTo("a\u001b[1;31mb\u001b[0m\n");
    }

    @Test
    void joined_scripts_and_emoji_stay_whole() {
        assertThat(written(false, "می‌خواهم 👩‍🚒")).isEqualTo("می‌خواهم 👩‍🚒\n");
    }

    private static String written(boolean colour, String text) {
        var out = new StringWriter();
        var screen = new Screen(out, 80, colour);
        screen.line(text);
        screen.flush();
        return out.toString();
    }
}
