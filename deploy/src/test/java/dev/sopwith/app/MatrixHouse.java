package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
import dev.sopwith.bench.synapse.JsPeer;
import dev.sopwith.bench.synapse.MatrixEvent;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.Synapse;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A team with the real service in its room at a real homeserver: alice starts runs, bob and carol
 * approve them, as alice could those of others; mallory is in no roster. Between service and server
 * stands a proxy that is faithful until it is told otherwise; people speak to the server itself.
 *
 * <p>Threading: one thread uses it.
 */
final class MatrixHouse implements AutoCloseable {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");

    final Path folder;
    final Synapse synapse;
    final FaultProxy proxy;
    final MatrixUser bot;
    final MatrixUser alice;
    final MatrixUser bob;
    final MatrixUser carol;
    final MatrixUser mallory;

    /** The room of the roster. */
    final String room;

    /** What the service finds in its environment. */
    final Map<String, String> environment = new HashMap<>();

    /** Whether somebody looks at the terminal in which it is started. */
    boolean hasTerminal;

    /** What only the terminal shows. */
    final List<String> terminal = new CopyOnWriteArrayList<>();

    /** What it says when it is started, and while it runs. */
    final List<String> said = new CopyOnWriteArrayList<>();

    private Optional<App> app = Optional.empty();

    /** A plain room that people of the roster and the service are invited to. */
    static MatrixHouse open(Path folder, Synapse synapse) throws IOException {
        return open(folder, synapse, it -> it);
    }

    /** The same with another kind of room. */
    static MatrixHouse open(Path folder, Synapse synapse, UnaryOperator<NewRoom> kind)
            throws IOException {
        return new MatrixHouse(folder, synapse, kind);
    }

    private MatrixHouse(Path folder, Synapse synapse, UnaryOperator<NewRoom> kind)
            throws IOException {
        this.folder = folder;
        this.synapse = synapse;
        bot = synapse.registerSomeone("sopwith");
        alice = synapse.registerSomeone("alice");
        bob = synapse.registerSomeone("bob");
        carol = synapse.registerSomeone("carol");
        mallory = synapse.registerSomeone("mallory");
        room = alice.createRoom(kind.apply(NewRoom.with(bot, bob, carol, mallory)));
        for (var it : List.of(bob, carol, mallory)) it.join(room);
        proxy = FaultProxy.before(synapse.url());
        environment.put("MATRIX_PASSWORD", bot.name());
        roster("");
        Files.createDirectories(folder.resolve("sops"));
    }

    /** Writes the roster, with more lines at its end. */
    void roster(String more) throws IOException {
        roster(room, bot.id(), more);
    }

    void roster(String roomId, String userId, String more) throws IOException {
        roster(proxy.url().toString(), roomId, userId, more);
    }

