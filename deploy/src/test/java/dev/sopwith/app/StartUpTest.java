package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

/** What a command that ends soon must not pay for. */
@Timeout(120)
class StartUpTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"runs", "--help", "chat --help"})
    void only_what_edits_lines_loads_the_editor(String words) throws Exception {
        var loaded = loaded(words);

        assertThat(loaded).contains("dev.sopwith.cli.Main", "dev.sopwith.cli.ChatCommand");
        assertThat(loaded).noneMatch(it -> it.startsWith("org.jline."));
    }

    /** The classes that a process with these words loads. */
    private List<String> loaded(String words) throws Exception {
        var command = new RealService(folder).command(List.of(words.split(" ", -1)));
        command.command().add(1, "-Xlog:class+load:stdout");
        return RealService.said(command)
                .text()
                .lines()
                .filter(it -> it.contains(" source: "))
                .map(it -> it.substring(it.lastIndexOf(']') + 1).strip().split(" ", -1)[0])
                .toList();
    }
}
