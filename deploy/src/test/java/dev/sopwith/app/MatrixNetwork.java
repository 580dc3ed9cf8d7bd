package dev.sopwith.app;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
import dev.sopwith.bench.synapse.FaultProxy.Request;
import dev.sopwith.bench.synapse.MatrixEvent;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.Synapse;
import dev.sopwith.bot.matrix.MatrixConnectors;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorConfig;
import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.secret.SecretSources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A room at a real homeserver with one person in it, and a proxy through which the service speaks.
 *
 * <p>Threading: one thread uses it.
 */
final class MatrixNetwork implements ConnectorContract.Network, AutoCloseable {
    private static final String PERSON = "alice";

    private final Path folder;
    private final MatrixUser bot;
    private final MatrixUser alice;
    private final String room;
    private final FaultProxy proxy;

    /** Something that is asked of a server that is there. */
    private interface Asking<T> {
        T ask() throws IOException;
    }

    MatrixNetwork(Path folder, Synapse synapse) throws IOException {
        this.folder = folder;
        bot = synapse.registerSomeone("sopwith");
        alice = synapse.registerSomeone(PERSON);
        room = alice.createRoom(NewRoom.with(bot));
        proxy = FaultProxy.before(synapse.url());
    }

    private static <T> T of(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Connector connect() {
        var secrets = new SecretSources(Map.of("MATRIX_ACCESS_TOKEN", bot.token()));
        var world =
                new MatrixConnectors.World(
                        folder,
                        secrets,
                        new People(),
                        _ -> {},
                        Optional.empty(),
                        InstantSource.system());
        var settings =
                Map.of(
                        "homeserver_url",
                        proxy.url().toString(),
                        "user_id",
                        bot.id(),
                        "room_id",
                        room);
        var config = new ConnectorConfig("matrix", settings);
        var connector = new MatrixConnectors(world).create(config);
        try {
            Eventually.await(
                    () -> connector.health().detail().isEmpty(),
                    () -> connector.health().toString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return connector;
    }

    private final class People implements MatrixConnectors.People {
        @Override
        public Set<String> accounts(String person) {
            return person.equals(PERSON) ? Set.of(alice.id()) : Set.of();
        }

        @Override
        public boolean knows(String user) {
            return user.equals(alice.id());
        }
    }

    @Override
    public String room() {
        return room;
    }

    @Override
    public String says(String person, String text) {
        return of(() -> alice.say(room, text));
    }

    @Override
    public String reacts(String person, String messageId, String mark) {
        return of(() -> alice.react(room, messageId, mark));
    }

    @Override
    public String takesBack(String person, String messageId, String mark) {
        return of(
                () -> {
                    var reaction =
                            alice.events(room).stream()
                                    .filter(it -> it.sender().equals(alice.id()))
                                    .filter(it -> it.marks().equals(Optional.of(messageId)))
                                    .filter(it -> it.mark().equals(mark))
                                    .findFirst()
                                    .orElseThrow();
                    return alice.redact(room, reaction.id());
                });
    }

    @Override
    public List<ConnectorContract.Shown> shown() {
        return of(() -> Shown.of(alice.events(room), bot.id())).stream()
                .map(
                        it ->
                                new ConnectorContract.Shown(
                                        it.id(), it.thread(), it.text(), called(it.first())))
                .toList();
    }

    private List<String> called(MatrixEvent event) {
        return event.mentions().stream().map(it -> it.equals(alice.id()) ? PERSON : it).toList();
    }

    @Override
    public void goDown() {
        proxy.goDown();
    }

    @Override
    public void comeBack() {
        proxy.comeBack();
    }

    @Override
    public void revoke() {
        of(
                () -> {
                    bot.logout();
                    return bot;
                });
    }

    @Override
    public void loseNextAnswer() {
        var _ = proxy.fail(Request::isSend, 1, FaultProxy.answerTooLate());
    }

    @Override
    public String carried(String text) {
        // What is on the wire is UTF-8, and half a character is none.
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Override
    public boolean deletes(String messageId) {
        return of(() -> !alice.redact(room, messageId).isEmpty());
    }

    @Override
    public void close() {
        proxy.close();
    }
}
