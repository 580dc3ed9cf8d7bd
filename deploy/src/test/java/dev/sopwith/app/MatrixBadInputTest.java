package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
import dev.sopwith.bench.synapse.FaultProxy.Request;
import dev.sopwith.bench.synapse.MatrixRefusal;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What is wrong is told where people look, and everything else goes on. */
@ExtendWith(SynapseExtension.class)
@Timeout(180)
@Tag("peer")
class MatrixBadInputTest {
    @TempDir private Path folder;
    private final AtomicInteger lengthened = new AtomicInteger();
    private MatrixHouse house;

    @BeforeEach
    void begin() throws Exception {
        house = MatrixHouse.open(folder, SynapseExtension.shared());
        house.ask();
    }

    @AfterEach
    void end() {
        house.close();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    /** The service is there whatever its connector does, and says what that lacks. */
    private void assertTells(String... what) throws Exception {
        house.start(Clock.systemUTC());
        for (var it : what) Eventually.await(() -> house.health().contains(it), house::health);
        assertThat(house.ask("run", "ask")).contains("R-1");
    }

    // Settings

    @Test
    void a_room_that_does_not_exist() throws Exception {
        house.roster("!nowhere:localhost", house.bot.id(), "");
        assertTells("!nowhere:localhost");
    }

    @Test
    void an_alias_that_does_not_exist() throws Exception {
        house.roster("#nowhere:localhost", house.bot.id(), "");
        assertTells("#nowhere:localhost");
    }

    @Test
    void a_token_of_another_user() throws Exception {
        house.environment.clear();
        house.environment.put("MATRIX_ACCESS_TOKEN", house.carol.token());
        assertTells(house.carol.id(), house.bot.id());
        assertThat(house.alice.events(house.room))
                .filteredOn(it -> it.sender().equals(house.carol.id()) && it.isMessage())
                .isEmpty();
    }

    @Test
    void no_secret_at_all() throws Exception {
        house.environment.clear();
        assertTells("MATRIX_ACCESS_TOKEN", "MATRIX_PASSWORD");
    }

    @Test
    void a_wrong_password() throws Exception {
        house.environment.put("MATRIX_PASSWORD", "wrong");
        assertTells("MATRIX_PASSWORD");
        assertThat(house.health()).doesNotContain("wrong\"");
    }

    @Test
    void a_page_where_the_homeserver_should_be_and_then_the_homeserver() throws Exception {
        var page = house.proxy.failAlways(_ -> true, FaultProxy.page(200));
        assertTells("no Matrix homeserver");
        page.end();
        house.awaitInRoom();
        var _ = house.awaitPrompt("R-1");
    }

    @Test
    void a_server_that_speaks_no_tls() throws Exception {
        house.roster(
                house.proxy.url().toString().replace("http:", "https:"),
                house.room,
                house.bot.id(),
                "");
        assertTells("TLS");
    }

    @Test
    void nobody_listens() throws Exception {
        house.proxy.goDown();
        assertTells("nobody listens there");
        house.proxy.comeBack();
        house.awaitInRoom();
        var _ = house.awaitPrompt("R-1");
    }

    @Test
    void a_clock_that_is_behind_the_servers() throws Exception {
        house.start(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-30)));
        house.awaitInRoom();
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitPrompt("R-1");
        house.bob.react(house.room, prompt.id(), "✅");
        house.awaitText("R-1 ask: completed");
    }

    // Events

    private void assertStillHears() throws Exception {
        house.alice.say(house.room, "!sop whoami");
        house.awaitText("matrix:" + house.alice.id());
        house.awaitHealthy();
    }

    @Test
    void events_of_every_type_that_are_not_what_they_should_be() throws Exception {
        house.start();
        var types =
                List.of(
                        "m.room.message",
                        "m.reaction",
                        "m.room.encrypted",
                        "m.room.redaction",
                        "m.sticker",
                        "org.example.unknown");
        var contents =
                List.of(
                        "{}",
                        "{\"msgtype\":7,\"body\":[]}",
                        "{\"msgtype\":\"m.text\",\"body\":null}",
                        "{\"msgtype\":\"m.text\",\"body\":{\"a\":1}}",
                        "{\"msgtype\":\"m.text\",\"body\":\"!sop whoami\",\"m.mentions\":\"all\"}",
                        "{\"body\":\"!sop whoami\",\"m.relates_to\":7}",
                        "{\"m.relates_to\":{\"rel_type\":\"m.annotation\"}}",
                        "{\"m.relates_to\":{\"rel_type\":[],\"event_id\":{},\"key\":3}}",
                        "{\"m.relates_to\":{\"rel_type\":\"m.thread\",\"event_id\":\"$gone\"}}",
                        "{\"m.relates_to\":{\"m.in_reply_to\":{\"event_id\":1}}}",
                        "{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"ciphertext\":\"AAAA\","
                                + "\"session_id\":\"x\",\"sender_key\":\"y\",\"device_id\":\"z\"}",
                        "{\"algorithm\":7,\"ciphertext\":{}}",
                        "{\"redacts\":7}");
        int sent = 0;
        for (var type : types) {
            for (var content : contents) {
                try {
                    house.alice.send(house.room, type, json(content));
                    sent++;
                } catch (MatrixRefusal e) {
                    assertThat(e.status()).as("the server refuses it by itself").isIn(400, 500);
                }
            }
        }
        assertThat(sent).isGreaterThan(30);
        assertStillHears();
    }

    @Test
    void a_sync_with_what_no_server_should_send() throws Exception {
        house.start();
        var odd = house.proxy.failAlways(Request::isSync, FaultProxy.change(this::spoil));
        house.alice.say(house.room, "one");
        Eventually.await(() -> odd.hits() >= 2);
        odd.end();
        assertStillHears();
    }

    private void spoil(ObjectNode sync) {
        if (!(sync.path("rooms").path("join").path(house.room) instanceof ObjectNode joined)) {
            return;
        }
        if (!(joined.path("timeline").path("events") instanceof ArrayNode events)) return;
        events.insert(0, json("{\"type\":\"m.room.message\",\"content\":{\"body\":\"x\"}}"));
        events.insert(
                0,
                json(
                        "{\"type\":\"m.room.message\",\"event_id\":\"$odd\",\"sender\":\"nobody\","
                                + "\"origin_server_ts\":-1,\"content\":[]}"));
    }

    @Test
    void messages_as_long_as_a_server_takes_and_marks_of_any_length() throws Exception {
        house.start();
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitPrompt("R-1");
        house.alice.say(house.room, "!sop " + "x".repeat(63_000));
        house.alice.say(house.room, "!sop run ask " + "a=b ".repeat(15_000));
        // Synapse refuses such a mark; another server may not.
        var marks = house.proxy.failAlways(Request::isSync, FaultProxy.change(this::lengthenMarks));
        house.bob.react(house.room, prompt.id(), "👍");
        Eventually.await(() -> lengthened.get() > 0);
        marks.end();
        assertStillHears();
        assertThat(house.ask("status", "R-1")).contains("votes: 0 of 1");
    }

    private void lengthenMarks(ObjectNode sync) {
        for (var room : sync.path("rooms").path("join")) {
            for (var event : room.path("timeline").path("events")) {
                if (!event.path("type").asString("").equals("m.reaction")) continue;
                var content = (ObjectNode) event.path("content");
                content.withObject("/m.relates_to").put("key", "✅".repeat(10_000));
                lengthened.incrementAndGet();
            }
        }
    }

    @Test
    void relations_of_relations_of_relations() throws Exception {
        house.start();
        var last = house.alice.say(house.room, "root");
        for (int i = 0; i < 30; i++) last = house.alice.reply(house.room, last, "level " + i);
        var content = MatrixUser.text("deep");
        var deep = content;
        for (int i = 0; i < 90; i++) deep = deep.putObject("m.relates_to");
        try {
            house.alice.send(house.room, content);
        } catch (MatrixRefusal e) {
            assertThat(e.status()).isEqualTo(400);
        }
        assertStillHears();
    }

    @Test
    void accounts_with_odd_letters() throws Exception {
        var odd = house.synapse.registerSomeone("a=b/c_d.e+f-");
        house.alice.invite(house.room, odd.id());
        odd.join(house.room);
        addPerson("odd", odd.id());
        house.start();
        odd.say(house.room, "!sop whoami");
        house.awaitText("matrix:" + odd.id());
    }

    private void addPerson(String name, String id) throws IOException {
        var file = folder.resolve("roster.yaml");
        var text = Files.readString(file);
        Files.writeString(
                file,
                text.replace(
                        "people:\n", "people:\n  %s: {matrix: [\"%s\"]}\n".formatted(name, id)));
    }
}
