package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pages under {@code docs/diagnostics}: one for each code, and what they show is so. */
class DiagnosticPagesTest {

    private static final Path PAGES = Path.of("..", "docs", "diagnostics");
    private static final String INDEX = "README.md";

    /** Findings that no example of one file can show: the page holds the message instead. */
    private static final Set<DiagnosticCode> SHOWN_BY_MESSAGE =
            EnumSet.of(
                    DiagnosticCode.FOLDER_UNREADABLE,
                    DiagnosticCode.FILE_MISSING,
                    DiagnosticCode.FILE_UNREADABLE,
                    DiagnosticCode.FILE_TOO_LARGE,
                    DiagnosticCode.FILE_CHANGED_WHILE_READ,
                    DiagnosticCode.FILE_IS_LINK,
                    DiagnosticCode.FILE_NAME_UNUSABLE,
                    DiagnosticCode.FOLDER_TOO_LARGE,
                    DiagnosticCode.NOT_UTF8,
                    DiagnosticCode.NUL_BYTE,
                    DiagnosticCode.TOKEN_IN_FILE,
                    DiagnosticCode.NAME_DUPLICATE,
                    DiagnosticCode.TOO_MANY,
                    DiagnosticCode.FILE_UNSAFE,
                    DiagnosticCode.POLICY_UNKNOWN,
                    DiagnosticCode.SECRET_NOT_GRANTED,
                    DiagnosticCode.GATE_UNMEETABLE,
                    DiagnosticCode.GATE_MAY_BE_UNMEETABLE,
                    DiagnosticCode.TIMEOUT_BEFORE_GATE,
                    DiagnosticCode.BROKER_UNKNOWN,
                    DiagnosticCode.BROKER_NOT_NAMED,
                    DiagnosticCode.SIGNAL_UNKNOWN,
                    DiagnosticCode.SIGNAL_WRONG_WAY);

    @ParameterizedTest
    @EnumSource
    void every_code_has_a_page_in_the_one_form(DiagnosticCode code) {
        var page = new Markdown(SourceText.of(code.page()));
        var blocks = Markdown.children(page.document());

        assertThat(blocks).hasSizeGreaterThan(3);
        assertThat(heading(blocks.get(0), 1)).isEqualTo(code.id());
        assertThat(DocBlock.text(page, blocks.get(1)))
                .isEqualTo("*%s*".formatted(code.severity().word()));
        assertThat(blocks.get(2)).isInstanceOf(Paragraph.class);
        assertThat(page.lines(blocks.get(2))).as("the sentence is one line").hasSize(1);
        assertThat(sentence(code)).endsWith(".").doesNotContain("|").doesNotContain(". ");
        assertThat(blocks.stream().filter(Heading.class::isInstance).skip(1))
                .extracting(node -> heading(node, 2))
                .containsExactly("What it means", "Why", "How to fix", "Example");
    }

