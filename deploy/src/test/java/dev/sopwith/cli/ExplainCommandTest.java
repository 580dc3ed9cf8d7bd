package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

class ExplainCommandTest {
    @TempDir Path folder;

    @Test
    void a_page_comes_without_its_markup() {
        var answer = new Cli(folder).run("sop", "explain", "key-misspelt");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out())
                .isEqualTo(
                        """
                        key-misspelt (error)

                        About key-misspelt. And more of it.

                        Example

                            [sop]
                              two = "blanks"
                        """);
    }

    @ParameterizedTest
    @EnumSource
    void every_page_says_its_severity_once_and_fits(DiagnosticCode code) {
        var page =
                new Cli(folder).withRealPages().columns(40).run("sop", "explain", code.id()).out();

        assertThat(page)
                .startsWith(code.id() + " (" + code.severity().word() + ")\n\n")
                .doesNotContain("*" + code.severity().word() + "*");
        assertThat(page.lines().filter(line -> !line.startsWith("    ")))
                .allMatch(line -> line.length() <= 40);
        assertThat(page.lines()).allMatch(line -> line.equals(line.stripTrailing()));
    }

    @Test
    void the_code_may_be_copied_with_its_brackets() {
        assertThat(new Cli(folder).run("sop", "explain", "[KEY_MISSPELT]").exit()).isZero();
    }

    @Test
    void an_unknown_code_names_close_ones_and_all() {
        var answer = new Cli(folder).run("sop", "explain", "key-mispelt");

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("no code key-mispelt", "mean key-misspelt?", "no-steps");
    }

    @Test
    void without_a_code_all_are_listed_with_their_first_sentence() {
        var answer = new Cli(folder).run("sop", "explain");

        assertThat(answer.exit()).isZero();
        for (var code : DiagnosticCode.values()) {
            assertThat(answer.out()).contains("\n    About " + code.id() + ".\n");
        }
        assertThat(answer.out()).doesNotContain("And more");
    }
}
