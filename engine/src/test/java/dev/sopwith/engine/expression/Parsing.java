package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Function;

/** What the tests of all small readers share. */
final class Parsing {
    private static final Duration TIME_MAX = Duration.ofSeconds(1);

    private Parsing() {}

    /** The value of a text that must be readable. */
    static <T> T ok(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Ok(var value) -> value;
            case Parsed.Bad(var offset, var problem, _) ->
                    throw new AssertionError("offset " + offset + ": " + problem);
        };
    }

    /** The finding about a text that must not be readable. */
    static <T> Parsed.Bad<T> bad(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Ok(var value) -> throw new AssertionError("was read: " + value);
            case Parsed.Bad<T> bad -> bad;
        };
    }

    static JsonValue json(String text) {
        return ok(JsonValue.parse(text));
    }

    /** Reads any text and requires what holds of every reader: an answer, a place in the text. */
    static <T> Parsed<T> survives(Function<String, Parsed<T>> reader, String text, long seed) {
        long start = now();
        var parsed = reader.apply(text);
        assertQuick(start, text, seed);
        if (parsed instanceof Parsed.Bad<T>(var offset, var problem, var fix)) {
            assertThat(offset).as("seed %d: %s", seed, text).isBetween(0, text.length());
            assertThat(problem).as("seed %d: %s", seed, text).isNotBlank().doesNotEndWith(".");
            assertThat(fix).as("seed %d: %s", seed, text).doesNotEndWith(".");
        }
        return parsed;
    }

    /** Processor time of this thread: on a busy machine the clock also counts the others. */
    static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /**
     * Generous: it finds what takes exponentially long, not what is slow.
     *
     * @param start what {@link #now} was before
     */
    static void assertQuick(long start, String text, long seed) {
        var took = Duration.ofNanos(now() - start);
        assertThat(took).as("seed %d: %s", seed, text).isLessThan(TIME_MAX);
    }
}
