package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.JsPeer;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Whose device it is: the service's own, for others, and those of people, for the service. */
@ExtendWith(SynapseExtension.class)
@Timeout(240)
@Tag("peer")
class MatrixSigningTest {
    @TempDir private Path folder;
    private MatrixHouse house;
    private final List<JsPeer> peers = new ArrayList<>();
    private final Log log = new Log();

    @BeforeEach
    void begin() throws Exception {
        Logger.getLogger("").addHandler(log);
        house = MatrixHouse.open(folder, SynapseExtension.shared(), NewRoom::encrypted);
        house.ask();
    }

    @AfterEach
    void end() {
        peers.forEach(JsPeer::close);
        house.close();
        Logger.getLogger("").removeHandler(log);
    }

    /** All that is logged, whoever asked for it. */
    private static final class Log extends Handler {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final SimpleFormatter format = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
            lines.add(format.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private JsPeer client(MatrixUser person) throws Exception {
        var peer = JsPeer.login(house.synapse.url(), person.name(), person.name());
        peers.add(peer);
        Eventually.await(() -> peer.members(house.room).contains(person.id()));
        return peer;
    }

    /** A client that knows that the service is in the room. */
    private JsPeer inRoom(JsPeer peer) throws Exception {
        house.awaitKnownTo(peer);
        return peer;
    }

    private List<Shown> readable(JsPeer peer) throws IOException {
        return house.shown(
                peer.timeline(house.room).stream()
                        .filter(JsPeer.Seen::isReadable)
                        .map(JsPeer.Seen::event)
                        .toList());
    }

    private Shown awaitText(JsPeer peer, String text) throws Exception {
        var found = new ArrayList<Shown>();
        Eventually.await(
                () -> {
                    readable(peer).stream()
                            .filter(it -> it.text().contains(text))
                            .findFirst()
                            .ifPresent(found::add);
                    return !found.isEmpty();
                },
                () -> readable(peer).stream().map(Shown::text).toList() + house.health());
        return found.getFirst();
    }

    private void awaitHealth(String text) throws Exception {
        Eventually.await(() -> house.health().contains(text), house::health);
    }

    // The service's own device

    /** The key, as a person would copy it from the terminal. */
    private String shownKey() {
        return house.terminal.stream()
                .filter(it -> it.startsWith("    "))
                .map(String::strip)
                .reduce(
                        (a, b) -> {
                            throw new AssertionError("shown twice");
                        })
                .orElseThrow();
    }

    /** How many devices of the service others take for its own. */
    private long signed(JsPeer peer) throws IOException {
        return peer.devices(house.bot.id()).stream().filter(JsPeer.Device::isSignedByOwner).count();
    }

    @Test
    void a_new_account_gets_a_recovery_key_that_is_shown_once_and_never_logged() throws Exception {
        var alice = client(house.alice);
        house.hasTerminal = true;
        house.start();
        awaitHealth("cross-signed");
        Eventually.await(() -> signed(alice) == 1);
        var key = shownKey();
        house.stop();
        var shown = List.copyOf(house.terminal);

        house.start();
        awaitHealth("cross-signed");

        assertThat(house.terminal).as("shown once").isEqualTo(shown);
        assertThat(log.lines).noneMatch(it -> it.contains(key));
        assertThat(house.said).noneMatch(it -> it.contains(key));
        assertThat(house.health()).doesNotContain(key);
        try (var files = Files.walk(folder)) {
            for (var it : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(it, StandardCharsets.ISO_8859_1))
                        .as(it.toString())
                        .doesNotContain(key);
            }
        }
    }

    @Test
    void without_a_terminal_no_key_is_made_and_health_says_what_to_do() throws Exception {
        house.start();
        awaitHealth("start once in a terminal");
        assertThat(client(house.alice).hasIdentity(house.bot.id())).isFalse();
    }

    @Test
    void a_new_device_is_signed_with_the_recovery_key_and_with_no_other() throws Exception {
        house.hasTerminal = true;
        house.start();
        awaitHealth("cross-signed");
        var key = shownKey();
        house.stop();
        house.hasTerminal = false;
        Files.move(folder.resolve("state/matrix"), folder.resolve("lost"));

        house.start();
        awaitHealth("not cross-signed: set MATRIX_RECOVERY_KEY");
        house.stop();

        house.environment.put("MATRIX_RECOVERY_KEY", key.replaceAll("[A-Za-z]", "s"));
        house.start();
        awaitHealth("MATRIX_RECOVERY_KEY is not the key of this account");
        house.stop();

        house.environment.put("MATRIX_RECOVERY_KEY", key);
        house.start();
        Eventually.await(
                () ->
                        house.health().contains("cross-signed")
                                && !house.health().contains("not cross-signed"),
                house::health);
        var alice = client(house.alice);
        Eventually.await(() -> signed(alice) == 2);
        assertThat(log.lines).noneMatch(it -> it.contains(key));
    }

    // Those of people, where the server is not trusted

    /** The prompt of a run that alice has started, as bob sees it. */
    private Shown asked(JsPeer alice, JsPeer bob) throws Exception {
        alice.say(house.room, "!sop run ask");
        return awaitText(bob, "needs a yes");
    }

    private void trustNoServer() throws IOException {
        var roster = folder.resolve("roster.yaml");
        var text =
                Files.readString(roster)
                        .replace("kind: matrix", "kind: matrix\n  trust_server: false");
        Files.writeString(
                roster,
                text.replace("{approvers: [release]}", "{approvers: [release], assurance: typed}"));
    }

    @Test
    void a_typed_code_counts_from_a_device_that_its_owner_has_signed() throws Exception {
        trustNoServer();
        var alice = client(house.alice);
        var bob = client(house.bob);
        bob.crossSign();
        house.start();
        var prompt = asked(inRoom(alice), inRoom(bob));
        assertThat(prompt.marks()).as("they would count for nothing").isEmpty();

        bob.say(house.room, "!sop approve " + MatrixHouse.code(prompt));

        awaitText(bob, "R-1 ask: completed");
    }

    @Test
    void a_typed_code_counts_for_nothing_more_from_a_device_that_nobody_has_signed()
            throws Exception {
        trustNoServer();
        var alice = client(house.alice);
        var bob = client(house.bob);
        house.start();
        var prompt = asked(inRoom(alice), inRoom(bob));

        bob.say(house.room, "!sop approve " + MatrixHouse.code(prompt));

        awaitText(bob, "needs the typed code");
        bob.react(house.room, prompt.id(), "✅");
        awaitText(bob, "marks do not count here (trust_server: false)");
        assertThat(house.ask("status", "R-1")).contains("votes: 0 of 1");
    }
}
