package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** No command shows anything of a file that holds a token, whatever else is wrong with it. */
class TokensTest {
    private static final String TOKEN = "ghp_" + "x1".repeat(18);
    private static final String KEY_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("sop", "validate"),
                    List.of("sop", "validate", "--strict", "--json"),
                    List.of("sop", "list"),
                    List.of("sop", "list", "--json"),
                    List.of("sop", "show", "a"));

    @TempDir Path folder;
    private Cli cli;

    @BeforeEach
    void a_valid_sop() {
        cli =
                new Cli(folder)
                        .file("sops/a/SOP.toml", manifest("priority = \"high\""))
                        .file("sops/a/SOP.md", "## Steps", "", "1. **Look** — well")
                        .file("sops/a/lib/deploy.sh", "echo done");
    }

    @Test
    void in_the_manifest() {
        cli.file(
                "sops/a/SOP.toml",
                manifest(
                        "priority = \"" + TOKEN + "\"",
                        TOKEN + " = 1",
                        "secretive_key = 1",
                        "prioritty = \"beside it\""));

        neverShown(TOKEN, "secretive_key", "beside it");
        assertThat(cli.run("sop", "validate").out())
                .contains("[token-in-file]", "5 | (not shown", "8 | (not shown")
                .contains("a finding that is not shown");
    }

    @Test
    void in_the_steps() {
        cli.file(
                "sops/a/SOP.md",
                "## Steps",
                "",
                "1. **Look** — " + TOKEN,
                "   - timeot: " + TOKEN,
                "   - when: $.payload." + TOKEN + " ==");

        neverShown(TOKEN, "timeot", "payload");
        assertThat(cli.run("sop", "validate").out())
                .contains("sops/a/SOP.md:3:15: error: this looks like a github token");
    }

    @Test
    void in_a_file_beside_them() {
        cli.file("sops/a/lib/deploy.sh", "echo begin", "curl -H 'Authorization: " + TOKEN + "'");

        neverShown(TOKEN, "Authorization", "echo begin");
        assertThat(cli.run("sop", "validate").out())
                .contains("sops/a/lib/deploy.sh:2:25: error:", "2 | (not shown");
        assertThat(cli.run("sop", "list").out()).contains("broken: sops/a/lib/deploy.sh:2:25");
    }

    @Test
    void a_key_over_many_lines_of_which_another_finding_is_about_the_second() {
        cli.file(
                "sops/a/SOP.toml",
                manifest(
                        "cooldown = \"\"\"-----BEGIN PRIVATE KEY-----",
                        KEY_BODY,
                        "-----END PRIVATE KEY-----\"\"\"",
                        KEY_BODY + " = 1"));

        neverShown(KEY_BODY);
    }

    @Test
    void in_a_folder_that_could_not_be_judged() {
        cli.file("sops/a/SOP.md", "x".repeat(11 * 1024 * 1024))
                .file("sops/a/SOP.toml", manifest("priority = \"" + TOKEN + "\""));

        neverShown(TOKEN);
    }

    private void neverShown(String... texts) {
        for (var words : COMMANDS) {
            var answer = cli.run(words.toArray(String[]::new));
            for (var text : texts) {
                assertThat(answer.out() + answer.err()).as("%s", words).doesNotContain(text);
            }
            assertThat(answer.exit()).as("%s", words).isEqualTo(words.contains("list") ? 0 : 1);
        }
    }

    private static String manifest(String... lines) {
        return "[sop]\nname = \"a\"\ndescription = \"d\"\n\n"
                + String.join("\n", lines)
                + "\n[[triggers]]\ntype = \"manual\"";
    }
}
