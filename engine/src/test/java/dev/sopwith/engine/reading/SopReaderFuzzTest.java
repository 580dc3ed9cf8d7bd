package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Whatever is in the files: findings, never an exception, never a hang, places that exist. */
class SopReaderFuzzTest {

    private static final List<String> PIECES =
            List.of(
                    "[sop]\n",
                    "[[triggers]]\n",
                    "[[inputs]]\n",
                    "name = \"x\"\n",
                    "type = \"cron\"\n",
                    "expression = \"* * * * *\"\n",
                    "condition = \"$.a == 1\"\n",
                    "= ",
                    "\"",
                    "'''",
                    "[",
                    "]",
                    "{",
                    "}",
                    "## Steps\n",
                    "1. ",
                    "2. **B** — ",
                    "\n",
                    "   - ",
                    "- ",
                    "tools: shell\n",
                    "requires_confirmation: true\n",
                    "next: 1\n",
                    "```sh\n",
                    "```\n",
                    "   ",
                    "\t",
                    "    ",
                    "**",
                    "*",
                    "`",
                    ">",
                    "#",
                    "<div>",
                    "<!--",
                    "-->",
                    "$SOP_RUN ",
                    "${inputs.x} ",
                    "<<EOF\n",
                    "\r\n",
                    "\r",
                    "\u0000",
                    "\uFEFF",
                    "\uD83D",
                    "é",
                    "\u202E",
                    "\\",
                    "---\n",
                    "===\n",
                    "[a]: b\n",
                    "![",
                    "](",
                    "on_failure: goto:1\n",
                    "switch: a>$.x == 1>1\n",
                    "id: a\n");

    static List<Long> seeds() {
        var seeds = new SplittableRandom(20261121);
        List<Long> list = new ArrayList<>();
        for (int i = 0; i < 40; i++) list.add(seeds.nextLong());
        return list;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void random_files_give_findings_with_places_that_exist(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) {
            var toml = mutate(random, Reading.VALID_TOML);
            var md = mutate(random, Reading.VALID_MD);
            check(bytes(toml), bytes(md), "seed %d round %d".formatted(seed, i));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void random_bytes_give_findings_with_places_that_exist(long seed) {
        var random = new SplittableRandom(seed);
        var toml = new byte[random.nextInt(300)];
        var md = new byte[random.nextInt(300)];
        random.nextBytes(toml);
        random.nextBytes(md);
        check(toml, md, "seed " + seed);
    }

    private static String mutate(SplittableRandom random, String text) {
        var mutated = new StringBuilder(random.nextInt(4) == 0 ? "" : text);
        int pieces = random.nextInt(30);
        for (int i = 0; i < pieces; i++) {
            int at =
                    random.nextInt(3) == 0
                            ? random.nextInt(mutated.length() + 1)
                            : mutated.length();
            mutated.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        }
        return mutated.toString();
    }

    /** Texts that have brought down parsers elsewhere. Sizes stay below the limit of a file. */
    static List<String> hostile() {
        return List.of(
                "[".repeat(20_000),
                "a = " + "[".repeat(20_000) + "]".repeat(20_000),
                "a = " + "{b=".repeat(20_000),
                "a = [" + "[1],".repeat(50_000) + "]",
                "a.".repeat(20_000) + "b = 1",
                "= \n".repeat(80_000),
                "[[triggers]]\n".repeat(19_000),
                "a = \"" + "\\\\".repeat(100_000) + "\"",
                ">".repeat(50_000) + "x",
                "## Steps\n\n" + "1. ".repeat(20_000),
                "## Steps\n\n" + "- ".repeat(20_000),
                "## Steps\n1. **A**\n" + "   - ".repeat(20_000),
                "## Steps\n1. " + "**".repeat(60_000),
                "## Steps\n1. " + "*a_ ".repeat(50_000),
                "## Steps\n1. " + "[".repeat(60_000),
                "## Steps\n1. " + "![](".repeat(50_000),
                "## Steps\n1. " + "`".repeat(1000) + " `".repeat(50_000),
                "## Steps\n1. " + "<a ".repeat(50_000),
                "## Steps\n" + "1. **A**\n".repeat(25_000),
                "## Steps\n1. A\n" + "   - next: 1\n".repeat(15_000),
                "## Steps\n1. A\n   - tools: sh\n\n   ```sh\n"
                        + "   $(".repeat(40_000)
                        + "\n   ```\n",
                "## Steps\n1. A\n   - tools: sh\n\n   ```sh\n" + "   cat <<X\n".repeat(20_000),
                "## Steps\n1. A\n   - switch: " + "a>>1;".repeat(40_000),
                "## Steps\n1. A\n   - prompt: " + "${inputs.".repeat(20_000),
                "## Steps\n1. A\n   - when: " + "(".repeat(200_000));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostile_texts_are_refused_quickly(String text) {
        check(bytes(text), bytes(text), "hostile");
        check(bytes(Reading.VALID_TOML), bytes(text), "hostile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"condition", "expression", "topic", "path", "dedupe"})
    void long_values_are_refused_quickly(String key) {
        for (var value : List.of("(".repeat(200_000), "$.".repeat(100_000), "a/".repeat(100_000))) {
            var toml =
                    "[sop]\nname='s'\n[[triggers]]\ntype='mqtt'\n%s='%s'\n".formatted(key, value);
            check(bytes(toml), bytes(Reading.VALID_MD), key);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ten times what a benchmark shows: this finds a hang, it measures nothing. */
    private static void check(byte[] toml, byte[] md, String what) {
        var files = Reading.files(Map.of("SOP.toml", toml, "SOP.md", md));
        var result =
                Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(10),
                        () -> SopReader.read(files, "s", Reading.NOW),
                        what);
        assertThat(result.sop().isPresent())
                .as(what)
                .isEqualTo(result.diagnostics().stream().noneMatch(Diagnostic::isError));
        for (Diagnostic diagnostic : result.diagnostics()) {
            var text =
                    new String(
                            diagnostic.file().endsWith(".md") ? md : toml, StandardCharsets.UTF_8);
            var lines = SourceText.of(text);
            assertThat(diagnostic.line())
                    .as("%s: %s", what, diagnostic)
                    .isBetween(1, lines.lineCount());
            assertThat(diagnostic.column())
                    .as("%s: %s", what, diagnostic)
                    .isBetween(1, lines.line(diagnostic.line() - 1).length() + 1);
        }
    }
}
