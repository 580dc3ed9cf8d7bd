package dev.sopwith.engine.expression;

import static dev.sopwith.engine.expression.Parsing.bad;
import static dev.sopwith.engine.expression.Parsing.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Bool;
import dev.sopwith.engine.expression.JsonValue.Null;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

@Timeout(60)
final class JsonValueTest {

    @Test
    void a_document_is_read_as_written() {
        var document = json(" {\"b\":[1.50,-0,1E5,\"\\u00e9\\n\"],\"a\":{\"\":null},\"c\":true} ");
        assertThat(document)
                .isEqualTo(
                        new Obj(
                                Map.of(
                                        "b",
                                        new Arr(
                                                List.of(
                                                        new Num("1.50"),
                                                        new Num("-0"),
                                                        new Num("1E5"),
                                                        new Str("é\n"))),
                                        "a",
                                        new Obj(Map.of("", new Null())),
                                        "c",
                                        new Bool(true))));
        assertThat(((Obj) document).members().keySet()).containsExactly("b", "a", "c");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "`` ~ 0",
                "`  ` ~ 2",
                "{\"a\":1}x ~ 7",
                "1 2 ~ 2",
                "[1,] ~ 3",
                "{\"a\":1,} ~ 7",
                "{\"a\" 1} ~ 5",
                "{'a':1} ~ 1",
                "[1} ~ 2",
                "nul ~ 0",
                "{\"a\":1,\"b\":2,\"a\":3} ~ 13",
                "{\"a\":1,\"\\u0061\":2} ~ 7",
                "[\"x\",\"\\ud800\"] ~ 5",
            })
    void what_is_not_strictly_json_is_refused_with_its_place(String text, int offset) {
        var problem = bad(JsonValue.parse(text));
        assertThat(problem.offset()).isEqualTo(offset);
        assertThat(problem.problem()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "+1",
                ".5",
                "5.",
                "1e",
                "-",
                "NaN",
                "-Infinity",
                "0x1",
                "/*x*/1",
                "#\n1",
                "\0",
                "[\0]",
                "\"\0\"",
                "\"\t\"",
                "\"\\x\"",
                "\"\ud800\"",
                "\"\\udc00\\ud800\"",
                "\ufeff{}",
                "\u20031",
                "\u00a01",
                "1\0",
                "😀",
                "\"abc",
                "{\"\\ud800\":1}"
            })
    void nothing_is_read_generously(String text) {
        assertThat(JsonValue.parse(text).isOk()).isFalse();
    }

    @Test
    void nesting_ends_at_five_hundred_levels() {
        assertThat(JsonValue.parse("[".repeat(500) + "]".repeat(500)).isOk()).isTrue();
        assertThat(bad(JsonValue.parse("[".repeat(501))).offset()).isEqualTo(500);
        assertThat(bad(JsonValue.parse("{\"a\":[".repeat(20_000))).problem()).contains("500");
    }

    @Test
    void length_costs_time_in_proportion() {
        long start = Parsing.now();
        var digits = "7".repeat(200_000);
        assertThat(json(digits)).isEqualTo(new Num(digits));
        assertThat(json("\"" + digits + "\"")).isEqualTo(new Str(digits));
        assertThat(json("{\"" + digits + "\":1}")).isEqualTo(new Obj(Map.of(digits, new Num("1"))));
        Parsing.assertQuick(start, "200,000 digits", 0);
    }

    @Test
    void names_chosen_to_collide_cost_no_more_than_others() {
        var object = new StringBuilder("{\"x\":0");
        for (int i = 0; i < 1 << 14; i++) object.append(",\"").append(colliding(i)).append("\":1");
        long start = Parsing.now();
        assertThat(JsonValue.parse(object + "}").isOk()).isTrue();
        Parsing.assertQuick(start, "16,384 names of one hash code", 0);
    }

    /** "Aa" and "BB" have the same hash code, and so has every chain of them. */
    private static String colliding(int number) {
        var name = new StringBuilder();
        for (int bit = 0; bit < 14; bit++) name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        return name.toString();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_text_is_read_or_refused(long seed) {
        var soup =
                new Soup(
                        seed, "{", "}", "[", "]", "\"a\"", "\"b\"", ":", ",", "1", "-", ".5", "e9",
                        "\\", "\\u", "d800", "\"", "true", "nul", " ", "\n", "{\"a\":", "[1,");
        for (int i = 0; i < 5_000; i++)
            if (Parsing.survives(JsonValue::parse, soup.next(20), seed)
                    instanceof Parsed.Ok(var ok))
                assertThat(json(Excerpt.of(ok, 1_000))).as("seed %d", seed).isEqualTo(ok);
    }

    static LongStream seeds() {
        return Soup.seeds();
    }
}
