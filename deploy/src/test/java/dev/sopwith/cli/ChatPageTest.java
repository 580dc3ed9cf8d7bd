package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.Frame.Kind;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/** Messages as lines that cannot be changed once they are printed. */
final class ChatPageTest {
    private final ChatPage page = new ChatPage();

    private String shown(Kind kind, String id, String title, String... lines) {
        return shown(kind, id, List.of(), title, lines);
    }

    private String shown(Kind kind, String id, List<String> calls, String title, String... lines) {
        var frame =
                new Frame(
                        kind,
                        1,
                        id,
                        "local",
                        Optional.empty(),
                        title,
                        List.of(lines),
                        calls,
                        false);
        return Screen.drawn(page.lines(frame), false);
    }

    @Test
    void of_a_message_that_changes_only_what_is_new_is_printed() {
        assertThat(shown(Kind.POST, "m1", "R-1 at gate", "votes: 0 of 1", "digest abc"))
                .isEqualTo("* R-1 at gate\n| votes: 0 of 1\n| digest abc\n");
        assertThat(shown(Kind.UPDATE, "m1", "R-1 at gate", "votes: 1 of 1", "digest abc"))
                .isEqualTo("~ R-1 at gate\n| votes: 1 of 1\n");
        assertThat(shown(Kind.CLOSE, "m1", "R-1 approved", "votes: 1 of 1", "digest abc"))
                .isEqualTo("- R-1 approved\n");
    }

    @Test
    void a_message_without_a_title_begins_with_its_first_line() {
        assertThat(shown(Kind.POST, "m2", "", "Sopwith is up: 1 SOP", "more"))
                .isEqualTo("* Sopwith is up: 1 SOP\n| more\n");
    }

    @Test
    void a_change_of_what_was_never_seen_is_printed_whole() {
        assertThat(shown(Kind.UPDATE, "m9", "R-9 running", "step 1"))
                .isEqualTo("~ R-9 running\n| step 1\n");
    }

    @Test
    void who_is_called_stands_there_once() {
        assertThat(shown(Kind.POST, "m1", List.of("alice", "bob"), "R-1"))
                .isEqualTo("* R-1\n| for alice, bob\n");
        assertThat(shown(Kind.UPDATE, "m1", List.of("alice", "bob"), "R-1", "x"))
                .isEqualTo("~ R-1\n| x\n");
    }

    @Test
    void nothing_in_a_message_acts_on_the_terminal() {
        assertThat(shown(Kind.POST, "m1", "a\u001b[2J", "b\r\u0007", "\uFDD0colour\u202e"))
                .doesNotContain("\u001b", "\r", "\u0007", "\u202e");
    }
}
