package dev.sopwith.bot.tmux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Frame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What clients have not seen is there after a restart, and never more than there is room for. */
final class JournalTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("room");
    }

    private Journal open(String epoch) throws IOException {
        return Journal.open(file(), () -> epoch);
    }

    private static Journal.Entry message(long seq, String id, String title) {
        var frame =
                new Frame(
                        id.equals("m" + seq) ? Frame.Kind.POST : Frame.Kind.UPDATE,
                        seq,
                        id,
                        "local",
                        Optional.empty(),
                        title,
                        List.of("one", "two"),
                        List.of(),
                        false);
        return new Journal.Entry("key of " + id, frame, true);
    }

    private static List<String> titles(Journal journal, long since) {
        return journal.after(since).stream().map(it -> it.frame().title()).toList();
    }

    @Test
    void the_newest_state_of_each_message_comes_back() throws IOException {
        try (var journal = open("a")) {
            journal.add(message(1, "m1", "running"));
            journal.add(message(2, "m2", "prompt"));
            journal.add(message(3, "m1", "completed"));
        }

        try (var journal = open("b")) {
            assertThat(journal.epoch()).isEqualTo("a");
            assertThat(journal.last()).isEqualTo(3);
            assertThat(titles(journal, 0)).containsExactly("prompt", "completed");
            assertThat(titles(journal, 2)).containsExactly("completed");
            assertThat(journal.id("key of m2")).contains("m2");
            assertThat(journal.entry("m2").orElseThrow().isOpen()).isTrue();
        }
    }

    @Test
    void a_file_that_was_cut_anywhere_gives_what_was_written_whole() throws IOException {
        try (var journal = open("a")) {
            journal.add(message(1, "m1", "first"));
            journal.add(message(2, "m2", "second"));
        }
        var whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (var journal = open("b")) {
                var kept = titles(journal, 0);
                assertThat(kept)
                        .as("cut at %d", length)
                        .isEqualTo(List.of("first", "second").subList(0, kept.size()));
                var next = journal.last() + 1;
                journal.add(message(next, "m" + next, "after"));
            }
            try (var journal = open("c")) {
                assertThat(titles(journal, 0)).last().isEqualTo("after");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"what?\n", "{\"journal\":99,\"epoch\":\"a\"}\n", "\u0000\u0001\n[]\n"})
    void what_is_no_journal_of_ours_begins_anew_under_another_name(String text) throws IOException {
        Files.writeString(file(), text);

        try (var journal = open("new")) {
            assertThat(journal.epoch()).isEqualTo("new");
            assertThat(journal.last()).isZero();
        }
    }

    @Test
    void lines_of_garbage_in_it_are_passed_over() throws IOException {
        try (var journal = open("a")) {
            journal.add(message(1, "m1", "first"));
        }
        Files.writeString(file(), "{}\n[1]\nwhat?\n", StandardOpenOption.APPEND);

        try (var journal = open("b")) {
            assertThat(titles(journal, 0)).containsExactly("first");
        }
    }

    @Test
    void it_holds_no_more_than_it_may_and_says_from_where_on_it_is_whole() throws IOException {
        long count = Journal.MESSAGES_MAX + 10L;
        try (var journal = open("a")) {
            for (long seq = 1; seq <= count; seq++) journal.add(message(seq, "m" + seq, "t" + seq));
        }

        try (var journal = open("b")) {
            assertThat(journal.after(0)).hasSize(Journal.MESSAGES_MAX);
            assertThat(journal.forgotten()).isEqualTo(10);
            assertThat(journal.id("key of m1")).as("not shown twice").contains("m1");
        }
        assertThat(Files.size(file())).isLessThan(1_000_000);
    }

    @Test
    void nobody_else_can_read_it() throws IOException {
        open("a").close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }
}
