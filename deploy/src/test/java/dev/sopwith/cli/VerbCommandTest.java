package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How an answer is drawn. */
class VerbCommandTest {
    private static final String COMMAND =
            "    | rsync --archive --delete /srv/releases/2026-11-21/ deploy@web-1:/srv/www/current/";

    private static final Answer ANSWER =
            new Answer(
                    Answer.Status.OK,
                    List.of(
                            "R-1 deploy, step 2 (Copy the release to the web server) needs a yes",
                            "  it does (sh):",
                            COMMAND,
                            "  who may decide: 2 of alice, bob, carol (default); not alice, who"
                                    + " started it"),
                    List.of(
                            List.of("RUN", "SOP", "STEP", "SINCE OR UNTIL", "DO"),
                            List.of(
                                    "R-1",
                                    "deploy",
                                    "step 2 (Copy the release to the web server)",
                                    "until 2026-11-22T03:00:00Z",
                                    "approve k7f3x | deny k7f3x")),
                    JsonMapper.shared().createObjectNode());

    @TempDir private Path folder;

    private List<String> pending(int columns) throws IOException {
        var state = Files.createDirectories(folder.resolve(".sopwith"));
        try (var _ = LocalServer.open(state.resolve("socket"), (_, _, _) -> ANSWER)) {
            var said = new Cli(folder).columns(columns).run("pending", "--sops-dir", "sops");
            assertThat(said.exit()).as(said.err()).isZero();
            return said.out().lines().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80})
    void in_a_terminal_all_fits_but_what_must_be_read_exactly(int columns) throws Exception {
        var lines = pending(columns);

        assertThat(lines).contains(COMMAND);
        assertThat(lines)
                .filteredOn(it -> !it.equals(COMMAND))
                .allMatch(it -> Glyph.width(it) <= columns);
        assertThat(lines).contains("R-1", "  sop: deploy");
        assertThat(lines).anyMatch(it -> it.contains("approve k7f3x | deny k7f3x"));
    }

    @Test
    void in_a_file_nothing_is_broken() throws Exception {
        assertThat(pending(0))
                .containsAll(ANSWER.lines())
                .last()
                .asString()
                .startsWith("R-1  deploy  step 2 (Copy");
    }
}