    @Test
    void there_is_no_page_without_a_code() throws IOException {
        var expected =
                Stream.concat(
                        Stream.of(INDEX),
                        Arrays.stream(DiagnosticCode.values()).map(code -> code.id() + ".md"));
        try (var pages = Files.list(PAGES)) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(expected.toList());
        }
    }

    @TestFactory
    Stream<DynamicTest> examples() {
        return Arrays.stream(DiagnosticCode.values()).flatMap(DiagnosticPagesTest::examples);
    }

    private static Stream<DynamicTest> examples(DiagnosticCode code) {
        var blocks = DocBlock.in(code.page());
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(dynamicTest(code.id() + " has examples", () -> assertExamples(code, blocks)));
        for (DocBlock block : blocks) {
            var name = "%s, line %d: %s".formatted(code.id(), block.line(), block.label());
            // Those in YAML are rosters, and RosterPagesTest reads them.
            if (block.language().equals("yaml")) continue;
            if (block.label().equals("Wrong:")) {
                tests.add(dynamicTest(name, () -> assertShows(block, code)));
            } else if (block.label().equals("Right:")) {
                tests.add(dynamicTest(name, () -> assertClean(block)));
            }
        }
        return tests.stream();
    }

    private static void assertExamples(DiagnosticCode code, List<DocBlock> blocks) {
        if (SHOWN_BY_MESSAGE.contains(code)) {
            assertThat(blocks).extracting(DocBlock::language).containsOnly("text").isNotEmpty();
            assertThat(blocks.getFirst().text()).contains("[" + code.id() + "]");
        } else {
            assertThat(blocks).extracting(DocBlock::label).startsWith("Wrong:", "Right:");
            assertThat(blocks).extracting(DocBlock::label).containsOnly("Wrong:", "Right:");
        }
    }

    private static void assertShows(DocBlock block, DiagnosticCode code) {
        assertThat(block.read().diagnostics()).extracting(Diagnostic::code).contains(code);
    }

    private static void assertClean(DocBlock block) {
        assertThat(block.read().diagnostics()).isEmpty();
    }

    /** A folder for each message that only a large or damaged file brings about. */
    static Stream<Map.Entry<DiagnosticCode, SortedMap<String, byte[]>>> folders() {
        var manifest = bytes(DocBlock.OTHER_MANIFEST);
        var tooMany = DocBlock.OTHER_MANIFEST + "\n[[triggers]]\ntype = \"manual\"\n".repeat(200);
        return Stream.of(
                Map.entry(DiagnosticCode.FILE_MISSING, folder(new byte[0], new byte[0])),
                Map.entry(DiagnosticCode.FILE_TOO_LARGE, folder(manifest, new byte[301_056])),
                Map.entry(
                        DiagnosticCode.NOT_UTF8,
                        folder(
                                "[sop]\ndescription = \"Tür\"\n"
                                        .getBytes(StandardCharsets.ISO_8859_1),
                                bytes(DocBlock.OTHER_PROCEDURE))),
                Map.entry(
                        DiagnosticCode.NUL_BYTE,
                        folder(manifest, bytes("## Steps\n\n1. **Deploy** — run\0"))),
                Map.entry(
                        DiagnosticCode.TOO_MANY,
                        folder(bytes(tooMany), bytes(DocBlock.OTHER_PROCEDURE))));
    }

    private static SortedMap<String, byte[]> folder(byte[] manifest, byte[] procedure) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        if (manifest.length > 0) files.put(SopReader.MANIFEST, manifest);
        if (procedure.length > 0) files.put(SopReader.PROCEDURE, procedure);
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void a_page_without_an_example_shows_the_message_itself(
            Map.Entry<DiagnosticCode, SortedMap<String, byte[]>> folder) {
        var found =
                DocBlock.read(folder.getValue()).diagnostics().stream()
                        .filter(diagnostic -> diagnostic.code() == folder.getKey())
                        .map(Diagnostic::toString)
                        .toList();

        assertThat(found).hasSize(1);
        assertThat(DocBlock.in(folder.getKey().page()).getFirst().text().strip())
                .isEqualTo(found.getFirst());
    }

    @Test
    void the_index_says_what_the_pages_say() throws IOException {
        var index = Files.readString(PAGES.resolve(INDEX));

        assertThat(index)
                .contains("## SOP.toml\n\n" + table("toml"))
                .contains("## SOP.md\n\n" + table("md"))
                .contains("## roster.yaml\n\n" + table("yaml"))
                .contains("## The folder and its files\n\n" + table("text"));
        assertThat(index.lines().filter(line -> line.startsWith("| [")))
                .hasSize(DiagnosticCode.values().length);
    }

    /** The rows of all codes whose page begins with an example in this language. */
    private static String table(String language) {
        return Arrays.stream(DiagnosticCode.values())
                .filter(code -> DocBlock.in(code.page()).getFirst().language().equals(language))
                .map(
                        code ->
                                "| [%1$s](%1$s.md) | %2$s | %3$s |\n"
                                        .formatted(
                                                code.id(), code.severity().word(), sentence(code)))
                .collect(
                        Collectors.joining(
                                "", "| code | severity | what it says |\n|---|---|---|\n", ""));
    }

    private static String sentence(DiagnosticCode code) {
        return code.page().lines().skip(4).findFirst().orElse("");
    }

    private static String heading(Node node, int level) {
        assertThat(node).isInstanceOf(Heading.class);
        assertThat(((Heading) node).getLevel()).isEqualTo(level);
        return node.getFirstChild() instanceof org.commonmark.node.Text text
                ? text.getLiteral()
                : "";
    }
}
