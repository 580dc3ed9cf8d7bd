package dev.sopwith.engine.expression;

import static dev.sopwith.engine.expression.Parsing.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

final class ExcerptTest {

    @Test
    void short_text_stays_as_it_is() {
        assertThat(Excerpt.of("Größe 😀 \"x\"", 20)).isEqualTo("Größe 😀 \"x\"");
        assertThat(Excerpt.of("abc", 3)).isEqualTo("abc");
        assertThat(Excerpt.of("", 0)).isEmpty();
    }

    @Test
    void long_text_is_cut_visibly_and_never_inside_a_character() {
        assertThat(Excerpt.of("abcd", 3)).isEqualTo("abc…");
        assertThat(Excerpt.of("😀😀", 1)).isEqualTo("😀…");
        assertThat(Excerpt.quoted("abcd", 3)).isEqualTo("\"abc…\"");
    }

    @Test
    void what_hides_or_reorders_text_becomes_visible() {
        assertThat(Excerpt.of("a\n\t\0\u007f\u0085", 9))
                .isEqualTo("a\\u000a\\u0009\\u0000\\u007f\\u0085");
        assertThat(Excerpt.of("\u202e\u2066\u200b\ufeff\u2028", 9))
                .isEqualTo("\\u202e\\u2066\\u200b\\ufeff\\u2028");
        assertThat(Excerpt.of("\ud800x", 9)).isEqualTo("\\ud800x");
        assertThat(Excerpt.of(Character.toString(0xe0041), 9)).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void quotes_and_backslashes_cannot_end_a_quoted_text() {
        assertThat(Excerpt.quoted("a\"\\", 9)).isEqualTo("\"a\\\"\\\\\"");
    }

    @Test
    void a_value_is_shown_as_json_on_one_line() {
        var value = json("{ \"a\" : [1, {}, [], \"x\\n\"], \"b\": null }");
        assertThat(Excerpt.of(value, 99)).isEqualTo("{\"a\":[1,{},[],\"x\\u000a\"],\"b\":null}");
        assertThat(Excerpt.of(json("[12345678]"), 5)).isEqualTo("[1234…");
        assertThat(Excerpt.of(json("{\"abcdefgh\":1}"), 4)).isEqualTo("{\"abc…\"");
    }

    @Test
    void a_value_of_any_depth_can_be_shown() {
        JsonValue deep = new JsonValue.Null();
        for (int i = 0; i < 100_000; i++) deep = new JsonValue.Arr(List.of(deep));
        assertThat(Excerpt.of(deep, 10)).isEqualTo("[[[[[[[[[[…");
    }
}
