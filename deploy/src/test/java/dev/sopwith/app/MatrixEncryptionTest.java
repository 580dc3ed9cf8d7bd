package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
import dev.sopwith.bench.synapse.FaultProxy.Request;
import dev.sopwith.bench.synapse.JsPeer;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.node.JsonNodeFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Rooms that are encrypted, from the first message on or from one day to the next. */
@ExtendWith(SynapseExtension.class)
@Timeout(240)
@Tag("peer")
class MatrixEncryptionTest {
    @TempDir private Path folder;
    private MatrixHouse house;
    private final List<JsPeer> peers = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        house = open(true);
    }

    private MatrixHouse open(boolean isEncrypted) throws Exception {
        var house =
                MatrixHouse.open(
                        folder,
                        SynapseExtension.shared(),
                        isEncrypted ? NewRoom::encrypted : it -> it);
        house.ask();
        return house;
    }

    /** In place of the encrypted room. */
    private void openInTheClear() throws Exception {
        house.close();
        house = open(false);
    }

    @AfterEach
    void end() {
        peers.forEach(JsPeer::close);
        house.close();
    }

    /** A client of this person that can encrypt and is in the room. */
    private JsPeer client(MatrixUser person) throws Exception {
        var peer = JsPeer.login(house.synapse.url(), person.name(), person.name());
        peers.add(peer);
        Eventually.await(() -> peer.members(house.room).contains(person.id()));
        return peer;
    }

    /** Waits until this client can read such a message of the service. */
    private Shown awaitReadable(JsPeer peer, Predicate<Shown> isIt) throws Exception {
        var found = new ArrayList<Shown>();
        Eventually.await(
                () -> {
                    readable(peer).stream().filter(isIt).findFirst().ifPresent(found::add);
                    return !found.isEmpty();
                },
                () -> readable(peer).stream().map(Shown::text).toList() + house.health());
        return found.getFirst();
    }

    private List<Shown> readable(JsPeer peer) throws IOException {
        return house.shown(
                peer.timeline(house.room).stream()
                        .filter(JsPeer.Seen::isReadable)
                        .map(JsPeer.Seen::event)
                        .toList());
    }

    private Shown awaitText(JsPeer peer, String text) throws Exception {
        return awaitReadable(peer, it -> it.text().contains(text));
    }

    /** Since the room is encrypted, nothing of the service is in the clear but marks. */
    private void assertNothingInTheClear() throws Exception {
        var events = house.alice.events(house.room);
        boolean isEncrypted = false;
        for (var it : events) {
            isEncrypted |= it.type().equals("m.room.encryption");
            if (!isEncrypted || !it.sender().equals(house.bot.id())) continue;
            assertThat(it.isMessage()).as("in the clear: " + it.json()).isFalse();
        }
        assertThat(isEncrypted).isTrue();
    }

    @Test
    void a_run_from_the_first_message_to_its_end_is_nobody_elses_business() throws Exception {
        var alice = client(house.alice);
        var bob = client(house.bob);
        house.start();
        house.awaitKnownTo(alice);
        house.awaitKnownTo(bob);

        alice.say(house.room, "!sop run ask");

        var prompt = awaitReadable(bob, it -> it.text().contains("needs a yes"));
        assertThat(prompt.first().mentions()).contains(house.bob.id());
        bob.react(house.room, prompt.id(), "✅");
        var card =
                awaitReadable(
                        alice,
                        it -> MatrixHouse.isCard(it, "R-1") && it.text().contains("completed"));
        assertThat(prompt.thread()).contains(card.id());
        assertNothingInTheClear();
        assertThat(house.health()).contains("encrypted");
    }

    /** Both begin to encrypt for each other in the same moment: 4 of 10 times it was not read. */
    @RepeatedTest(3)
    void whoever_writes_in_the_moment_in_which_it_writes_first_is_read() throws Exception {
        var alice = client(house.alice);
        house.start();
        house.awaitKnownTo(alice);

        alice.say(house.room, "!sop runs");

        awaitText(alice, "no runs yet");
    }

    @Test
    void the_service_comes_back_with_the_same_keys_and_reads_what_was_said_meanwhile()
            throws Exception {
        var alice = client(house.alice);
        house.start();
        house.awaitKnownTo(alice);
        alice.say(house.room, "!sop runs");
        awaitText(alice, "no runs yet");
        var before = keys(alice);
        house.stop();
        for (int i = 0; i < 40; i++) alice.say(house.room, "talk " + i);
        alice.say(house.room, "!sop run ask");

        house.start();

        awaitText(alice, "R-1 ask: at gate");
        assertThat(keys(alice)).containsAllEntriesOf(before);
        assertThat(readable(alice)).filteredOn(it -> MatrixHouse.isCard(it, "R-1")).hasSize(1);
    }

    @Test
    void who_writes_without_giving_the_key_is_told_once_and_not_left_waiting() throws Exception {
        var alice = client(house.alice);
        house.start();
        house.awaitKnownTo(alice);
        for (var it : List.of(house.alice, house.alice, house.mallory)) writeWithoutKey(it);

        var told = awaitText(alice, "no key came with it: nothing of it is done");
        assertThat(told.text()).contains("write it again");
        alice.say(house.room, "!sop run ask");
        awaitText(alice, "R-1 ask: at gate");
        assertThat(readable(alice)).filteredOn(it -> it.text().contains("no key came")).hasSize(1);
    }

    /** As a client does that knows nothing of our device. */
    private void writeWithoutKey(MatrixUser person) throws IOException {
        var content =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("algorithm", "m.megolm.v1.aes-sha2")
                        .put("sender_key", "bm90IHJlYWxseSBhIGtleSBvZiBhbnlib2R5IGF0IGFsbA")
                        .put("device_id", "ELSEWHERE")
                        .put("session_id", "bm90IHJlYWxseSBhIHNlc3Npb24gb2YgYW55Ym9keSBhdA")
                        .put("ciphertext", "bm90IHJlYWxseSB3b3Jkcw");
        var _ = person.send(house.room, "m.room.encrypted", content);
    }

    @Test
    void the_keys_are_at_the_server_before_the_service_enters_a_room() throws Exception {
        house.start();
        house.awaitHealthy();
        var paths = house.proxy.requests().stream().map(Request::path).toList();
        var offered =
                house.proxy.requests().stream()
                        .filter(it -> it.path().endsWith("/keys/upload"))
                        .filter(it -> it.body().contains("signed_curve25519"))
                        .map(Request::path)
                        .findFirst();
        assertThat(offered).as("one-time keys offered: " + paths).isPresent();
        int entered =
                paths.indexOf(
                        paths.stream()
                                .filter(it -> it.contains("/join"))
                                .findFirst()
                                .orElseThrow());
        assertThat(paths.indexOf(offered.get())).isLessThan(entered);
    }

    private boolean publishesKeys(Request request) {
        return request.path().endsWith("/keys/upload") && request.body().contains("device_keys");
    }

    private Map<String, Map<String, String>> keys(JsPeer peer) throws IOException {
        var keys = new TreeMap<String, Map<String, String>>();
        for (var it : peer.devices(house.bot.id())) {
            if (!it.keys().isEmpty()) keys.put(it.id(), it.keys());
        }
        return keys;
    }

    @Test
    void a_new_device_of_a_person_can_read_what_comes_from_then_on() throws Exception {
        var first = client(house.alice);
        house.start();
        house.awaitKnownTo(first);
        first.say(house.room, "!sop runs");
        awaitText(first, "no runs yet");

        var second = client(house.alice);
        second.say(house.room, "!sop run ask");

        awaitText(second, "R-1 ask: at gate");
        awaitText(first, "R-1 ask: at gate");
    }

    @Test
    void a_room_that_is_encrypted_while_the_service_is_away_gets_nothing_in_the_clear()
            throws Exception {
        openInTheClear();
        house.start();
        house.alice.say(house.room, "!sop runs");
        house.awaitText("no runs yet");
        house.stop();
        house.alice.encrypt(house.room);
        for (int i = 0; i < 25; i++) house.alice.say(house.room, "talk " + i);
        var alice = client(house.alice);

        house.start();
        var _ = house.ask("run", "ask");

        awaitText(alice, "R-1 ask: at gate");
        assertNothingInTheClear();
    }

    @Test
    void a_room_that_is_encrypted_while_the_service_is_there_too() throws Exception {
        openInTheClear();
        var alice = client(house.alice);
        house.start();
        alice.say(house.room, "!sop runs");
        house.awaitText("no runs yet");
        house.alice.encrypt(house.room);
        Eventually.await(() -> alice.sendsEncrypted(house.room));
        alice.say(house.room, "!sop run ask");
        awaitText(alice, "R-1 ask: at gate");
        assertNothingInTheClear();
    }

    // The guards of the library's version (each fails without its guard)

    @Test
    void the_server_is_never_asked_for_the_state_behind_the_timeline() throws Exception {
        openInTheClear();
        house.start();
        assertThat(house.proxy.requests().stream().filter(Request::isSync))
                .isNotEmpty()
                .noneMatch(it -> it.query().contains("use_state_after"));
    }

    @Test
    void a_server_that_sends_the_state_behind_the_timeline_all_the_same_gets_nothing_in_the_clear()
            throws Exception {
        openInTheClear();
        house.start();
        house.stop();
        house.alice.encrypt(house.room);
        for (int i = 0; i < 25; i++) house.alice.say(house.room, "talk " + i);
        house.proxy.failAlways(Request::isSync, FaultProxy.stateAfter());

        house.start(Clock.systemUTC());
        var _ = house.ask("run", "ask");

        // Either it is encrypted or it is not sent, and that is told.
        Eventually.await(
                () -> isSaidEncrypted() || house.health().contains("cannot be encrypted"),
                house::health);
        assertNothingInTheClear();
    }

    private boolean isSaidEncrypted() throws IOException {
        return house.alice.events(house.room).stream()
                .anyMatch(
                        it ->
                                it.sender().equals(house.bot.id())
                                        && it.type().equals("m.room.encrypted"));
    }

    @Test
    void a_revoked_token_costs_no_key() throws Exception {
        var alice = client(house.alice);
        house.start();
        house.awaitKnownTo(alice);
        alice.say(house.room, "!sop runs");
        awaitText(alice, "no runs yet");
        var before = keys(alice);
        var name = house.bot.name();
        int asked = house.proxy.requests().size();
        MatrixUser.login(house.synapse.url(), name, name).logoutEverywhere();

        // Its device was deleted with the token: the same keys are published again.
        Eventually.await(
                () -> house.proxy.requests().stream().skip(asked).anyMatch(this::publishesKeys),
                house::health);
        Eventually.await(() -> keys(alice).equals(before), () -> keys(alice) + house.health());
        alice.say(house.room, "!sop run ask");

        awaitText(alice, "R-1 ask: at gate");
    }
}
