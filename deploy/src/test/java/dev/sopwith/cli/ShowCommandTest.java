package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class ShowCommandTest {
    @TempDir Path folder;

    @Test
    void shows_gates_blocks_and_ways() {
        assertThat(shown("a").out())
                .contains(
                        """
                        Inputs
                          NAME  TYPE        NEEDED  DEFAULT  WHAT IT IS
                          env   dev | prod  no      dev      where to

                        Starts
                          by hand: run a
                          cron: 0 6 * * MON (UTC)
                              next: Mon 2026-03-02 06:00, Mon 2026-03-09 06:00, Mon 2026-03-16 06:00

                        Steps
                          1. Check
                             ◆ waits for approval: mode supervised asks at the first step
                             Look at it.
                             ▶ runs sh · within 1 min · repeatable
                             │ if true; then
                             │   echo "$SOP_INPUT_ENV"
                             │ fi
                             ├─ prod: if $.inputs.env == "prod" → 2. Sign
                             ├─ rest: otherwise → 3. Go
                             └─ if it fails → 4. Undo

                          2. Sign
                             ← from 1
                             ◆ waits for approval: a checkpoint, an approval and nothing else
                             asks: Sure?

                          3. Go
                             ← from 1
                             ☐ done by people
                             └─ then ■ the run ends

                          4. Undo
                             ← from 1 when it fails
                             ? only when 1 completed, else skipped
                             ☐ done by people
                             ├─ then ■ the run ends
                             └─ if it fails ↻ 2 more tries after 5 s, then the run fails
                        """);
    }

    @Test
    void no_control_sequence_of_the_files_passes() {
        assertThat(shown("a").out()).doesNotContain("\u001b").contains("evil ␛[2J text");
    }

    @Test
    void a_broken_one_shows_why() {
        var answer = new Cli(folder).file("sops/b/SOP.toml", "[sop]").run("sop", "show", "b");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.out()).contains("error:", "b is broken.");
    }

    private Cli.Answer shown(String name) {
        return new Cli(folder)
                .file(
                        "sops/a/SOP.toml",
                        "[sop]",
                        "name = \"a\"",
                        "description = \"d\"",
                        "[[inputs]]",
                        "name = \"env\"",
                        "type = \"choice\"",
                        "choices = [\"dev\", \"prod\"]",
                        "default = \"dev\"",
                        "description = \"where to\"",
                        "[[triggers]]",
                        "type = \"manual\"",
                        "[[triggers]]",
                        "type = \"cron\"",
                        "expression = \"0 6 * * MON\"")
                .file(
                        "sops/a/SOP.md",
                        "# Title",
                        "",
                        "An evil \u001b[2J text.",
                        "",
                        "## Steps",
                        "",
                        "1. **Check** — Look at it.",
                        "   - tools: shell",
                        "   - timeout: 60s",
                        "   - repeatable: true",
                        "   - switch: prod>$.inputs.env == \"prod\">2; rest>>3",
                        "   - on_failure: goto:4",
                        "",
                        "   ```sh",
                        "   if true; then",
                        "     echo \"$SOP_INPUT_ENV\"",
                        "   fi",
                        "   ```",
                        "2. **Sign**",
                        "   - kind: checkpoint",
                        "   - prompt: Sure?",
                        "3. **Go**",
                        "   - terminal: true",
                        "4. **Undo**",
                        "   - depends_on: 1",
                        "   - on_failure: retry:2 5s")
                .run("sop", "show", name);
    }

    @Test
    void an_empty_name_is_not_all_of_them() {
        for (var command : List.of("show", "validate")) {
            var answer = new Cli(folder).file("sops/a/SOP.toml", "").run("sop", command, "");
            assertThat(answer.exit()).isEqualTo(2);
            assertThat(answer.out()).isEmpty();
            assertThat(answer.err()).contains("NAME is empty");
        }
    }
}
