package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.engine.chat.Assistant;
import dev.sopwith.engine.chat.Assistant.Suggestion;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What makes no sense, is too much, or comes from who is not heard. */
class DiscordBadInputTest extends OnTheWire {
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

    @ParameterizedTest
    @ValueSource(ints = {2, 26})
    void more_is_suggested_than_discord_takes_and_it_gets_what_it_takes(int spare) {
        var words = new ArrayList<Suggestion>();
        for (int i = 0; i < 24 + spare; i++) words.add(new Suggestion("deploy-" + i, "d"));
        words.addFirst(new Suggestion("x".repeat(101), "too long for a choice"));
        connector.assist(new Suggesting(words));

        var alice = fake.people.user("alice");
        var shown = fake.interactions.suggestions(alice, "sop run", Map.of("name", "d"), "name");

        assertThat(shown).hasSize(25).doesNotContain("x".repeat(101)).contains("deploy-0");
    }

    /** Suggests always the same. */
    private record Suggesting(List<Suggestion> words) implements Assistant {
        @Override
        public Suggestions complete(String account, String text) {
            return new Suggestions(text.length() - 1, words);
        }

        @Override
        public List<Field> missing(String account, String text) {
            return List.of();
        }

        @Override
        public Set<String> open() {
            return Set.of();
        }
    }

    @Test
    void a_custom_emoji_is_no_mark_whatever_it_is_called() throws Exception {
        var card = messageOf(sent(message("card")));
        var alice = fake.people.user("alice");
        for (var name : List.of("✅", "white_check_mark", "")) {
            var json = JsonMapper.shared().createObjectNode();
            json.put("user_id", alice.id()).put("message_id", card);
            json.put("channel_id", world.channelId).put("guild_id", world.guildId);
            json.put("burst", false).put("type", 0);
            json.putObject("emoji").put("id", "4711").put("name", name);
            fake.gateway.dispatch("MESSAGE_REACTION_ADD", json, 10);
        }
        var id = fake.people.mention(alice, world.channelId, "runs");
        assertThat(next().eventId()).isEqualTo(id);
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
    void a_webhook_is_not_heard_whoever_it_says_it_is() throws Exception {
        var alice = fake.people.user("alice");
        fake.people.byWebhook(alice, world.channelId, "run deploy");
        fake.people.byWebhook(fake.people.otherBot("relay"), world.channelId, "run deploy");
        // Nor in what is read back after a time of which nothing was told.
        fake.gateway.forgetSessions();
        fake.gateway.cut();
        fake.people.byWebhook(alice, world.channelId, "approve abc12");
        var id = fake.people.mention(alice, world.channelId, "runs");

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
