package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.LongStream;

@Timeout(60)
final class ConditionFuzzTest {
    private static final int ROUNDS = 3_000;

    @ParameterizedTest
    @MethodSource("seeds")
    void any_text_is_compiled_or_refused_and_never_disturbs(long seed) {
        var conditions = conditions(seed);
        var payloads = payloads(seed + 1);
        for (int i = 0; i < ROUNDS; i++) {
            var text = conditions.next(12);
            if (Parsing.survives(Condition::parse, text, seed) instanceof Parsed.Ok(var condition))
                assertAnswers(condition, payloads.next(12), seed);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void one_wrong_character_is_compiled_or_refused(long seed) {
        var formulas = new Formulas(seed);
        var payloads = payloads(seed + 1);
        for (int i = 0; i < ROUNDS; i++) {
            var text = payloads.broken(formulas.next().text());
            if (Parsing.survives(Condition::parse, text, seed) instanceof Parsed.Ok(var condition))
                assertAnswers(condition, payloads.broken("{\"a\":1}"), seed);
        }
    }

    private static void assertAnswers(Condition condition, String payload, long seed) {
        long start = Parsing.now();
        var verdict = condition.evaluate(Payload.of(payload));
        assertThat(verdict.why().isEmpty())
                .as("seed %d: %s of %s", seed, condition, payload)
                .isEqualTo(verdict.matches());
        assertThat(verdict.why().codePoints())
                .as("seed %d: %s of %s", seed, condition, payload)
                .noneMatch(Character::isISOControl)
                .doesNotContain(0x202e, 0xfeff, 0xd800)
                .hasSizeLessThanOrEqualTo(301);
        Parsing.assertQuick(start, condition + " of " + payload, seed);
    }

    static LongStream seeds() {
        return Soup.seeds();
    }

    private static Soup conditions(long seed) {
        return new Soup(
                seed,
                "$",
                ".",
                "a",
                "$.a",
                "['",
                "']",
                "[0]",
                "$.a.0",
                " ",
                " ",
                "==",
                "!=",
                ">",
                "<=",
                "=",
                "!",
                "&&",
                "||",
                "&",
                "(",
                ")",
                "\"",
                "'",
                "\"x\"",
                "'y'",
                "1",
                "-0",
                "1e999999999999",
                "1e",
                "true",
                "null",
                "AND",
                "-",
                "word");
    }

    private static Soup payloads(long seed) {
        return new Soup(
                seed,
                "{",
                "}",
                "[",
                "]",
                "\"a\"",
                ":",
                ",",
                "1",
                "-0",
                "1e999999999999",
                "\"x\"",
                "true",
                "null",
                "{\"a\":",
                "{\"a\":\"x\"}",
                "{\"a\":[1]}",
                " ",
                "\n",
                "x",
                "\\u202e");
    }
}
