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

final class ValuePathTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "$ ~ 5 ~ 5",
                "$.a.b ~ {\"a\":{\"b\":1}} ~ 1",
                "$.1 ~ [0,1] ~ 1",
                "$.1 ~ {\"1\":2} ~ 2",
                "$[1] ~ [0,1] ~ 1",
                "$.01 ~ [0,1] ~ 1",
                "$.01 ~ {\"01\":3} ~ 3",
                "$['1'] ~ {\"1\":2} ~ 2",
                "$['a.b c]\"'] ~ {\"a.b c]\\\"\":4} ~ 4",
                "$[''] ~ {\"\":5} ~ 5",
                "$.a-b._c.3d ~ {\"a-b\":{\"_c\":{\"3d\":6}}} ~ 6",
                "$.größe.नमस्ते.名 ~ {\"größe\":{\"नमस्ते\":{\"名\":7}}} ~ 7",
                "$.a[0].b[1] ~ {\"a\":[{\"b\":[8,9]}]} ~ 9",
                "$.n ~ {\"n\":null} ~ null",
            })
    void a_path_reaches_its_value(String path, String document, String value) {
        assertThat(ok(ValuePath.parse(path)).find(json(document))).contains(json(value));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "$.a ~ {}",
                "$.a ~ 5",
                "$.a ~ [1]",
                "$.a.b ~ {\"a.b\":1}",
                "$.A ~ {\"a\":1}",
                "$.1 ~ [0]",
                "$[1] ~ {\"1\":2}",
                "$['1'] ~ [0,1]",
                "$.0 ~ \"text\"",
                "$[99999999999999999999] ~ [0]",
                "$.4294967296 ~ [0]",
            })
    void what_is_not_there_is_not_found(String path, String document) {
        assertThat(ok(ValuePath.parse(path)).find(json(document))).isEmpty();
    }

    @Test
    void the_keys_are_given_as_text() {
        assertThat(ok(ValuePath.parse("$.a[07]['b c'].1")).keys())
                .containsExactly("a", "07", "b c", "1");
        assertThat(ok(ValuePath.parse("$")).keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '~',
            value = {
                "`` ~ 0 ~ write $.name",
                "version ~ 0 ~ write $.version",
                "$version ~ 0 ~ write $.version",
                "`$.a ` ~ 3 ~ without blanks",
                "` $.a` ~ 0 ~ write $.name",
                "$. ~ 2 ~ .name",
                "$[\"a\"] ~ 2 ~ ['name']",
                "$['a] ~ 2 ~ close it",
                "$[1 ~ 3 ~ .name",
                "$[٣] ~ 2 ~ .name",
            })
    void a_malformed_path_is_refused(String path, int offset, String fix) {
        var problem = bad(ValuePath.parse(path));
        assertThat(problem.offset()).as(problem.problem()).isEqualTo(offset);
        assertThat(problem.fix()).contains(fix);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$.a..b", "$.*", "$[*]", "$[-1]", "$[1,2]", "$.a@", "$.a\u00a0", "$.😀"})
    void nothing_of_other_path_languages_is_read(String path) {
        assertThat(ValuePath.parse(path).isOk()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_text_is_read_or_refused(long seed) {
        var soup =
                new Soup(
                        seed, "$", "$", ".", "[", "]", "'", "['", "']", "a", "0", "12", "-", "\"",
                        " ");
        var document = json("{\"a\":[{\"0\":{\"a\":1}},[1,2]],\"0\":\"x\",\"12\":null}");
        for (int i = 0; i < 5_000; i++) {
            var text = "$" + soup.next(10);
            if (!(Parsing.survives(ValuePath::parse, text, seed) instanceof Parsed.Ok(var path)))
                continue;
            assertThat(path.text()).as("seed %d", seed).isEqualTo(text);
            assertThat(path.find(document)).as("seed %d: %s", seed, text).isNotNull();
        }
    }

    static LongStream seeds() {
        return Soup.seeds();
    }
}
