package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;

/** What is refused before a parser gets it, and what must not be. */
class HostileTextTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void comments_are_taken_out_and_nothing_moves() {
        assertThat(new TomlText("# one\na = 1 # two\r\nb = 2").withoutComments())
                .isEqualTo("\na = 1 \r\nb = 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"# no\"",
                "a = '# no'",
                "a = \"\\\"# no\"",
                "a = \"\"\"\n# no\n\"\" # no\n\"\"\"",
                "a = '''\n# no \\'''",
                "a = \"\"\"x\"\"\"\"\"\nb = '# no'",
                "a = \"\"\nb = '# no'",
                "# a comment with a control character \u0001"
            })
    void what_is_no_comment_stays(String text) {
        assertThat(new TomlText(text).withoutComments()).isEqualTo(text);
    }

    @Test
    void an_open_text_ends_with_its_line() {
        assertThat(new TomlText("a = \"x\n# y").withoutComments()).isEqualTo("a = \"x\n");
    }

    @Test
    void too_deep_too_many_and_too_empty_is_refused_at_its_place() {
        assertThat(problem("a = " + "[".repeat(65)))
                .isEqualTo("1:69 more than 64 brackets inside each other");
        assertThat(problem("a = [" + "1,".repeat(5_001)))
                .isEqualTo("1:10007 more than 5,000 items in lists");
        assertThat(problem("# one\n".repeat(501)))
                .isEqualTo("501:6 more than 500 lines in a row without a key");
    }

    @Test
    void what_is_just_within_is_read() {
        var text =
                "#\n".repeat(500)
                        + "[sop]\nname = \"a\"\ndescription = \"%s\"\nx = %s\ny = [%s]\n"
                                .formatted(
                                        "[,".repeat(9_000),
                                        "[".repeat(64) + "]".repeat(64),
                                        "1,".repeat(5_000))
                        + "[[triggers]]\ntype = \"manual\"\n";

        assertThat(SopReader.readManifest(text, NOW).value()).isPresent();
    }

    @Test
    void one_paragraph_of_marks_is_refused() {
        var text = "# T\n\n## Steps\n\n1. **A** — b\n2. " + "![[]()".repeat(1_000) + "\n";

        assertThat(SopReader.readProcedure(text).diagnostics())
                .filteredOn(Diagnostic::isError)
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.code()).isEqualTo(DiagnosticCode.TOO_MANY);
                            assertThat(it.line()).isEqualTo(6);
                        });
    }

    @Test
    void the_same_marks_in_paragraphs_or_a_block_are_read() {
        var paragraphs = "   [a](b) *c* `d`\n\n".repeat(1_000);
        var block = "   ```\n" + "   [a](b) *c* `d`\n".repeat(1_000) + "   ```\n";
        var text = "# T\n\n## Steps\n\n1. **A** — b\n\n" + paragraphs + block;

        assertThat(SopReader.readProcedure(text).diagnostics())
                .filteredOn(Diagnostic::isError)
                .isEmpty();
    }

    private static String problem(String text) {
        var finding = SopReader.readManifest(text, NOW).diagnostics().getFirst();
        assertThat(finding.code()).isEqualTo(DiagnosticCode.TOO_MANY);
        return finding.line() + ":" + finding.column() + " " + finding.message();
    }
}
