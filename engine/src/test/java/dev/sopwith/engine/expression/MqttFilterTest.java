package dev.sopwith.engine.expression;

import static dev.sopwith.engine.expression.Parsing.bad;
import static dev.sopwith.engine.expression.Parsing.ok;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.LongStream;

final class MqttFilterTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "#, a/b/c",
                "#, /",
                "a/#, a",
                "a/#, a/",
                "a/#, a/b/c",
                "+/#, a",
                "/#, /",
                "+/+, /",
                "/+, /",
                "a/+/b, a//b",
                "$SYS/#, $SYS",
                "$SYS/+/load, $SYS/broker/load",
                "a/+, a/$x",
                "/+, /$x",
            })
    void a_filter_matches_as_the_standard_says(String filter, String topic) {
        assertThat(ok(MqttFilter.parse(filter)).matches(topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "+, /",
                "+, a/",
                "a/+, a",
                "a/#, ab",
                "a, A",
                "a, ` a`",
                "a, a/b",
                "a/b, a",
                "#, $SYS",
                "+/x, $SYS/x",
                "+/#, $SYS/x",
                "+, $SYS",
                "#, ``",
                "+, ``",
                "#, a/#",
                "+, +",
            })
    void a_filter_matches_nothing_else(String filter, String topic) {
        assertThat(ok(MqttFilter.parse(filter)).matches(topic)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``, 0",
                "#/a, 0",
                "a/#/b, 2",
                "##, 0",
                "a/b#, 3",
                "a/#b, 2",
                "a+, 1",
                "+a/b, 0",
                "++, 0",
                "a/+#, 2",
                "+/+b, 2"
            })
    void a_filter_that_breaks_the_standard_is_refused(String filter, int offset) {
        assertThat(bad(MqttFilter.parse(filter)).offset()).isEqualTo(offset);
    }

    @Test
    void nul_and_more_than_65535_bytes_are_refused() {
        assertThat(bad(MqttFilter.parse("a/\0")).offset()).isEqualTo(2);
        assertThat(MqttFilter.parse("a".repeat(65_535)).isOk()).isTrue();
        assertThat(MqttFilter.parse("a".repeat(65_536)).isOk()).isFalse();
        assertThat(MqttFilter.parse("é".repeat(32_767)).isOk()).isTrue();
        assertThat(MqttFilter.parse("é".repeat(32_768)).isOk()).isFalse();
        assertThat(ok(MqttFilter.parse("#")).matches("é".repeat(32_768))).isFalse();
        assertThat(ok(MqttFilter.parse("#")).matches("a\0")).isFalse();
    }

    @Test
    void the_levels_are_what_stands_between_the_slashes() {
        assertThat(ok(MqttFilter.parse("/a//+/#")).levels()).containsExactly("", "a", "", "+", "#");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_filter_and_topic_give_the_naive_answer(long seed) {
        var filters = new Soup(seed, "/", "/", "a", "b", "+", "/+", "#", "/#", "$");
        var topics = new Soup(seed + 1, "/", "/", "a", "b", "/a", "$");
        for (int i = 0; i < 20_000; i++) {
            var text = filters.next(6);
            if (!(Parsing.survives(MqttFilter::parse, text, seed) instanceof Parsed.Ok(var filter)))
                continue;
            var topic = topics.next(6);
            assertThat(filter.matches(topic))
                    .as("seed %d: %s of %s", seed, text, topic)
                    .isEqualTo(naive(text, topic));
        }
    }

    private static boolean naive(String filter, String topic) {
        boolean noTopic = topic.isEmpty() || topic.matches("(?s).*[+#\0].*");
        boolean hidden =
                topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"));
        if (noTopic || hidden) return false;
        return naive(List.of(filter.split("/", -1)), List.of(topic.split("/", -1)));
    }

    private static boolean naive(List<String> filter, List<String> topic) {
        if (filter.isEmpty()) return topic.isEmpty();
        if (filter.getFirst().equals("#")) return true;
        if (topic.isEmpty()) return false;
        boolean first = filter.getFirst().equals("+") || filter.getFirst().equals(topic.getFirst());
        return first && naive(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }

    static LongStream seeds() {
        return Soup.seeds();
    }
}
