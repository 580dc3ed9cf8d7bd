package dev.sopwith.engine.expression;

import static dev.sopwith.engine.expression.Parsing.bad;
import static dev.sopwith.engine.expression.Parsing.json;
import static dev.sopwith.engine.expression.Parsing.ok;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.LongStream;

final class ConditionTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n"})
    void a_blank_condition_always_holds(String blank) {
        assertThat(ok(Condition.parse(blank))).isEqualTo(Condition.ALWAYS);
        assertHolds(blank, "");
        assertHolds(blank, "{not json");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "5, 5.0",
                "5, 50e-1",
                "-0, 0",
                "-0, 0e99999999999999999999",
                "1e400, 10e399",
                "1e-400, 0.1e-399",
                "1e999999999, 1E+999999999",
                "1e99999999999, 10e99999999998",
                "1e99999999999999999999, 1e99999999999999999999",
                "123456789012345678901234567890, 123456789012345678901234567890.000",
            })
    void equal_numbers_are_equal_however_they_are_written(String one, String other) {
        for (var value : new String[] {one, '"' + one + '"'}) {
            assertHolds("$.n == " + other, "{\"n\":" + value + "}");
            assertHolds("$.n >= " + other, "{\"n\":" + value + "}");
            assertHolds("$.n <= " + other, "{\"n\":" + value + "}");
            assertFails("$.n != " + other, "{\"n\":" + value + "}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4.999999999999999999999, 5",
        "9007199254740992, 9007199254740993",
        "-1e99999999999, 1e-99999999999",
        "1e-99999999999, 1e-99999999998",
        "-1e-99999999998, -1e-99999999999",
        "0, 1e-99999999999999999999",
        "9e99999999999999999998, 1e99999999999999999999",
        "-1e99999999999999999999, 0",
    })
    void numbers_are_ordered_exactly_whatever_their_size(String less, String greater) {
        assertHolds("$.n < " + greater, "{\"n\":" + less + "}");
        assertHolds("$.n > " + less, "{\"n\":" + greater + "}");
        assertHolds("$.n != " + less, "{\"n\":" + greater + "}");
        assertFails("$.n >= " + greater, "{\"n\":" + less + "}");
    }

    @Test
    void a_number_of_a_million_digits_costs_no_more_than_its_length() {
        long start = Parsing.now();
        assertHolds("$.n > 1e99999999999", "{\"n\":1e" + "9".repeat(1_000_000) + "}");
        assertHolds("$.n > 0", "{\"n\":0." + "0".repeat(1_000_000) + "1}");
        assertHolds("$.n < 0", "{\"n\":-" + "7".repeat(1_000_000) + "e-" + "9".repeat(999) + "}");
        Parsing.assertQuick(start, "a million digits", 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 5",
                "5 ",
                "0x5",
                "5f",
                "5d",
                "05",
                "+5",
                ".5",
                "5.",
                "٥",
                "５",
                "1_0",
                "1,0",
                "NaN",
                "Infinity",
                "5\\n",
                "\\u00a05",
                "true",
                "five"
            })
    void a_string_is_a_number_only_if_json_would_read_it_as_one(String text) {
        var payload = "{\"x\":\"" + text + "\"}";
        assertFails("$.x == 5", payload);
        assertFails("$.x <= 5", payload);
        assertFails("$.x > 0", payload);
        assertHolds("$.x != 5", payload);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "null", "\"abc\""})
    void what_is_no_number_differs_from_every_number_and_has_no_order(String value) {
        var payload = "{\"x\":" + value + "}";
        assertHolds("$.x != 5", payload);
        assertFails("$.x == 5", payload);
        assertFails("$.x < 5", payload);
        assertFails("$.x >= 5", payload);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "5, \"5\", true",
                "5.0, \"5\", false",
                "5.0, '5.0', true",
                "1e2, \"1e2\", true",
                "true, \"true\", true",
                "true, True, false",
                "\"007\", 007, true",
                "7, 007, false",
                "\"2026-11-01\", 2026-11-01, true",
                "\"1-5\", 1-5, true",
                "\"1e\", 1e, true",
                "\"_x-1\", _x-1, true",
                "\"Größe\", Größe, true",
                "\"ok \", ok, false",
            })
    void quoted_text_and_words_compare_with_the_text_of_a_value(
            String value, String literal, boolean equal) {
        var payload = "{\"x\":" + value + "}";
        assertThat(holds("$.x == " + literal, payload)).isEqualTo(equal);
        assertThat(holds("$.x != " + literal, payload)).isEqualTo(!equal);
    }

    @Test
    void text_is_ordered_by_code_point_and_a_beginning_comes_first() {
        assertHolds("$.s > \"\uffff\"", "{\"s\":\"😀\"}");
        assertHolds("$.s < \"😀\"", "{\"s\":\"\uffff\"}");
        assertHolds("$.s < \"😁\"", "{\"s\":\"😀\"}");
        assertHolds("$.s < ab", "{\"s\":\"a\"}");
        assertHolds("$.s >= ab", "{\"s\":\"ab\"}");
        assertHolds("$.s > a", "{\"s\":\"ab\"}");
        assertHolds("$.s < a", "{\"s\":\"Z\"}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "true, true, true",
                "\"true\", true, true",
                "\"TRUE\", true, false",
                "false, true, false",
                "1, true, false",
                "null, true, false",
                "null, null, true",
                "\"null\", null, false",
                "false, null, false",
                "0, null, false",
                "\"\", null, false",
                "null, \"null\", false",
                "null, 0, false",
            })
    void constants_equal_only_what_they_are(String value, String literal, boolean equal) {
        var payload = "{\"x\":" + value + "}";
        assertThat(holds("$.x == " + literal, payload)).isEqualTo(equal);
        assertThat(holds("$.x != " + literal, payload)).isEqualTo(!equal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1]", "{}", "{\"k\":1}"})
    void arrays_and_objects_are_there_and_match_nothing_else(String value) {
        for (var payload : new String[] {"{\"x\":" + value + "}", value}) {
            var path = payload.equals(value) ? "$" : "$.x";
            assertHolds(path + " != null", payload);
            for (var rest : new String[] {"== null", "!= 1", "!= a", "!= true", "> 0", "< \"x\""})
                assertFails(path + rest, payload);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"== 1", "!= 1", "> 1", "<= a", "!= \"a\"", "!= true", "!= null"})
    void a_place_that_is_not_there_meets_no_comparison(String rest) {
        assertFails("$.x " + rest, "{}");
        assertFails("$.x.y " + rest, "{\"x\":5}");
        assertFails("$.x " + rest, "{\"x\":5");
        assertFails("$.x " + rest, "");
        assertFails(rest, "");
        assertFails(rest, " \n");
        assertFails("$ " + rest, "\t");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "42.0, == 42, true",
                "42.0, == \"42\", false",
                "` 42 `, == \"42\", true",
                "42, != 42, false",
                "43, != 42, true",
                "on, != 42, false",
                "true, != 42, false",
                "null, != 42, false",
                "\"43\", != 42, false",
                "\"on\", == on, false",
                "\"on\", == '\"on\"', true",
                "on, == on, true",
                "on, != null, true",
                "null, == null, true",
                "null, != null, false",
                "null, == \"null\", false",
                "null, != \"x\", true",
                "true, == true, true",
                "true, == \"true\", true",
                "on, != true, true",
                "[on], == \"[on]\", true",
                "b, > a, true",
            })
    void without_a_path_the_trimmed_payload_is_compared(
            String payload, String condition, boolean holds) {
        assertThat(holds(condition, payload)).isEqualTo(holds);
        assertThat(holds("$" + condition, payload)).isEqualTo(holds);
    }

    @Test
    void without_a_path_a_document_is_compared_in_the_same_way() {
        assertThat(evaluate("> 4", json("5")).matches()).isTrue();
        assertThat(evaluate("!= 4", json("true")).matches()).isFalse();
        assertThat(evaluate("== null", json("null")).matches()).isTrue();
        assertThat(evaluate("!= null", json("{}")).matches()).isTrue();
        assertThat(evaluate("!= a", json("{}")).matches()).isFalse();
    }

    @Test
    void a_document_is_searched_by_path() {
        var document =
                json("{\"inputs\":{\"env\":\"prod\"},\"payload\":null,\"steps\":{\"2\":{}}}");
        assertThat(evaluate("$.inputs.env == prod", document).matches()).isTrue();
        assertThat(evaluate("$.payload == null", document).matches()).isTrue();
        assertThat(evaluate("$.steps.2.ok == true", document).why())
                .isEqualTo("$.steps.2.ok is not there");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "$.env == \"prod\" ~ {\"env\":\"dev\"} ~ $.env is \"dev\"",
                "$.env == \"prod\" ~ {} ~ $.env is not there",
                "$.env == \"prod\" ~ `{\"env\":1,\n }`"
                        + " ~ the payload is not JSON (line 2, character 2)",
                "$.env == \"prod\" ~ `` ~ the payload is empty",
                "== \"prod\" ~ ` ` ~ the payload is empty",
                "== \"prod\" ~ dev ~ the payload is \"dev\"",
                "> 5 ~ 5 ~ the payload is 5",
                "> 5 ~ [6] ~ the payload is an array",
                "$.a == 1 && $.b == 1 && $.c == 1 ~ {\"a\":1,\"b\":2,\"c\":3} ~ $.b is 2",
                "$.a == 0 || $.b == 0 ~ {\"a\":1,\"b\":2} ~ $.a is 1; $.b is 2",
                "$.a == 0 || $.a == 2 || $.a == 3 ~ {\"a\":1} ~ $.a is 1",
                "($.a == 0 || $.b == 0) && $.c == 1 ~ {\"a\":1} ~ $.a is 1; $.b is not there",
                "$.a == 1 && ($.b == 1 || $.c == 1) ~ {\"a\":1,\"c\":null}"
                        + " ~ $.b is not there; $.c is null",
                "$.o == 1 ~ {\"o\":{\"password\":\"x\"}} ~ $.o is an object",
                "$.s == x ~ {\"s\":\"a\\\"b\\\\c\"} ~ $.s is \"a\\\"b\\\\c\"",
            })
    void the_reason_names_the_operands_that_decided(String condition, String payload, String why) {
        assertThat(evaluate(condition, payload).why()).isEqualTo(why);
    }

    @Test
    void what_matches_needs_no_reason() {
        assertThat(evaluate("$.a == 1", "{\"a\":1}").why()).isEmpty();
    }

    @Test
    void text_from_outside_cannot_disturb_the_reason() {
        assertThat(evaluate("$.s == x", "{\"s\":\"a\\nb\u202ec\\u0007\"}").why())
                .isEqualTo("$.s is \"a\\u000ab\\u202ec\\u0007\"");
        var long1 = evaluate("== x", "y".repeat(100_000)).why();
        assertThat(long1).hasSizeLessThan(100).endsWith("y…\"");
        var manySides = "$.aaaaaaaaaa%1$d == 1 || ".repeat(20) + "$.z == 1";
        assertThat(evaluate(numbered(manySides), "{}").why()).hasSize(301).endsWith("…");
    }

    private static String numbered(String text) {
        var numbered = text;
        for (int i = 0; numbered.contains("%1$d"); i++)
            numbered = numbered.replaceFirst("%1\\$d", "" + i);
        return numbered;
    }

    @Test
    void the_paths_are_given_in_order_of_appearance() {
        var condition = ok(Condition.parse("($.b == 1 || > 5) && $['a b'][0] != null && $ == 1"));
        assertThat(condition.paths())
                .map(ValuePath::text)
                .containsExactly("$.b", "$", "$['a b'][0]", "$");
        assertThat(Condition.ALWAYS.paths()).isEmpty();
    }

    @Test
    void thirty_two_parentheses_may_be_inside_each_other() {
        assertHolds("(".repeat(32) + "> 1" + ")".repeat(32), "2");
        var tooDeep = bad(Condition.parse("(".repeat(33) + "> 1" + ")".repeat(33)));
        assertThat(tooDeep.offset()).isEqualTo(32);
        assertHolds("(> 1) && ".repeat(40) + "(> 1)", "2");
    }

    @Test
    void a_condition_has_up_to_512_characters_however_they_are_encoded() {
        var longest = "!= \"" + "😀".repeat(507) + "\"";
        assertHolds(longest, "x");
        assertThat(bad(Condition.parse(longest + " ")).offset()).isEqualTo(longest.length());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void and_binds_tighter_than_or_and_parentheses_group(long seed) {
        var formulas = new Formulas(seed);
        for (int i = 0; i < 300; i++) {
            var formula = formulas.next();
            assertThat(holds(formula.text(), "{\"a\":1}"))
                    .as("seed %d: %s", seed, formula.text())
                    .isEqualTo(formula.value());
        }
    }

    static LongStream seeds() {
        return Soup.seeds();
    }

    private static void assertHolds(String condition, String payload) {
        assertThat(holds(condition, payload)).as("%s of %.99s", condition, payload).isTrue();
    }

    private static void assertFails(String condition, String payload) {
        assertThat(holds(condition, payload)).as("%s of %.99s", condition, payload).isFalse();
    }

    private static boolean holds(String condition, String payload) {
        return evaluate(condition, payload).matches();
    }

    private static Condition.Verdict evaluate(String condition, String payload) {
        return ok(Condition.parse(condition)).evaluate(Payload.of(payload));
    }

    private static Condition.Verdict evaluate(String condition, JsonValue document) {
        return ok(Condition.parse(condition)).evaluate(document);
    }
}
