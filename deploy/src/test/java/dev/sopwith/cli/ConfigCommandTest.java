package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** {@code sopwith config}. */
class ConfigCommandTest {
    @TempDir private Path folder;

    private Cli with(String... lines) throws IOException {
        var cli = new Cli(folder).withRealPages().file("roster.yaml", lines);
        Files.setPosixFilePermissions(
                folder.resolve("roster.yaml"), PosixFilePermissions.fromString("rw-r--r--"));
        return cli;
    }

    @Test
    void a_good_roster_is_said_to_be_one() throws IOException {
        var answer = with("people: {alice: {local: [alice]}}").run("config", "check");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out()).isEqualTo("roster.yaml: 0 errors, 0 warnings\n");
    }

    @Test
    void what_is_wrong_is_shown_with_its_line() throws IOException {
        var answer = with("version: 1", "polices: {}").run("config", "check");

        assertThat(answer.exit()).isEqualTo(Exit.FINDINGS);
        assertThat(answer.out())
                .startsWith(
                        """
                        roster.yaml:2:1: error: there is no key "polices" [key-misspelt]
                           2 | polices: {}
                             | ^
                          = fix: did you mean "policies"?
                        """)
                .contains("roster.yaml: 1 error, 0 warnings");
    }

    @Test
    void any_file_can_be_checked() throws IOException {
        with("version: 1");

        assertThat(new Cli(folder).run("config", "check", "roster.yaml").exit()).isZero();
        assertThat(new Cli(folder).run("config", "check", "other.yaml").err())
                .contains("there is no file other.yaml");
    }

    @Test
    void sops_are_checked_against_the_roster() throws IOException {
        var cli =
                with("policies: {prod: {approvers: [everyone]}}")
                        .file(
                                "sops/go/SOP.toml",
                                "[sop]",
                                "name = \"go\"",
                                "description = \"d\"",
                                "[[triggers]]",
                                "type = \"manual\"")
                        .file(
                                "sops/go/SOP.md",
                                "## Steps",
                                "",
                                "1. **Go** — home.",
                                "   - policy: pord");

        var answer = cli.run("config", "check");

        assertThat(answer.exit()).isEqualTo(Exit.FINDINGS);
        assertThat(answer.out())
                .contains("sops/go/SOP.md:3:1: error: the roster has no policy \"pord\"");
    }

    @Test
    void the_sops_are_where_the_roster_says() throws IOException {
        var cli =
                with("sops_dir: procedures")
                        .file(
                                "procedures/go/SOP.toml",
                                "[sop]",
                                "name = \"go\"",
                                "description = \"d\"",
                                "[[triggers]]",
                                "type = \"manual\"")
                        .file(
                                "procedures/go/SOP.md",
                                "## Steps",
                                "",
                                "1. **Go** — home.",
                                "   - policy: prod");

        assertThat(cli.run("config", "check").out()).contains("procedures/go/SOP.md:3:1: error");
    }

    @Test
    void no_token_is_shown() throws IOException {
        var token = "ghp_" + "a1B2".repeat(9);
        for (var verb : new String[] {"check", "show"}) {
            var answer = with("version: 1", "groups: {a: [" + token + "]}").run("config", verb);

            assertThat(answer.exit()).isEqualTo(Exit.FINDINGS);
            assertThat(answer.out() + answer.err())
                    .contains("token-in-file")
                    .doesNotContain(token.substring(0, 12));
        }
    }

    @Test
    void what_the_service_makes_of_it_is_shown() throws IOException {
        var answer =
                with(
                                "people: {alice: {local: [alice]}, bob: {matrix: ['@b:example.org']}}",
                                "policies: {prod: {approvers: [alice, bob], quorum: 2}}",
                                "secrets: {DEPLOY_TOKEN: {sops: ['*']}}")
                        .run("config", "show");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out())
                .contains(
                        "  tmux: tmux",
                        "  bob: matrix:@b:example.org",
                        "  prod: 2 of alice bob",
                        "  DEPLOY_TOKEN: ",
                        "  timezone: UTC");
    }

    @Test
    void the_schema_is_the_published_one() throws IOException {
        assertThat(new Cli(folder).run("config", "schema").out())
                .isEqualTo(Files.readString(Path.of("..", "docs", "roster.schema.json")));
    }

    @Test
    void no_roster_is_no_error_of_the_service_but_there_is_nothing_to_check() {
        var answer = new Cli(folder).run("config", "check");

        assertThat(answer.exit()).isEqualTo(Exit.WRONG_USE);
        assertThat(answer.err()).contains("there is no roster.yaml", "docs/roster.md");
    }
}
