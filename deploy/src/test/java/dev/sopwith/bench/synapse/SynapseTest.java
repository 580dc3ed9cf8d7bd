package dev.sopwith.bench.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bench.synapse.FaultProxy.Request;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Synapse.Limits;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** The homeserver, the people and the faults that the other tests believe in. */
@ExtendWith(SynapseExtension.class)
@Timeout(180)
@Tag("peer")
class SynapseTest {
    private final Synapse synapse = SynapseExtension.shared();

    @TempDir private Path folder;

    private static List<String> bodies(MatrixUser user, String room) throws IOException {
        return user.events(room).stream()
                .filter(MatrixEvent::isMessage)
                .filter(it -> !it.isRedacted())
                .map(MatrixEvent::body)
                .toList();
    }

    @Test
    void a_message_is_edited_marked_threaded_mentioned_and_deleted() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var bob = synapse.registerSomeone("bob");
        var room = alice.createRoom(NewRoom.with(bob));
        bob.join(room);
        assertThat(alice.members(room))
                .containsEntry(alice.id(), "join")
                .containsEntry(bob.id(), "join");

        var first = alice.say(room, "hello");
        var edit = alice.edit(room, first, "hello all");
        var mark = bob.react(room, first, "✅");
        var thread = bob.sayInThread(room, first, "in the thread");
        var called = alice.mention(room, bob.id(), "look");
        var notice = alice.sayAsNotice(room, "quiet");
        alice.redact(room, thread);

