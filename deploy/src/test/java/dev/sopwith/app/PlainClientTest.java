package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.PlainClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The plain text client of the demo, with the whole service behind it. */
@Timeout(120)
class PlainClientTest {
    @TempDir private Path folder;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private DiscordHouse house;
    private PlainClient client;

    @BeforeEach
    void open() throws Exception {
        house = new DiscordHouse(folder);
        client = new PlainClient(house.discord, List.of("alice", "bob"), seen::addAll);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void awaitSeen(String words) {
        FakeDiscord.await(
                words + " among " + seen, () -> seen.stream().anyMatch(it -> it.contains(words)));
    }

    private int number(String words) {
        FakeDiscord.await(words + " among " + seen, () -> client.number(words).isPresent());
        return client.number(words).orElseThrow();
    }

    @Test
    void two_people_at_one_keyboard_run_and_approve() {
        client.type("/sop run deploy");
        int prompt = number("needs a yes");
        awaitSeen("[Approve] [Deny] [Details]");
        client.type("press %d Approve".formatted(prompt));
        awaitSeen("sopwith to alice alone");
        awaitSeen("not counted: you started this run");
        client.type("bob: press %d Approve".formatted(prompt));
        awaitSeen("R-1 deploy: completed");
    }

    @Test
    void a_form_is_filled_in_line_by_line() {
        client.type("/sop run name:ask");
        assertThat(client.isAsked()).isTrue();
        assertThat(seen).anyMatch(it -> it.startsWith("a form for alice: "));
        assertThat(seen).last().asString().startsWith("host?");
        client.type("db1");
        assertThat(seen).anyMatch(it -> it.startsWith("pw?"));
        client.type("hunter2");
        assertThat(client.isAsked()).isFalse();
        awaitSeen("needs a yes");
    }

    @Test
    void what_is_suggested_is_shown() {
        client.type("/sop run d?");
        assertThat(seen).contains("name: deploy");
        client.type("/sop run ask h?");
        assertThat(seen).contains("inputs: host=");
    }

    @Test
    void marks_replies_and_threads_are_words_too() {
        client.type("/sop run pair");
        int prompt = number("needs a yes");
        client.type("bob: mark %d ✅".formatted(prompt));
        awaitSeen("votes: 1 of 2");
        client.type("bob: unmark %d ✅".formatted(prompt));
        var _ = number("votes: 0 of 2");
        client.type("bob: reply %d approve".formatted(prompt));
        var _ = number("votes: 1 of 2");
        client.type("in %d @sopwith cancel R-1 enough".formatted(number("R-1 pair: at gate")));
        awaitSeen("R-1 pair: cancelled");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "press 99 Approve | there is no message 99",
                "press 1 | there is more to press",
                "in 1 @sopwith runs | no thread begins at this message",
                "/sop fly | there is no /sop fly",
                "/nothing here | there is no command /nothing",
                "/sop | is a command with subcommands",
                "/sop run | the client wants name first",
                "/sop rerun R-1 x | from is a number"
            })
    void what_cannot_be_done_is_said_and_nothing_happens(String line, String why) {
        client.type("@sopwith runs"); // message 1
        client.type(line);
        assertThat(seen).anyMatch(it -> it.startsWith("not done: ") && it.contains(why));
        assertThat(client.isAsked()).isFalse();
    }
}
