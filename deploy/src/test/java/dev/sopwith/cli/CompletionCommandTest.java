package dev.sopwith.cli;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The script as a real shell uses it. */
class CompletionCommandTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "./sopwith vali,            ''",
        "./sopwith run,             run runs",
        "./sopwith sop va,          validate",
        "./sopwith sop validate --st, --strict",
        "./sopwith approve --j,     --json",
        "./sopwith completion z,    zsh",
        "./sopwith pending --state, --state-dir"
    })
    void bash_completes_commands_and_options(String typed, String found) throws Exception {
        require(Files.isExecutable(Path.of("/bin/bash")), "this test needs bash");
        var words = typed.split(" ", -1);
        var script = script("bash");
        var asked =
                """
                source '%s'
                complete -p sopwith
                compopt() { :; } # means something only while a person completes
                COMP_WORDS=(%s) COMP_CWORD=%d COMP_LINE='%s' COMP_POINT=%d COMP_TYPE=9
                _complete_sopwith
                printf '%%s\\n' "${COMPREPLY[@]}"
                """
                        .formatted(script, typed, words.length - 1, typed, typed.length());
        var said = said("/bin/bash", "--norc", "-c", asked);

        assertThat(said.getFirst()).startsWith("complete ").endsWith("sopwith");
        assertThat(said.stream().skip(1).map(String::strip).sorted())
                .containsExactlyInAnyOrder(found.split(" ", -1));
    }

    @Test
    void zsh_reads_it_too() throws Exception {
        require(Files.isExecutable(Path.of("/bin/zsh")), "this test needs zsh");
        var asked = "source '%s' && print ${_comps[sopwith]}".formatted(script("zsh"));

        assertThat(said("/bin/zsh", "-f", "-c", asked)).last().asString().contains("sopwith");
    }

    @Test
    void another_shell_is_told_which_there_are() {
        var answer = new Cli(folder).run("completion", "fish");

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("no completion for fish", "bash, zsh");
        assertThat(answer.out()).isEmpty();
    }

    private Path script(String shell) throws IOException {
        var answer = new Cli(folder).run("completion", shell);
        assertThat(answer.exit()).as(answer.err()).isZero();
        return Files.writeString(folder.resolve("completion"), answer.out());
    }

    private static List<String> said(String... words) throws Exception {
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.lines().toList();
    }
}
