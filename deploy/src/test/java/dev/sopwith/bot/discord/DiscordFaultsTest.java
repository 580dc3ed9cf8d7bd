package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.secret.Secret;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What goes wrong between a connector and Discord, on the wire. */
@Timeout(60)
class DiscordFaultsTest {
    private final DiscordNetwork network = new DiscordNetwork();
    private final FakeDiscord fake = network.fake;
    private final FakeWorld world = fake.world;
    private final BlockingQueue<InboundEvent> heard = new LinkedBlockingQueue<>();
    private DiscordConnector connector;

    @BeforeEach
    void connect() {
        connector = (DiscordConnector) network.connect();
        var _ = connector.subscribe(Optional.empty(), it -> heard.addAll(it.events()));
        FakeDiscord.await("the commands", fake.screen::hasCommands);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private InboundEvent next() throws InterruptedException {
        var event = heard.poll(FakeDiscord.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    private static Document line(String text) {
        return Document.line(text);
    }

    private OutboundMessage message(String key, String... thread) {
        return new OutboundMessage(
                key,
                world.channelId,
                thread.length == 0 ? Optional.empty() : Optional.of(thread[0]),
                line(key),
                List.of());
    }

    private String sent(OutboundMessage message) {
        var result = connector.send(message);
        assertThat(result.error()).isEmpty();
        return result.messageId().orElseThrow();
    }

    private static String messageOf(String id) {
        return MessageId.parse(id).orElseThrow().message();
    }

    private static String channelOf(String id) {
        return MessageId.parse(id).orElseThrow().channel();
    }

    private DiscordConnector other(Map<String, String> changes, String token) {
        var settings = new HashMap<>(fake.settings());
        settings.putAll(changes);
        return new DiscordConnector(
                settings,
                () -> token.isEmpty() ? Optional.empty() : Optional.of(Secret.of(token)),
                _ -> Set.of(),
                Deeds.offered(Speaker.Surface.ROOM),
                announced::add,
                InstantSource.system());
    }

    private final List<String> announced = new CopyOnWriteArrayList<>();

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

    @Test
    void a_channel_that_is_not_there_is_told_and_nothing_is_sent() {
        try (var lost = other(Map.of("channel_id", "4711"), FakeDiscord.TOKEN)) {
            var _ = lost.subscribe(Optional.empty(), _ -> {});
            FakeDiscord.await("word of it", () -> !announced.isEmpty());
            assertThat(announced).first().asString().contains("there is no channel 4711");
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

    // Limits and lost answers

    @Test
    void limits_that_were_met_and_requests_that_failed_are_counted() {
        assertThat(connector.health().facts()).containsEntry("rate limits met", "0");
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 1);
        sent(message("a"));
        fake.faults.fail(
                "POST", "/channels/\\d+/messages", 1, 403, "{\"message\":\"x\",\"code\":50013}");
        assertThat(connector.send(message("b")).delivered()).isFalse();

        assertThat(connector.health().facts())
                .containsEntry("rate limits met", "1")
                .containsEntry("requests failed", "1")
                .containsKeys("is", "ping");
        assertThat(connector.health().detail()).isEmpty();
    }

    @Test
    void too_much_is_waited_out_and_nothing_is_lost_or_swapped() {
        fake.faults.callsPerSecond = 5;
        for (int i = 0; i < 12; i++) sent(message("m" + i));
        assertThat(fake.screen.shown())
                .extracting(FakeScreen::text)
                .containsExactly(
                        "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11");
    }

    @Test
    void a_limit_longer_than_anybody_waits_is_told_and_the_message_comes_later() {
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 30);
        var result = connector.send(message("a"));
        assertThat(result.delivered()).isFalse();
        assertThat(result.retryAfter().orElse(Duration.ZERO)).isPositive();
    }

    @Test
    void a_server_that_stumbles_is_asked_again() {
        fake.faults.fail(
                "POST", "/channels/\\d+/messages", 1, 503, "{\"message\":\"x\",\"code\":0}");
        sent(message("a"));
        assertThat(fake.screen.shown()).hasSize(1);
    }

    @Test
    void an_answer_that_was_lost_is_found_by_what_the_gateway_told() {
        network.loseNextAnswer();
        var lost = message("a");
        assertThat(connector.send(lost).delivered()).isFalse();
        FakeDiscord.await("the echo", () -> connector.find(lost).isPresent());
        assertThat(messageOf(connector.find(lost).orElseThrow()))
                .isEqualTo(FakeScreen.id(fake.screen.shown().getFirst()));
        assertThat(connector.find(message("b"))).isEmpty();
    }

    @Test
    void the_end_is_quick_and_loses_nothing_that_was_confirmed() {
        for (int i = 0; i < 5; i++) sent(message("m" + i));
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 30);
        Thread.ofVirtual().start(() -> connector.send(message("late")));
        FakeDiscord.await(
                "the limit", () -> fake.calls.stream().anyMatch(it -> it.status() == 429));
        long begun = System.nanoTime();
        connector.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        assertThat(fake.screen.shown()).hasSize(5);
    }

    // The gateway

    @ParameterizedTest
    @ValueSource(ints = {1001, 4000, 4007, 4009})
    void a_session_that_is_closed_goes_on_without_a_gap(int code) throws Exception {
        fake.gateway.close(code);
        fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void a_session_that_is_moved_goes_on_without_a_gap() throws Exception {
        fake.gateway.askToReconnect();
        fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        FakeDiscord.await("a RESUME", () -> fake.gateway.received(6) > 0);
    }

    @Test
    void a_session_that_was_forgotten_begins_anew_and_reads_back() throws Exception {
        fake.people.mention(fake.people.user("alice"), world.channelId, "one");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        fake.gateway.forgetSessions();
        fake.gateway.cut();
        var id = fake.people.mention(fake.people.user("alice"), world.channelId, "two");

        assertThat(next().eventId()).isEqualTo(id);
        assertThat(fake.gateway.received(2)).isGreaterThan(1);
    }

    @Test
    void a_peer_that_is_silent_is_left() {
        connector.close();
        fake.gateway.heartbeatMillis = 200;
        var again = network.connect();
        fake.gateway.acknowledges = false;
        FakeDiscord.await("another session", () -> fake.gateway.received(6) > 0);
        fake.gateway.acknowledges = true;
        FakeDiscord.await("a connection", () -> again.health().reachable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MESSAGE_CREATE",
                "MESSAGE_REACTION_ADD",
                "MESSAGE_REACTION_REMOVE",
                "INTERACTION_CREATE",
                "THREAD_CREATE",
                "THREAD_UPDATE",
                "THREAD_DELETE",
                "THREAD_LIST_SYNC"
            })
    void what_makes_no_sense_is_left_out_and_the_next_is_heard(String type) throws Exception {
        for (var text :
                List.of(
                        "{}",
                        "{\"id\":null,\"type\":\"x\",\"author\":[],\"channel_id\":{}}",
                        "{\"user_id\":[],\"emoji\":3,\"message_id\":1,\"threads\":[{}]}",
                        "{\"id\":\"1\",\"type\":2,\"data\":7,\"member\":{\"user\":{}}}",
                        "{\"guild_id\":\"%s\",\"channel_id\":\"%s\",\"id\":\"9\",\"type\":3,\"token\":\"t\",\"data\":{}}"
                                .formatted(world.guildId, world.channelId))) {
            var json = (ObjectNode) JsonMapper.shared().readTree(text);
            fake.gateway.dispatch(type, json, -1);
        }
        var id = fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        assertThat(next().eventId()).isEqualTo(id);
    }

    @Test
    void nothing_that_was_said_stands_in_the_log_when_it_makes_no_sense() throws Exception {
        try (var log = new AllThatIsLogged()) {
            for (var type : List.of("MESSAGE_CREATE", "INTERACTION_CREATE", "GUILD_ROLE_UPDATE")) {
                for (var text :
                        List.of(
                                "{\"id\":\"hunter2\",\"channel_id\":\"hunter2\",\"content\":\"hunter2\"}",
                                "{\"id\":\"1\",\"type\":5,\"guild_id\":\"%s\",\"channel_id\":\"%s\",\"token\":\"hunter2\",\"data\":\"hunter2\"}"
                                        .formatted(world.guildId, world.channelId),
                                "{\"id\":[\"hunter2\"],\"type\":\"hunter2\",\"guild_id\":\"%s\",\"role\":\"hunter2\"}"
                                        .formatted(world.guildId))) {
                    var json = (ObjectNode) JsonMapper.shared().readTree(text);
                    fake.gateway.dispatch(type, json, -1);
                }
            }
            var id = fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
            assertThat(next().eventId()).isEqualTo(id);

            assertThat(log.texts()).isNotEmpty();
            assertThat(log.texts()).noneMatch(it -> it.contains("hunter2"));
            assertThat(log.texts()).anyMatch(it -> it.contains("INTERACTION_CREATE"));
        }
    }

    /** All that anybody logs, with the words of what was thrown. */
    private static final class AllThatIsLogged extends Handler implements AutoCloseable {
        private final Logger root = Logger.getLogger("");
        private final List<String> texts = new CopyOnWriteArrayList<>();

        AllThatIsLogged() {
            root.addHandler(this);
        }

        List<String> texts() {
            return texts;
        }

        @Override
        public void publish(LogRecord record) {
            var thrown = new StringWriter();
            Optional.ofNullable(record.getThrown())
                    .ifPresent(it -> it.printStackTrace(new PrintWriter(thrown)));
            texts.add(new SimpleFormatter().formatMessage(record) + thrown);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            root.removeHandler(this);
        }
    }

    // Who is heard

    @Test
    void neither_bots_nor_talk_nor_other_channels_are_heard() throws Exception {
        var alice = fake.people.user("alice");
        fake.people.mention(fake.people.otherBot("relay"), world.channelId, "run deploy");
        fake.people.say(alice, world.channelId, "approve abc12");
        fake.people.mention(alice, world.otherChannelId, "run deploy");
        var card = messageOf(sent(message("card")));
        fake.people.react(fake.people.otherBot("relay"), card, "✅");
        fake.people.react(alice, card, "\uD83D\uDC4D\uD83C\uDFFD");
        var id = fake.people.mention(alice, world.channelId, "runs");

        assertThat(next())
                .isInstanceOfSatisfying(
                        InboundEvent.Reaction.class,
                        it -> assertThat(it.mark()).isEqualTo("\uD83D\uDC4D"));
        assertThat(next().eventId()).isEqualTo(id);
        assertThat(heard).isEmpty();
    }

    @Test
    void a_reply_is_addressed_and_says_to_what() throws Exception {
        var card = sent(message("card"));
        fake.people.reply(fake.people.user("alice"), messageOf(card), "approve");
        assertThat(next())
                .isInstanceOfSatisfying(
                        InboundEvent.Message.class,
                        it -> {
                            assertThat(it.isAddressed()).isTrue();
                            assertThat(it.replyTo()).contains(card);
                            assertThat(it.text()).isEqualTo("approve");
                        });
    }

    @Test
    void what_is_written_to_it_alone_is_heard_and_answered_there() throws Exception {
        fake.people.whisper(fake.people.user("alice"), "whoami");
        var said = next();
        assertThat(said.room()).isNotEqualTo(world.channelId);
        var answer =
                new OutboundMessage(
                        "answer", said.room(), Optional.empty(), line("you"), List.of());
        sent(answer);
        assertThat(fake.screen.shown().getLast().path("channel_id").asString(""))
                .isEqualTo(said.room());
    }

    @Test
    void a_command_elsewhere_is_refused_privately() {
        var asked =
                fake.interactions.slash(
                        fake.people.user("alice"), world.otherChannelId, "sop list", Map.of());
        assertThat(asked.firstWord().path("data").path("content").asString(""))
                .contains("<#" + world.channelId + ">");
        assertThat(asked.firstWord().path("data").path("flags").asInt(0)).isEqualTo(64);
        assertThat(heard).isEmpty();
    }

    @Test
    void commands_are_registered_once_and_again_only_when_they_differ() {
        assertThat(world.commandWrites).isEqualTo(1);
        connector.close();
        connector = (DiscordConnector) network.connect();
        var _ = connector.subscribe(Optional.empty(), _ -> {});
        FakeDiscord.await(
                "a look", () -> fake.calls("GET", "/applications/.*/commands").size() > 1);
        sent(message("after"));
        assertThat(world.commandWrites).isEqualTo(1);
        assertThat(fake.calls("PUT", ".*commands")).hasSize(1);
    }

    @Test
    void more_buttons_than_fit_are_left_out_and_long_ids_too() {
        var controls = new ArrayList<Control>();
        for (int i = 0; i < 30; i++) controls.add(new Control("c" + i, "B" + i, Ask.NOTHING));
        controls.add(0, new Control("x".repeat(120), "long", Ask.NOTHING));
        var document = new Document("t", List.of(), Set.of(), controls, false);
        sent(new OutboundMessage("a", world.channelId, Optional.empty(), document, List.of()));
        assertThat(fake.screen.shown().getFirst().path("components")).hasSize(5);
    }

    @Test
    void a_message_of_somebody_else_is_not_changed() {
        var id = fake.people.say(fake.people.user("alice"), world.channelId, "mine");
        SendResult result =
                connector.update(MessageId.of(world.channelId, id).toString(), message("a"));
        assertThat(result.delivered()).isFalse();
        assertThat(result.isGone()).isFalse();
    }
}
