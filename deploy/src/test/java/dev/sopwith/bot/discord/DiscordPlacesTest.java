package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where a connector speaks: channels, permissions, threads, cards that get old. */
class DiscordPlacesTest extends OnTheWire {
    // Permissions and places

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11 | Send Messages",
                "38 | Send Messages in Threads",
                "35 | Create Public Threads",
                "15 | Attach Files",
                "14 | Embed Links"
            })
    void a_missing_permission_is_named_and_all_arrives_once_it_is_there(int bit, String name) {
        var root = sent(message("card"));
        fake.faults.deny(bit);
        FakeDiscord.await("that it is known", () -> connector.missing().contains(name));

        var long1 = new Document("t", blocks(3_000), Set.of(), List.of(), false);
        var long2 = new Document("t", blocks(9_000), Set.of(), List.of(), false);
        var all =
                List.of(
                        message("more"),
                        message("deep", root),
                        new OutboundMessage(
                                "box", world.channelId, Optional.empty(), long1, List.of()),
                        new OutboundMessage(
                                "file", world.channelId, Optional.empty(), long2, List.of()));
        var failed = all.stream().map(connector::send).filter(it -> !it.delivered()).toList();
        assertThat(failed).isNotEmpty();
        assertThat(failed).allSatisfy(it -> assertThat(it.error().orElseThrow()).contains(name));

        fake.faults.allowAll();
        all.forEach(this::sent);
        assertThat(fake.screen.shown()).hasSize(5);
    }

    private static List<Block> blocks(int characters) {
        var all = new ArrayList<Block>();
        for (int left = characters; left > 0; left -= 1_000)
            all.add(Block.Code.of("x".repeat(1_000)));
        return all;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11 | Send Messages",
                "38 | Send Messages in Threads",
                "35 | Create Public Threads",
                "34 | Manage Threads",
                "14 | Embed Links",
                "15 | Attach Files",
                "16 | Read Message History"
            })
    void the_start_says_who_it_is_where_and_what_is_missing(int bit, String name) {
        fake.faults.deny(bit);
        try (var lacking = other(Map.of(), FakeDiscord.TOKEN)) {
            var _ = lacking.subscribe(Optional.empty(), _ -> {});
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced)
                    .first()
                    .asString()
                    .contains("application " + world.bot.id(), world.guildId, "#ops")
                    .contains("missing permissions: " + name + " ");
            FakeDiscord.await("that it stands there", () -> lacking.health().reachable());
            assertThat(lacking.health().detail()).contains(name);
        }
    }

    @Test
    void a_locked_thread_that_may_not_be_opened_says_what_is_missing() {
        var root = sent(message("card"));
        var first = sent(message("first", root));
        fake.faults.deny(FakeWorld.MANAGE_THREADS);
        FakeDiscord.await("that it is known", () -> connector.missing().contains("Manage"));
        fake.people.lock(channelOf(first));

        var refused = connector.send(message("second", root));

        assertThat(refused.error().orElseThrow()).contains("Manage Threads");
        fake.faults.allowAll();
        sent(message("second", root));
    }

    @Test
    void a_channel_that_is_not_there_is_told_and_nothing_is_sent() {
        try (var lost = other(Map.of("channel_id", "4711"), FakeDiscord.TOKEN)) {
            var _ = lost.subscribe(Optional.empty(), _ -> {});
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced).first().asString().contains("there is no channel 4711");
            // Told while the connection is still made: until then health speaks of that.
            FakeDiscord.await("that it stands there", () -> lost.health().reachable());
            assertThat(lost.health().detail()).contains("there is no channel 4711");
            var message = new OutboundMessage("a", "4711", Optional.empty(), line("a"), List.of());
            assertThat(lost.send(message).error().orElseThrow()).contains("Unknown Channel");
        }
    }

    @Test
    void a_channel_that_may_not_be_seen_is_told() {
        fake.faults.deny(FakeWorld.VIEW);
        try (var blind = other(Map.of(), FakeDiscord.TOKEN)) {
            var _ = blind.subscribe(Optional.empty(), _ -> {});
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced).first().asString().contains("Missing Access", "invite");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong.token"})
    void a_token_that_is_worth_nothing_ends_it_with_the_reason(String token) {
        try (var lost = other(Map.of(), token)) {
            lost.connect();
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced).first().asString().contains("DISCORD_BOT_TOKEN");
            assertThat(lost.health().authenticated()).isFalse();
            assertThat(lost.send(message("a")).error().orElseThrow()).contains("token");
        }
    }

    @Test
    void an_intent_that_is_not_allowed_ends_it_with_the_reason() {
        fake.gateway.forbiddenIntents = Set.of(10);
        try (var lost = other(Map.of(), FakeDiscord.TOKEN)) {
            lost.connect();
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced).first().asString().contains("intent");
        }
    }

    @Test
    void a_token_goes_in_the_clear_to_this_machine_only() {
        for (var url : List.of("http://example.org/", "ftp://127.0.0.1/", "https:///x")) {
            assertThatThrownBy(() -> other(Map.of("base_url", url), "t"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("https://");
        }
        assertThatThrownBy(() -> other(Map.of("gateway_url", "ws://example.org"), "t"))
                .hasMessageContaining("wss://");
        other(Map.of("base_url", "https://proxy.example.org/api/v10"), "t").close();
    }

    // Threads

    @Test
    void a_thread_is_called_as_its_run_and_not_as_it_stood_that_day() {
        var document = new Document("R-1 deploy: at gate", List.of(), Set.of(), List.of(), false);
        var root =
                sent(
                        new OutboundMessage(
                                "card", world.channelId, Optional.empty(), document, List.of()));
        var first = sent(message("first", root));

        synchronized (world) {
            var thread = world.channelOf(channelOf(first));
            assertThat(thread.path("name").asString("")).isEqualTo("R-1 deploy");
        }
    }

    @Test
    void what_was_put_away_or_locked_is_written_and_edited_all_the_same() {
        var root = sent(message("card"));
        var first = sent(message("first", root));
        fake.people.archive(channelOf(first));
        assertThat(connector.update(first, message("first again", root)).delivered()).isTrue();
        fake.people.lock(channelOf(first));

        sent(message("second", root));

        assertThat(fake.screen.shown())
                .extracting(FakeScreen::text)
                .contains("first again", "second");
    }

    @Test
    void the_end_of_a_run_puts_its_thread_away() {
        var root = sent(message("card"));
        var first = sent(message("first", root));
        var end =
                new OutboundMessage(
                        "card",
                        world.channelId,
                        Optional.empty(),
                        line("done"),
                        List.of(),
                        Optional.empty(),
                        true);
        assertThat(connector.update(root, end).delivered()).isTrue();
        assertThat(isArchived(channelOf(first))).isTrue();

        sent(message("late", root));
        assertThat(isArchived(channelOf(first))).isTrue();
    }

    private boolean isArchived(String thread) {
        synchronized (world) {
            return FakeWorld.isArchived(world.channelOf(thread));
        }
    }

    @Test
    void a_thread_that_was_put_away_is_kept_in_no_memory_and_works_when_it_is_opened() {
        var card = sent(message("card"));
        sent(message("in it", card));
        FakeDiscord.await("the thread", () -> openThreads() == 1);
        fake.people.archive(messageOf(card));
        FakeDiscord.await("none in memory", () -> openThreads() == 0);

        sent(message("once more", card));
        FakeDiscord.await("the thread again", () -> openThreads() == 1);
        assertThat(channelOf(sent(message("and more", card)))).isEqualTo(messageOf(card));
    }

    private long openThreads() {
        return connector.health().figures().getOrDefault("open_threads", -1L);
    }

    @Test
    void a_card_that_is_too_old_to_be_edited_makes_room_for_a_new_one_with_the_same_thread() {
        var root = sent(message("card"));
        var first = sent(message("first", root));
        fake.tooOldToEdit(messageOf(root));

        var result = connector.update(root, message("card now"));

        var renewed = result.messageId().orElseThrow();
        assertThat(renewed).isNotEqualTo(root);
        var second = sent(message("second", renewed));
        assertThat(channelOf(second)).isEqualTo(channelOf(first));
        assertThat(fake.screen.shown())
                .extracting(FakeScreen::text)
                .containsExactly("first", "card now", "second");
        fake.people.mention(fake.people.user("alice"), channelOf(first), "status");
        FakeDiscord.await("the word", () -> !heard.isEmpty());
        var said = (InboundEvent.Message) heard.remove();
        assertThat(said.threadId()).contains(renewed);
    }

    private OutboundMessage card(String text) {
        return new OutboundMessage(
                "card", world.channelId, Optional.empty(), line(text), List.of());
    }

    @Test
    void who_dies_while_a_card_is_sent_anew_leaves_no_second_one() {
        var root = sent(message("card"));
        var first = sent(message("first", root));
        fake.tooOldToEdit(messageOf(root));
        // It was sent anew, and the old one deleted; nobody wrote down the new number.
        var renewed = connector.update(root, card("card now")).messageId().orElseThrow();
        connector.close();
        connector = (DiscordConnector) network.connect();

        var again = connector.update(root, card("card later"));

        assertThat(again.messageId()).contains(renewed);
        assertThat(fake.screen.shown())
                .extracting(FakeScreen::text)
                .containsExactly("first", "card later");
        assertThat(channelOf(sent(message("second", renewed)))).isEqualTo(channelOf(first));
    }
}
