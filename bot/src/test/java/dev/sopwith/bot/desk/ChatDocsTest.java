package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Help;
import dev.sopwith.bot.command.Verb;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** docs/chat.md lists what can be said, no more and no less. */
class ChatDocsTest {
    @Test
    void the_page_has_the_table_of_verbs_as_help_has_it() throws IOException {
        var offered = Deeds.offered(Speaker.Surface.SOCKET);
        var verbs = Arrays.stream(Verb.values()).filter(offered::contains).toList();
        var rows =
                Help.table(verbs).stream()
                        .map(
                                row ->
                                        "| `%s` | %s |"
                                                .formatted(
                                                        row.getFirst().replace("|", "\\|"),
                                                        row.getLast()))
                        .toList();

        var page = Files.readAllLines(Path.of("..", "docs", "chat.md"));

        assertThat(page.stream().filter(it -> it.startsWith("| `")))
                .containsExactlyElementsOf(rows);
    }
}
