package dev.sopwith.engine.expression;

import static dev.sopwith.engine.expression.Parsing.bad;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConditionProblemTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "$.a = 1 ~ 4 ~ write ==",
                "$.a === 1 ~ 4 ~ write ==",
                "$.a !== 1 ~ 4 ~ write !=",
                "$.a => 1 ~ 4 ~ write >=",
                "$.a =< 1 ~ 4 ~ write <=",
                "$.a <> 1 ~ 4 ~ write !=",
                "= 1 ~ 0 ~ write ==",
                "!$.a == 1 ~ 0 ~ write !=",
                "$.a == 1 & $.b == 2 ~ 9 ~ write &&",
                "$.a == 1 | $.b == 2 ~ 9 ~ write ||",
                "> 5 AND < 10 ~ 4 ~ write && instead of AND",
                "$.a == \"x\" or $.b == 1 ~ 11 ~ write || instead of or",
                "not $.a == 1 ~ 0 ~ != for ==",
                "$value > 5 ~ 0 ~ write $.value",
                "value > 5 ~ 0 ~ write $.value",
                "data.0.value > 5 ~ 0 ~ write $.data.0.value",
                "$[\"a\"] == 1 ~ 2 ~ ['name'] instead of",
                "$..a == 1 ~ 2 ~ .name, .0, [0] and ['any text']",
                "$.a[-1] == 1 ~ 4 ~ .name, .0, [0] and ['any text']",
                "$.-a == 1 ~ 2 ~ ['-name']",
                "5 < $.a ~ 0 ~ write the path first",
                "true == $.a ~ 0 ~ write the path first",
                "\"x\" == $.a ~ 0 ~ write the path first",
                "$.a == \"x ~ 7 ~ close it with \"",
                "$.a == 'x ~ 7 ~ close it with '",
                "$['a == 1 ~ 2 ~ close it with '",
                "($.a == 1 ~ 0 ~ close it with )",
                "$.a == 1) ~ 8 ~ open a ( before",
                "() ~ 1 ~ write a comparison there",
                "$.a == ~ 6 ~ write one",
                "$.a == && $.b == 1 ~ 7 ~ write one",
                "$.a ~ 3 ~ write one of >= <= != == > <",
                "$.a is 5 ~ 4 ~ write one of >= <= != == > <",
                "$.a > = 5 ~ 6 ~ without blanks in it",
                "$.a == 1 && ~ 11 ~ write one, as in $.value > 5",
                "|| $.a == 1 ~ 0 ~ write one, as in $.value > 5",
                "$.a == $.b ~ 7 ~ a text in quotes",
                "$.s == \"a\"b\" ~ 10 ~ one kind of quote in it between two of the other",
                "$.s == “a” ~ 7 ~ write \" or '",
                "$.a == 1 $.b == 2 ~ 9 ~ combine comparisons with && or ||",
                "$.t > 10:30 ~ 8 ~ put text in quotes",
                "$.v == 1.2.3 ~ 7 ~ put text in quotes",
            })
    void a_mistake_is_answered_with_what_was_meant(String condition, int offset, String fix) {
        var problem = bad(Condition.parse(condition));
        assertThat(problem.offset()).as(problem.problem()).isEqualTo(offset);
        assertThat(problem.fix()).contains(fix);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+5", ".5", "5.", "1.2.3", "-", "-x", "--5", "1e5.0", "5.e3", "a.b", "a+b"})
    void what_is_neither_number_nor_word_is_refused(String literal) {
        assertThat(bad(Condition.parse("$.a == " + literal)).offset()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5e3", "-0", "1E-5", "1e+5", "007", "2026-11-01", "5_000", "0x10", "True"})
    void numbers_are_as_in_json_and_other_runs_are_words(String literal) {
        assertThat(Condition.parse("$.a == " + literal).isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "null"})
    void there_is_no_order_with_constants(String constant) {
        for (var operator : new String[] {">", ">=", "<", "<="})
            assertThat(bad(Condition.parse("$.a " + operator + " " + constant)).fix())
                    .isEqualTo("write == or !=");
        assertThat(Condition.parse("$.a < \"" + constant + "\"").isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u00a0", "$.a\u2003== 1", "$.a ==\u00a01", "\ufeff$.a == 1", "$.a == 1\0"})
    void blanks_that_nobody_can_tell_apart_are_refused(String condition) {
        assertThat(Condition.parse(condition).isOk()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$ .a == 1", "$. a == 1", "$.a .b == 1", "$.a [0] == 1", "$[ 0] == 1", "$[0 ] == 1",
                "$[ 'a'] == 1", "$.a. == 1", "$[] == 1", "$[1:2] == 1", "$.* == 1", "$[*] == 1",
                "$['a'b'] == 1", "$.a[?(@.x)] == 1", "$.a() == 1", "$$ == 1", "$.٣ == 1", "@.a == 1"
            })
    void a_malformed_path_is_refused(String condition) {
        assertThat(Condition.parse(condition).isOk()).isFalse();
    }
}