    void roster(String server, String roomId, String userId, String more) throws IOException {
        var text =
                """
                connector:
                  kind: matrix
                  matrix: {homeserver_url: "%s", user_id: "%s", room_id: "%s"}
                people:
                  alice: {matrix: ["%s"]}
                  bob: {matrix: ["%s"]}
                  carol: {matrix: ["%s"]}
                groups: {release: [alice, bob, carol]}
                access: [{sops: "*", run: [everyone]}]
                policies:
                  default: {approvers: [release]}
                  two: {approvers: [release], quorum: 2}
                %s
                """
                        .formatted(server, userId, roomId, alice.id(), bob.id(), carol.id(), more);
        var draft = Files.writeString(folder.resolve("draft"), text);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                draft,
                folder.resolve("roster.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes a SOP that is started by hand. */
    void sop(String name, String manifest, String steps) throws IOException {
        RunningApp.write(folder, name, manifest, steps);
    }

    /** Writes the SOP "ask": one step that needs a yes, and then does nothing at all. */
    void ask() throws IOException {
        sop(
                "ask",
                "",
                """
                1. **Ask** — first.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   true
                   ```
                """);
    }

    // The service

    /** Starts the service in this JVM; returns when it is in the room and hears. */
    void start() throws Exception {
        start(Clock.systemUTC());
        awaitInRoom();
    }

    /** Starts it, whether it gets anywhere or not. */
    void start(Clock clock) throws Exception {
        var roster = RosterFile.open(folder.resolve("roster.yaml"), "roster.yaml");
        var settings =
                new App.Settings(
                        folder.resolve("sops"),
                        "sops",
                        state(),
                        System.getProperty("user.name"),
                        Optional.empty(),
                        Optional.of(roster),
                        Map.copyOf(environment));
        app = Optional.of(App.open(settings, new Ears(), Clocks.right(clock)));
    }

    /** The service in a process of its own, to be killed; whoever asks for it ends it. */
    RealService process() {
        return new RealService(folder).in(state()).with(environment);
    }

    /** Ends it in order. */
    void stop() {
        app.ifPresent(App::close);
        app = Optional.empty();
    }

    void awaitInRoom() throws Exception {
        Eventually.await(
                () -> "join".equals(alice.members(room).get(bot.id())),
                () -> "the service does not come into the room: " + health());
        awaitHealthy();
    }

    /**
     * Waits until this client knows that the service is in the room, and its keys: what it says
     * before that is encrypted for everybody else.
     */
    void awaitKnownTo(JsPeer peer) throws Exception {
        Eventually.await(
                () -> peer.members(room).contains(bot.id()) && !peer.devices(bot.id()).isEmpty(),
                this::health);
    }

    /** Waits until the service says that all is well with its connector. */
    void awaitHealthy() throws Exception {
        Eventually.await(this::isWell, this::health);
    }

    /** Whether the service says that its connector has all it needs. */
    boolean isWell() throws Exception {
        for (var it : answer("status", "--connectors").data().path("connectors")) {
            if (!it.path("kind").asString("").equals("matrix")) continue;
            return it.path("reachable").asBoolean(false)
                    && it.path("authenticated").asBoolean(false)
                    && it.path("detail").asString("").isEmpty();
        }
        return false;
    }

    /** Waits until the service was told of all that was done up to now, and has taken it. */
    void awaitHeard() throws Exception {
        long now = System.nanoTime();
        Eventually.await(
                () -> {
                    // It asks anew when it has taken what it was told: the second time, of this.
                    carol.say(room, "talk");
                    return proxy.requests().stream()
                                    .filter(it -> it.isSync() && it.at() > now)
                                    .count()
                            >= 2;
                },
                this::health);
    }

    /** What the service says about its connectors. */
    String health() throws Exception {
        return ask("status", "--connectors");
    }

    private Path state() {
        return folder.resolve("state");
    }

    /** What the local operator gets to hear. */
    String ask(String... words) throws Exception {
        return RunningApp.text(answer(words));
    }

    private Answer answer(String... words) throws Exception {
        try (var client = LocalClient.connect(App.socket(state().toRealPath()))) {
            return client.ask(new Request(List.of(words), false), _ -> {});
        }
    }

    // What the room shows

    /** All messages of the service in the room, oldest first; deleted ones are not there. */
    List<Shown> shown() throws IOException {
        return shown(room);
    }

    List<Shown> shown(String elsewhere) throws IOException {
        return shown(alice.events(elsewhere));
    }

    /** The same of these events, whoever has read them. */
    List<Shown> shown(List<MatrixEvent> events) {
        return Shown.of(events, bot.id());
    }

    /** Waits until the room shows such a message. */
    Shown awaitShown(Predicate<Shown> isIt) throws Exception {
        return awaitShownIn(room, isIt);
    }

    Shown awaitShownIn(String elsewhere, Predicate<Shown> isIt) throws Exception {
        var found = new ArrayList<Shown>();
        Eventually.await(
                () -> {
                    shown(elsewhere).stream().filter(isIt).findFirst().ifPresent(found::add);
                    return !found.isEmpty();
                },
                () -> texts(elsewhere) + "\n" + health());
        return found.getFirst();
    }

    /** Waits until the room shows a message with this in it. */
    Shown awaitText(String text) throws Exception {
        return awaitShown(it -> it.text().contains(text));
    }

    /** How many messages have this in them. */
    long count(String text) throws IOException {
        return shown().stream().filter(it -> it.text().contains(text)).count();
    }

    private String texts(String elsewhere) throws IOException {
        return String.join("\n--\n", shown(elsewhere).stream().map(Shown::text).toList());
    }

    /** Whether it is the card of this run: no other message says which version it is of. */
    static boolean isCard(Shown it, String run) {
        return it.text().startsWith(run + " ") && it.text().contains(" · snapshot ");
    }

    /** Waits until the card of this run says so. */
    Shown awaitCard(String run, String text) throws Exception {
        return awaitShown(it -> isCard(it, run) && it.text().contains(text));
    }

    /** The code that a prompt asks for. */
    static String code(Shown prompt) {
        var code = CODE.matcher(prompt.text());
        assertThat(code.find()).as(prompt.text()).isTrue();
        return code.group(1);
    }

    /** The open prompt of this run, with the marks on it. */
    Shown awaitPrompt(String run) throws Exception {
        return awaitShown(
                it ->
                        it.text().startsWith(run + " ")
                                && it.text().contains("needs a yes")
                                && it.marks().equals(List.of("✅", "❌")));
    }

    @Override
    public void close() {
        stop();
        proxy.close();
    }

    private final class Ears implements App.Listener {
        @Override
        public Optional<Consumer<String>> terminal() {
            return hasTerminal ? Optional.of(terminal::add) : Optional.empty();
        }

        @Override
        public void concerned(String line) {
            said.add(line);
        }

        @Override
        public void heard(SopEvent event) {}

        @Override
        public void heard(RosterFile.Event event) {}

        @Override
        public void stopped(StoreException why) {
            throw new AssertionError(why);
        }
    }
}
