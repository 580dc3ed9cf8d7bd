package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.SopFiles;

import org.junit.jupiter.api.Test;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;

class FindingsTest {
    @Test
    void the_caret_stands_under_the_place() {
        assertThat(shown("[sop]\n\tprioritty = 1", finding(2, 2, "unknown key", "fix it")))
                .isEqualTo(
                        """
                        sops/a/SOP.toml:2:2: error: unknown key [key-misspelt]
                           2 |     prioritty = 1
                             |     ^
                          = fix: fix it

                        """);
    }

    @Test
    void a_byte_order_mark_takes_no_column() {
        assertThat(shown("\uFEFFx = 1", finding(1, 1, "m", "")))
                .contains("   1 | x = 1\n     | ^\n");
    }

    @Test
    void a_finding_without_a_line_stands_alone() {
        assertThat(shown("x", finding(9, 1, "gone", "")))
                .isEqualTo("sops/a/SOP.toml:9:1: error: gone [key-misspelt]\n\n");
    }

    @Test
    void an_authors_control_sequences_never_pass() {
        assertThat(shown("x = \"\u001b[2J\"", finding(1, 1, "\u001b[2J", "\u009b")))
                .doesNotContain("\u001b")
                .doesNotContain("\u009b")
                .contains("error: ␛[2J", "x = \"␛[2J");
    }

    private static String shown(String toml, Diagnostic finding) {
        var file = new SopFiles.File(toml.getBytes(UTF_8), false);
        var files = new SopFiles(Map.of("SOP.toml", file));
        var out = new StringWriter();
        var screen = new Screen(out, 0, false);
        var findings = List.of(finding);
        Findings.show(screen, findings, Sources.of(files, "sops/a", findings));
        screen.flush();
        return out.toString();
    }

    private static Diagnostic finding(int line, int column, String message, String fix) {
        var file = "sops/a/SOP.toml";
        return new Diagnostic(DiagnosticCode.KEY_MISSPELT, file, line, column, message, fix);
    }
}
