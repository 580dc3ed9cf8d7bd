package dev.sopwith.bench;

import dev.sopwith.engine.reading.SopReader;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A text that somebody made to keep the reader busy: deep, dense, or full of openings that are
 * never closed.
 *
 * @param task what reads it, and what reads a well-meant text of the same length
 */
record HostileInput(String name, Task task, String text) {

    private static final int FULL = SopReader.FILE_BYTES_MAX;

    /**
     * All kinds that are measured.
     *
     * @param divisor 1 for real sizes, more for small ones
     */
    static List<HostileInput> all(int divisor) {
        int full = FULL / divisor;
        int deep = 20_000 / divisor;
        return List.of(
                manifest("arrays nested %,d deep", deep, "a = " + "[".repeat(deep)),
                manifest(
                        "closed arrays nested %,d deep",
                        deep, "a = " + "[".repeat(deep) + "]".repeat(deep) + "\n"),
                manifest("inline tables nested %,d deep", deep, "a = " + "{a=".repeat(deep)),
                manifest("a key of %,d parts", deep, "a" + ".a".repeat(deep) + " = 1\n"),
                manifest("one line of %,d bytes, dense array", full, fill("a = [", "1,", full)),
                manifest("lines of 1,000, dense arrays", 0, fill("a = [", denseLine(), full)),
                manifest("%,d bytes of [", full, "[".repeat(full)),
                manifest("%,d bytes of quotes", full, "a = " + "\"".repeat(full - 4)),
                manifest("300 KiB", 0, SampleSops.manifestOf(307_200 / divisor, 100)),
                procedure("%,d quote marks", 50_000 / divisor, ">".repeat(50_000 / divisor)),
                procedure("bullets nested %,d deep", deep, "- ".repeat(deep) + "x"),
                procedure("a staircase of bullets", 0, staircase(700 / divisor)),
                procedure(
                        "%,d steps",
                        25_000 / divisor, "## Steps\n\n" + "1. step\n".repeat(25_000 / divisor)),
                procedure(
                        "%,d sub-steps of a step",
                        25_000 / divisor,
                        "## Steps\n\n1. step\n" + "   - a: b\n".repeat(25_000 / divisor)),
                procedure("%,d bytes of [", full, "[".repeat(full)),
                procedure("%,d bytes of [a](", full, fill("", "[a](", full)),
                procedure("%,d bytes of ![[]()", full, fill("", "![[]()", full)),
                procedure("back-tick runs of all lengths", 0, backTicks(700 / divisor)),
                procedure("%,d bytes of *a **a", full, fill("", "*a **a ", full)),
                procedure("%,d bytes of a**b_c", full, fill("", "a**b_c* ", full)),
                procedure("%,d bytes of <!--x", full, fill("a ", "<!--x ", full)),
                procedure("%,d link definitions", full / 10, fill("", "[a]: /b 'c\n", full)),
                procedure("300 KiB", 0, SampleSops.procedureOf(307_200 / divisor, 400)),
                new HostileInput(
                        "payload: JSON nested %,d deep".formatted(deep),
                        Task.PAYLOAD,
                        "[".repeat(deep)),
                new HostileInput(
                        "payload: %,d bytes of {\"a\":".formatted(full),
                        Task.PAYLOAD,
                        fill("", "{\"a\":", full)),
                new HostileInput(
                        "condition: %,d parentheses".formatted(deep),
                        Task.CONDITION,
                        "(".repeat(deep) + "$.a == 1" + ")".repeat(deep)),
                new HostileInput(
                        "cron: %,d characters".formatted(65_536 / divisor),
                        Task.CRON,
                        fill("", "1,", 65_536 / divisor) + "1 * * * *"));
    }

    private static HostileInput manifest(String name, int number, String text) {
        return new HostileInput("SOP.toml: " + name.formatted(number), Task.MANIFEST, text);
    }

    private static HostileInput procedure(String name, int number, String text) {
        return new HostileInput("SOP.md: " + name.formatted(number), Task.PROCEDURE, text);
    }

    /** The text of the same length and for the same task that a well-meaning author writes. */
    String wellMeant() {
        int length = Math.min(text.length(), FULL);
        return switch (task) {
            case MANIFEST -> SampleSops.manifestOf(length, 150);
            case PAYLOAD -> "[" + fill("", "{\"value\": 17},", length) + "0]";
            case CONDITION -> "$.env == \"prod\" && $.value > 17";
            case CRON -> "*/5 8-18 * * MON-FRI";
            case PROCEDURE, PARSE_PROCEDURE, LOAD, PARSE_ALL -> SampleSops.procedureOf(length, 400);
            case START -> throw new IllegalStateException("a start reads no text of authors");
        };
    }

    /** {@return as many whole pieces as there is room for} */
    private static String fill(String start, String piece, int length) {
        return start + piece.repeat(Math.max(0, (length - start.length()) / piece.length()));
    }

    private static String denseLine() {
        return "1,".repeat(499) + "\n";
    }

    private static String staircase(int steps) {
        return IntStream.range(0, steps)
                .mapToObj(i -> "  ".repeat(i % 350) + "- x\n")
                .collect(Collectors.joining());
    }

    private static String backTicks(int longest) {
        return IntStream.rangeClosed(1, longest)
                .mapToObj(i -> "`".repeat(i) + "e")
                .collect(Collectors.joining());
    }
}