        assertThat(alice.event(room, edit).replaces()).contains(first);
        assertThat(alice.event(room, mark).marks()).contains(first);
        assertThat(alice.event(room, mark).mark()).isEqualTo("✅");
        assertThat(alice.event(room, called).mentions()).containsExactly(bob.id());
        assertThat(alice.event(room, notice).messageType()).isEqualTo("m.notice");
        assertThat(alice.event(room, thread).isRedacted()).isTrue();
        assertThat(bodies(alice, room))
                .containsExactly("hello", "* hello all", bob.id() + ": look", "quiet");
    }

    @Test
    void only_what_is_no_notice_notifies() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var bob = synapse.registerSomeone("bob");
        var room = alice.createRoom(NewRoom.with(bob));
        bob.join(room);
        alice.sayAsNotice(room, "quiet");
        alice.mention(room, bob.id(), "loud");
        alice.sayAsNotice(room, "quiet again");

        Eventually.await(() -> bob.unread(room).notifications() > 0);
        assertThat(bob.unread(room)).isEqualTo(new MatrixUser.Unread(1, 1));
    }

    @Test
    void rooms_have_versions_powers_and_files() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var bob = synapse.registerSomeone("bob");
        for (var version : List.of("11", "12")) {
            var room = alice.createRoom(NewRoom.with(bob).version(version));
            bob.join(room);
            assertThat(alice.state(room, "m.room.create", "").path("room_version").asString(""))
                    .isEqualTo(version);
            alice.setPower(room, bob.id(), 50);
            alice.setPowerFor(room, "m.room.message", 60);
            assertThatThrownBy(() -> bob.say(room, "may I?"))
                    .isInstanceOfSatisfying(
                            MatrixRefusal.class, it -> assertThat(it.status()).isEqualTo(403));
            alice.kick(room, bob.id());
            assertThat(bob.joinedRooms()).doesNotContain(room);
        }
        var bytes = "a file".getBytes(StandardCharsets.UTF_8);
        assertThat(alice.download(alice.upload(bytes))).isEqualTo(bytes);
    }

    @Test
    void a_room_is_read_to_its_beginning() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var room = alice.createRoom(NewRoom.with());
        var said = IntStream.range(0, 110).mapToObj(i -> "message " + i).toList();
        for (var it : said) alice.say(room, it);
        assertThat(bodies(alice, room)).isEqualTo(said);
    }

    @Test
    void a_device_that_is_logged_out_is_unknown() throws Exception {
        var first = synapse.registerSomeone("alice");
        var second = MatrixUser.login(synapse.url(), first.name(), first.name());
        assertThat(first.devices()).contains(first.device(), second.device());
        second.logout();
        assertThatThrownBy(second::devices)
                .isInstanceOfSatisfying(
                        MatrixRefusal.class,
                        it -> assertThat(it.code()).isEqualTo("M_UNKNOWN_TOKEN"));
        assertThat(first.devices()).doesNotContain(second.device());
    }

    @Test
    void a_server_is_killed_and_comes_back_with_all_it_had() throws Exception {
        try (var own = SynapseExtension.own(folder, Limits.NONE, "")) {
            var alice = own.registerSomeone("alice");
            var room = alice.createRoom(NewRoom.with());
            alice.say(room, "before");
            own.kill();
            assertThatThrownBy(() -> alice.say(room, "to nobody"))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(MatrixRefusal.class);
            own.startAgain();
            alice.say(room, "after");
            assertThat(bodies(alice, room)).containsExactly("before", "after");
        }
    }

    @Test
    void a_server_has_the_real_limits_where_they_are_asked_for() throws Exception {
        try (var own = SynapseExtension.own(folder, Limits.REAL, "")) {
            var alice = own.registerSomeone("alice");
            var room = alice.createRoom(NewRoom.with());
            assertThatThrownBy(() -> sayMuch(alice, room))
                    .isInstanceOfSatisfying(
                            MatrixRefusal.class,
                            it -> assertThat(it.code()).isEqualTo("M_LIMIT_EXCEEDED"));
        }
    }

    private static void sayMuch(MatrixUser user, String room) throws IOException {
        for (int i = 0; i < 20; i++) user.say(room, "message " + i);
    }

    // The faults

    @Test
    void a_proxy_is_faithful_until_it_is_told_otherwise() throws Exception {
        var alice = synapse.registerSomeone("alice");
        try (var proxy = FaultProxy.before(synapse.url())) {
            var there = MatrixUser.login(proxy.url(), alice.name(), alice.name());
            var room = there.createRoom(NewRoom.with());
            there.say(room, "ä & % ✅");
            assertThat(bodies(alice, room)).containsExactly("ä & % ✅");
            assertThat(proxy.requests()).filteredOn(Request::isSend).hasSize(1);

            var limit = proxy.fail(Request::isSend, 2, FaultProxy.tooMany(Duration.ofSeconds(3)));
            assertThat(status(there, room)).isEqualTo(429);
            assertThat(status(there, room)).isEqualTo(429);
            assertThat(status(there, room)).isZero();
            assertThat(limit.hits()).isEqualTo(2);

            proxy.fail(Request::isSend, 1, FaultProxy.page(502));
            assertThat(status(there, room)).isEqualTo(502);
            proxy.fail(Request::isSend, 1, FaultProxy.unknownToken(true));
            assertThat(status(there, room)).isEqualTo(401);
        }
    }

    private static int status(MatrixUser user, String room) throws IOException {
        try {
            user.say(room, "again");
            return 0;
        } catch (MatrixRefusal e) {
            return e.status();
        }
    }

    @Test
    void a_lost_answer_and_a_late_one_have_been_accepted_and_a_cut_one_has_not() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var room = alice.createRoom(NewRoom.with());
        try (var proxy = FaultProxy.before(synapse.url())) {
            var there = MatrixUser.login(proxy.url(), alice.name(), alice.name());
            proxy.fail(Request::isSend, 1, FaultProxy.cut());
            assertThatThrownBy(() -> there.say(room, "cut")).isInstanceOf(IOException.class);
            proxy.fail(Request::isSend, 1, FaultProxy.loseAnswer());
            assertThatThrownBy(() -> there.say(room, "lost")).isInstanceOf(IOException.class);
            proxy.fail(Request::isSend, 1, FaultProxy.answerTooLate());
            assertThatThrownBy(() -> there.say(room, "late")).isInstanceOf(MatrixRefusal.class);
            assertThat(bodies(alice, room)).containsExactly("lost", "late");
        }
    }

    @Test
    void an_answer_can_be_held_and_a_server_be_away() throws Exception {
        var alice = synapse.registerSomeone("alice");
        try (var proxy = FaultProxy.before(synapse.url())) {
            var there = MatrixUser.login(proxy.url(), alice.name(), alice.name());
            var release = new CountDownLatch(1);
            proxy.fail(it -> it.path().endsWith("/devices"), 1, FaultProxy.holdUntil(release));
            var asking = Thread.ofVirtual().start(() -> assertThat(devices(there)).isNotEmpty());
            Eventually.await(
                    () -> proxy.requests().stream().anyMatch(it -> it.path().endsWith("/devices")));
            assertThat(asking.isAlive()).isTrue();
            release.countDown();
            asking.join();

            proxy.goDown();
            assertThatThrownBy(there::devices).isInstanceOf(java.net.ConnectException.class);
            proxy.comeBack();
            assertThat(there.devices()).contains(there.device());
        }
    }

    private static List<String> devices(MatrixUser user) {
        try {
            return user.devices();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void state_moves_behind_the_timeline() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var room = alice.createRoom(NewRoom.with().encrypted());
        try (var proxy = FaultProxy.before(synapse.url())) {
            var there = MatrixUser.login(proxy.url(), alice.name(), alice.name());
            proxy.failAlways(Request::isSync, FaultProxy.stateAfter());
            var joined =
                    there.sync(Optional.empty(), Duration.ZERO)
                            .path("rooms")
                            .path("join")
                            .path(room);
            assertThat(joined.has("state")).isFalse();
            assertThat(joined.path("state_after").path("events").toString())
                    .contains("m.room.encryption", "m.room.create");
        }
    }

    // The client that encrypts

    @Test
    void two_clients_that_encrypt_understand_each_other_and_nobody_else_does() throws Exception {
        var alice = synapse.registerSomeone("alice");
        var bob = synapse.registerSomeone("bob");
        try (var a = JsPeer.login(synapse.url(), alice.name(), alice.name());
                var b = JsPeer.login(synapse.url(), bob.name(), bob.name())) {
            b.crossSign();
            var room = a.createEncryptedRoom(bob.id());
            b.join(room);
            Eventually.await(() -> a.members(room).contains(bob.id()) && b.sendsEncrypted(room));
            var said = a.say(room, "only for us");
            Eventually.await(() -> b.seen(room, said).filter(JsPeer.Seen::isReadable).isPresent());
            var seen = b.seen(room, said).orElseThrow();
            assertThat(seen.event().body()).isEqualTo("only for us");
            assertThat(seen.isEncrypted()).isTrue();
            assertThat(alice.event(room, said).json().toString()).doesNotContain("only for us");

            var mark = b.react(room, said, "✅");
            Eventually.await(() -> a.seen(room, mark).isPresent());
            assertThat(a.seen(room, mark).orElseThrow().event().mark()).isEqualTo("✅");

            assertThat(a.hasIdentity(bob.id())).isTrue();
            assertThat(a.hasIdentity(alice.id())).isFalse();
            assertThat(a.devices(bob.id()))
                    .filteredOn(it -> it.id().equals(b.device()))
                    .singleElement()
                    .satisfies(it -> assertThat(it.isSignedByOwner()).isTrue());
        }
    }
}
