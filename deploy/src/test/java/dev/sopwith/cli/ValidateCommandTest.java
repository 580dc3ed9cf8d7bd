package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ValidateCommandTest {
    private static final String[] VALID = {
        "[sop]", "name = \"a\"", "description = \"d\"", "[[triggers]]", "type = \"manual\""
    };
    private static final String STEPS = "## Steps\n\n1. **Look** — well";

    @TempDir Path folder;

    @Test
    void a_finding_looks_like_a_compilers() {
        var answer =
                cli(
                                "[sop]",
                                "name = \"a\"",
                                "description = \"d\"",
                                "\tprioritty = \"high\"",
                                "[[triggers]]",
                                "type = \"manual\"")
                        .run("sop", "validate");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.out())
                .isEqualTo(
                        """
                        sops/a/SOP.toml:4:2: error: unknown key "prioritty" in [sop] [key-misspelt]
                           4 |     prioritty = "high"
                             |     ^
                          = fix: did you mean "priority"?

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
    void colours_are_for_terminals() {
        assertThat(cli("[sop]").inColour().run("sop", "validate").out())
                .contains("\u001b[1;31merror:\u001b[0m");
    }

    @Test
    void json_has_a_fixed_shape() {
        var answer =
                new Cli(folder).file("sops/a/SOP.toml", VALID).run("sop", "validate", "--json");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.out())
                .isEqualTo(
                        """
                        {
                          "valid" : false,
                          "sops" : [ {
                            "folder" : "a",
                            "name" : "a",
                            "valid" : false,
                            "diagnostics" : [ {
                              "file" : "sops/a/SOP.md",
                              "line" : 1,
                              "column" : 1,
                              "severity" : "error",
                              "code" : "no-steps",
                              "message" : "SOP has no steps (missing or empty SOP.md)",
                              "fix" : "write SOP.md with the steps under ## Steps"
                            } ]
                          } ],
                          "errors" : 1,
                          "warnings" : 0
                        }
                        """);
    }

    @Test
    void json_is_ascii() {
        assertThat(cli("[sop]", "\"ü\" = 1").run("sop", "validate", "--json").out())
                .contains("\\u00FC")
                .doesNotContain("ü");
    }

    @Test
    void one_name_in_two_folders_breaks_both() {
        var cli = cli(VALID).file("sops/b/SOP.toml", VALID).file("sops/b/SOP.md", STEPS);

        assertThat(cli.run("sop", "validate").out())
                .contains("2 SOPs: 0 valid, 2 broken", "the name 'a' is also used by sops/b");
        assertThat(cli.run("sop", "validate", "a").out()).contains("2 SOPs: 0 valid");
        assertThat(cli.run("sop", "validate", "b").out()).contains("1 SOP: 0 valid");
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        var cli = cli(VALID).file("elsewhere/SOP.toml", VALID);
        Files.createSymbolicLink(folder.resolve("sops/b"), Path.of("../elsewhere"));
        Files.createSymbolicLink(folder.resolve("linked"), Path.of("sops"));

        assertThat(cli.run("sop", "validate", "b").out()).contains("[file-is-link]");
        assertThat(cli.run("sop", "validate", "a").exit()).isZero();
        assertThat(cli.run("sop", "validate", "--sops-dir", "linked").out())
                .contains("linked is a symbolic link", "1 error");
    }

    @Test
    void a_folder_that_cannot_be_read_is_an_error_and_not_an_empty_one() {
        var cli = new Cli(folder).file("sops", "not a folder");

        for (var words :
                List.of(
                        List.of("sop", "validate"),
                        List.of("sop", "validate", "a"),
                        List.of("sop", "list"),
                        List.of("sop", "show", "a"))) {
            var answer = cli.run(words.toArray(String[]::new));
            assertThat(answer.exit()).as("%s", words).isEqualTo(1);
            assertThat(answer.out())
                    .startsWith("sops:1:1: error: sops is a file, not a folder [folder-unreadable]")
                    .doesNotContain("No SOPs here");
        }
        assertThat(cli.run("sop", "validate", "--json").out())
                .contains("\"valid\" : false", "\"problem\" : {", "\"errors\" : 1");
        assertThat(cli.run("sop", "list", "--json").out()).contains("\"problem\" : {");
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
        return new Cli(folder).file("sops/a/SOP.toml", toml).file("sops/a/SOP.md", STEPS);
    }
}
