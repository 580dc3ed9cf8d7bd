package dev.sopwith.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpectationsTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "true ~ true",
                "5 ~ 5.0",
                "{\"a\":1} ~ {\"a\":1,\"b\":2}",
                "{\"a\":[{\"x\":1}]} ~ {\"a\":[{\"x\":1,\"y\":2}]}",
                "\"2026-01-01T00:00:00Z\" ~ \"2026-01-01T01:00:00+01:00\"",
                "{\"warnings\":[\"a\",\"b\"]} ~ {\"warnings\":[\"b\",\"a\"]}",
                "{\"attributes\":{\"a\":\"1\"}} ~ {\"attributes\":{\"a\":\"1\"}}",
                "{\"inputs\":[{\"name\":\"a\"}]} ~ {\"inputs\":[{\"name\":\"a\",\"type\":\"b\"}]}",
                "{\"diagnostics\":[{\"line\":2,\"severity\":\"error\"},"
                        + "{\"line\":10,\"severity\":\"error\"}]}"
                        + " ~ {\"diagnostics\":["
                        + "{\"line\":10,\"severity\":\"error\",\"code\":\"x\"},"
                        + "{\"line\":2,\"severity\":\"error\"}]}",
            })
    void as_expected(String expected, String actual) {
        assertThat(Expectations.difference(json(expected), json(actual))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "true ~ false",
                "true ~ \"true\"",
                "5 ~ 6",
                "null ~ false",
                "{\"a\":1} ~ {}",
                "{\"a\":null} ~ {}",
                "{\"invalid\":true} ~ false",
                "[1,2] ~ [2,1]",
                "[1] ~ [1,2]",
                "[] ~ [1]",
                "\"a\" ~ \"b\"",
                "\"2026-01-01T00:00:00Z\" ~ \"2026-01-01T00:00:01Z\"",
                "{\"warnings\":[]} ~ {\"warnings\":[\"a\"]}",
                "{\"attributes\":{}} ~ {\"attributes\":{\"a\":\"1\"}}",
                "{\"inputs\":{\"a\":\"1\"}} ~ {\"inputs\":{\"a\":\"1\",\"b\":\"2\"}}",
                "{\"tools\":[]} ~ {\"tools\":[\"shell\"]}",
                "{\"diagnostics\":[]} ~ {\"diagnostics\":[{\"line\":1,\"severity\":\"error\"}]}",
                "{\"diagnostics\":[{\"line\":1,\"severity\":\"error\"}]}"
                        + " ~ {\"diagnostics\":[{\"line\":1,\"severity\":\"warning\"}]}",
            })
    void not_as_expected(String expected, String actual) {
        assertThat(Expectations.difference(json(expected), json(actual))).isPresent();
    }

    private static JsonValue json(String text) {
        return switch (JsonValue.parse(text)) {
            case Parsed.Ok(var value) -> value;
            case Parsed.Bad(_, var problem, _) -> throw new AssertionError(problem);
        };
    }
}
