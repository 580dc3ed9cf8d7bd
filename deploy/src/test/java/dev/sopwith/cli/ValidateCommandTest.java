package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class ValidateCommandTest {
    private static final String[] VALID = {
        "[sop]", "name = \"a\"", "description = \"d\"", "[[triggers]]", "type = \"manual\""
    };
    private static final String TOKEN = "ghp_" + "x1".repeat(18);

    @TempDir Path folder;

    @Test
    void a_finding_looks_like_a_compilers() {
        var answer =
                cli("[sop]", "\tprioritty = \"high\"")
                        .finding(
                                finding(DiagnosticCode.KEY_MISSPELT, 2, 2, "unknown key", "fix it"))
                        .run("sop", "validate");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.out())
                .isEqualTo(
                        """
                        sops/a/SOP.toml:2:2: error: unknown key [key-misspelt]
                           2 |     prioritty = "high"
                             |     ^
                          = fix: fix it

                        1 SOP: 0 valid, 1 broken; 1 error, 0 warnings
                        explain with: ./sopwith sop explain CODE
                        """);
        assertThat(answer.err()).isEmpty();
    }

    @Test
    void a_valid_one_is_one_line_and_the_next_times_of_its_schedules() {
        var answer =
                cli(
                                "[sop]",
                                "name = \"a\"",
                                "description = \"d\"",
                                "[[triggers]]",
                                "type = \"cron\"",
                                "expression = \"30 2 * * *\"",
                                "timezone = \"Europe/Berlin\"")
                        .run("sop", "validate", "--strict");

        assertThat(answer.out())
                .isEqualTo(
                        """
                        valid a 0.1.0: 1 step, 1 gate, 1 trigger
                              cron: 30 2 * * * (Europe/Berlin)
                                next: Mon 2026-03-02 02:30, Tue 2026-03-03 02:30, Wed 2026-03-04 02:30
                        1 SOP: 1 valid, 0 broken; 0 errors, 0 warnings
                        """);
        assertThat(answer.exit()).isZero();
    }

    @Test
    void warnings_matter_only_when_strict() {
        var cli = cli("[sop]", "name = \"a\"", "[[triggers]]", "type = \"manual\"");

        assertThat(cli.run("sop", "validate").exit()).isZero();
        assertThat(cli.run("sop", "validate").out()).contains("warning: SOP description is empty");
        assertThat(cli.run("sop", "validate", "--strict").exit()).isEqualTo(1);
        assertThat(cli.run("sop", "validate", "--strict", "--json").out())
                .contains("\"valid\" : false");
    }

    @Test
    void nothing_of_a_file_with_a_token_is_shown() {
        var answer =
                cli("[sop]", "key = \"" + TOKEN + "\"", "rest = \"" + TOKEN + "\"")
                        .finding(
                                finding(
                                        DiagnosticCode.TOKEN_IN_FILE,
                                        2,
                                        8,
                                        "a token",
                                        "take it out"),
                                finding(DiagnosticCode.KEY_UNKNOWN, 3, 1, "unknown key rest", ""))
                        .run("sop", "validate");

        assertThat(answer.out()).doesNotContain(TOKEN).contains("2 | (not shown", "3 | (not shown");
    }

    @Test
    void a_token_that_another_finding_quotes_does_not_come_out_either() {
        var cli =
                cli("[sop]", "priority = \"" + TOKEN + "\"")
                        .finding(
                                finding(
                                        DiagnosticCode.TOKEN_IN_FILE,
                                        2,
                                        13,
                                        "a token",
                                        "take it out"),
                                finding(DiagnosticCode.VALUE_UNKNOWN, 2, 1, "is " + TOKEN, TOKEN));

        assertThat(cli.run("sop", "validate").out()).contains("2 errors").doesNotContain(TOKEN);
        assertThat(cli.run("sop", "validate", "--json").out()).doesNotContain(TOKEN);
        assertThat(cli.run("sop", "list").out()).doesNotContain(TOKEN);
        assertThat(cli.run("sop", "list", "--json").out()).doesNotContain(TOKEN);
        assertThat(cli.run("sop", "show", "a").out()).doesNotContain(TOKEN);
    }

    @Test
    void an_authors_control_sequences_never_pass() {
        var answer =
                cli("x = \"\u001b[2J\"")
                        .finding(finding(DiagnosticCode.KEY_UNKNOWN, 1, 1, "\u001b[2J", "\u009b"))
                        .run("sop", "validate");

        assertThat(answer.out()).doesNotContain("\u001b").doesNotContain("\u009b").contains("␛[2J");
    }

    @Test
    void colours_are_for_terminals() {
        var finding = finding(DiagnosticCode.KEY_MISSPELT, 1, 1, "unknown key", "");

        assertThat(cli("x").finding(finding).inColour().run("sop", "validate").out())
                .contains("\u001b[1;31merror:\u001b[0m");
    }

    @Test
    void a_finding_without_a_line_stands_alone() {
        var answer =
                cli("x").finding(finding(DiagnosticCode.FILE_MISSING, 9, 1, "no SOP.md", ""))
                        .run("sop", "validate");

        assertThat(answer.out()).contains("no SOP.md [file-missing]\n\n1 SOP:");
    }

    @Test
    void json_has_a_fixed_shape() {
        var answer =
                cli("[sop]")
                        .finding(finding(DiagnosticCode.KEY_MISSPELT, 1, 2, "ü\u001b", "fix"))
                        .run("sop", "validate", "--json");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.out().replaceAll("\\s+", ""))
                .isEqualTo(
                        "{'valid':false,'sops':[{'folder':'a','name':'a','valid':false,'diagnostics':[{"
                                        .replace('\'', '"')
                                + ("'file':'sops/a/SOP.toml','line':1,'column':2,'severity':'error',"
                                                + "'code':'key-misspelt','message':'\\u00FC\\u001B',"
                                                + "'fix':'fix'}]}],'errors':1,'warnings':0}")
                                        .replace('\'', '"'));
    }

    @Test
    void one_can_be_checked_alone_by_name_or_folder() {
        var cli = cli(VALID).file("sops/b/SOP.toml", "[sop]");

        assertThat(cli.run("sop", "validate", "a").exit()).isZero();
        assertThat(cli.run("sop", "validate", "b").exit()).isEqualTo(1);
    }

    @Test
    void an_unknown_name_is_wrong_use_and_names_what_is_close() {
        var answer = cli(VALID).file("sops/deploy/SOP.md", "").run("sop", "validate", "depoly");

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).contains("no SOP called depoly", "Did you mean deploy?");
    }

    @Test
    void no_folder_is_wrong_use_and_a_single_sop_is_told_apart() {
        assertThat(new Cli(folder).run("sop", "validate").exit()).isEqualTo(2);
        assertThat(new Cli(folder).run("sop", "validate").err()).contains("no folder sops");
        assertThat(cli(VALID).run("sop", "validate", "--sops-dir", "sops/a").err())
                .contains("sops/a is one SOP");
    }

    @Test
    void hidden_folders_and_files_beside_are_no_sops() {
        var answer =
                cli(VALID)
                        .file("sops/.git/config", "")
                        .file("sops/README.md", "")
                        .run("sop", "validate");

        assertThat(answer.out()).contains("1 SOP: 1 valid");
    }

    private Cli cli(String... toml) {
        return new Cli(folder)
                .file("sops/a/SOP.toml", toml)
                .file("sops/a/SOP.md", "## Steps", "", "1. **Look** — well");
    }

    private static Diagnostic finding(
            DiagnosticCode code, int line, int column, String message, String fix) {
        return new Diagnostic(code, "sops/a/SOP.toml", line, column, message, fix);
    }
}
