package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Completion;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.secret.Secret;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The socket of the local operator. The kernel says who is on the other end; nothing that is sent
 * does. Whom the handler admits is answered: the service's own user, root, people of the roster.
 *
 * <p>Threading: one virtual thread accepts, one serves each client, one ends those that keep still
 * for too long. A slow or silent client holds up nobody else.
 */
public final class LocalServer implements AutoCloseable {
    /** Clients at once. */
    static final int CLIENTS_MAX = 256;

    /** Of them, all who are not the operator: nobody keeps the operator out. */
    static final int OTHERS_MAX = 192;

    /** Of those, the clients of one user: nobody keeps the others out. */
    static final int EACH_MAX = 64;

    /** Who is sent away hears why; beyond so many at once they hear nothing. */
    private static final int LEAVING_MAX = 64;

    /** Bytes of a path that every system takes for a socket. */
    private static final int PATH_MAX = 100;

    private static final System.Logger LOG = System.getLogger(LocalServer.class.getName());
    private static final Duration HELLO = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final Duration SENDING = Duration.ofSeconds(30);
    private static final Duration GONE = Duration.ofSeconds(45);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Path path;
    private final ServerSocketChannel socket;
    private final UserPrincipal owner;
    private final Handler handler;
    private final Room room;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();

    /** Those who only hear why they are not served: they take no place of anybody else. */
    private final Set<Client> leaving = ConcurrentHashMap.newKeySet();

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Answers requests. */
    @FunctionalInterface
    public interface Handler {
        /**
         * The answer to one request.
         *
         * @param asker hears what happens meanwhile
         */
        Answer answer(Request request, Caller caller, Asker asker) throws InterruptedException;

        /** How a half-typed line may go on. */
        default Completion complete(String text, Caller caller) {
            return new Completion(text.length(), List.of());
        }

        /**
         * The secret inputs that this line needs and that must be asked for without showing them.
         */
        default List<String> secrets(Request request, Caller caller) {
            return List.of();
        }

        /** Somebody was sent away, because they are not answered. */
        default void sentAway(Caller caller) {}

        /** Whether somebody is answered at all. */
        default boolean admits(Caller caller) {
            return caller.operator();
        }
    }

    /**
     * Whoever asked, while they wait for the answer: takes what happens meanwhile, an empty text as
     * a sign of life. Throws {@link Gone} when nobody listens any more.
     */
    public interface Asker extends Consumer<String> {
        /** Takes a part of what is shown before the answer, as it stands. */
        void output(String part);
    }

    /** Whoever asked has gone. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;

        Gone(IOException cause) {
            super(cause);
        }
    }

    /** One connection, and until when it must have done something. */
    private static final class Client {
        private final Wire wire;
        private final Caller caller;
        private final ReentrantLock writing = new ReentrantLock(); // one line at a time
        private volatile long deadline;
        private volatile OptionalLong heardBy = OptionalLong.empty();

        Client(Wire wire, Caller caller) {
            this.wire = wire;
            this.caller = caller;
            allow(HELLO);
        }

        void allow(Duration time) {
            deadline = System.nanoTime() + time.toNanos();
        }

        /** From now on it has to say something at least this often. */
        void expectWithin(Duration time) {
            heardBy = OptionalLong.of(System.nanoTime() + time.toNanos());
        }

        boolean isLate() {
            long now = System.nanoTime();
            var mustSpeakBy = heardBy;
            return now - deadline > 0
                    || (mustSpeakBy.isPresent() && now - mustSpeakBy.getAsLong() > 0);
        }

        void write(JsonNode json) throws IOException {
            writing.lock();
            try {
                allow(SENDING);
                wire.write(json);
                allow(SILENCE);
            } finally {
                writing.unlock();
            }
        }

        /** The last words to whoever is not served; they must arrive, whatever is still coming. */
        void sendAway(JsonNode why) throws IOException {
            write(why);
            allow(HELLO);
            wire.hangUp();
        }
    }

    private LocalServer(
            Path path,
            ServerSocketChannel socket,
            UserPrincipal owner,
            Handler handler,
            Room room) {
        this.room = room;
        this.path = path;
        this.socket = socket;
        this.owner = owner;
        this.handler = handler;
    }

    /**
     * Listens. What is at this path is replaced: the caller has made sure that no other service is
     * behind it.
     *
     * @throws IOException when it cannot listen there; the message says what to do
     */
    public static LocalServer open(Path path, Handler handler) throws IOException {
        return open(path, handler, Room.NONE);
    }

    /**
     * Listens, and lets clients follow the room.
     *
     * @throws IOException when it cannot listen there; the message says what to do
     */
    public static LocalServer open(Path path, Handler handler, Room room) throws IOException {
        var absolute = path.toAbsolutePath().normalize();
        var problem = problem(absolute);
        if (problem.isPresent()) throw new IOException(problem.get());
        Files.deleteIfExists(absolute);
        var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.bind(UnixDomainSocketAddress.of(absolute), CLIENTS_MAX);
            Files.setPosixFilePermissions(absolute, rights(absolute.resolveSibling("")));
            var server = new LocalServer(absolute, socket, Files.getOwner(absolute), handler, room);
            room.opened(absolute);
            Thread.ofVirtual().name("local-accept").start(server::accept);
            Thread.ofVirtual().name("local-deadlines").start(server::endSilent);
            return server;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Who may pass through the folder may ask here, and hears whether they are answered: else who
     * opened the folder to people would have to open the socket anew after each start.
     */
    private static Set<PosixFilePermission> rights(Path folder) throws IOException {
        boolean isOpen =
                Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
        return PosixFilePermissions.fromString(isOpen ? "rw-rw-rw-" : "rw-rw----");
    }

    /** Why no socket can be at this path, if none can. */
    static Optional<String> problem(Path path) {
        var absolute = path.toAbsolutePath().normalize();
        // The system counts bytes.
        if (absolute.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_MAX) {
            return Optional.empty();
        }
        return Optional.of(
                "%s is too long for a socket (%d bytes at most); name a shorter folder with --state-dir"
                        .formatted(absolute, PATH_MAX));
    }

    private void accept() {
        while (socket.isOpen()) {
            try {
                admit(new Wire(socket.accept()));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "a local client could not connect", e);
                if (isClosedAfter(LOOK)) return;
            }
        }
    }

    /** Serves a client, or tells it why it is not served, if there is time for that. */
    private void admit(Wire wire) throws IOException {
        Caller caller;
        try {
            caller = caller(wire);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
        var client = new Client(wire, caller);
        var refusal = refusal(caller);
        if (refusal.isEmpty()) {
            clients.add(client);
            Thread.ofVirtual().name("local-client").start(() -> serve(client));
        } else if (leaving.size() < LEAVING_MAX) {
            leaving.add(client);
            Thread.ofVirtual().name("local-client").start(() -> sendAway(client, refusal.get()));
        } else {
            wire.close();
        }
    }

    /** Why somebody is not served, if they are not. */
    private Optional<String> refusal(Caller caller) {
        if (!handler.admits(caller)) {
            return Optional.of(
                    "local:%s may do nothing here: only the service's own user, root and"
                                    .formatted(caller.login())
                            + " people whose login the roster names may");
        }
        var others = clients.stream().map(it -> it.caller).filter(it -> !it.operator()).toList();
        long own = others.stream().filter(it -> it.login().equals(caller.login())).count();
        boolean isFull =
                clients.size() >= CLIENTS_MAX
                        || (!caller.operator() && (others.size() >= OTHERS_MAX || own >= EACH_MAX));
        return isFull
                ? Optional.of("too many clients at once; try again in a moment")
                : Optional.empty();
    }

    private void sendAway(Client client, String why) {
        try (var _ = client.wire) {
            // Not by the thread that accepts: it is a commit.
            if (!handler.admits(client.caller)) handler.sentAway(client.caller);
            client.sendAway(error(why));
        } catch (IOException | Gone _) {
            // It did not wait to hear it.
        } finally {
            leaving.remove(client);
        }
    }

    private Caller caller(Wire wire) throws IOException {
        var peer = wire.peer();
        var root =
                FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("0"); // a number is looked up as a uid
        return new Caller(peer.getName(), peer.equals(owner) || peer.equals(root));
    }

    private void serve(Client client) {
        var caller = client.caller;
        try (var wire = client.wire) {
            if (!greet(client, caller)) return;
            boolean goOn = true;
            while (goOn) goOn = serveOne(client, wire, caller);
        } catch (IOException | Gone _) {
            // The client has gone; what it asked for was done or refused all the same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.remove(client);
        }
    }

    private boolean greet(Client client, Caller caller) throws IOException {
        var hello = next(client);
        if (hello.isEmpty()) return false;
        int version = hello.get().path("hello").asInt(0);
        if (version != Wire.VERSION) {
            client.write(
                    error(
                            "this service speaks version %d of the protocol, the client version %d;"
                                            .formatted(Wire.VERSION, version)
                                    + " use the sopwith of the service, or restart the service"));
            return false;
        }
        client.write(
                Answer.empty().put("hello", Wire.VERSION).put("you", "local:" + caller.login()));
        return true;
    }

    private boolean serveOne(Client client, Wire wire, Caller caller)
            throws IOException, InterruptedException {
        Optional<ObjectNode> line;
        try {
            line = wire.read();
        } catch (Wire.Garbage e) {
            client.write(error(String.valueOf(e.getMessage())));
            return !e.isFatal();
        }
        if (line.isEmpty()) return false;
        var asked = line.get();
        if (asked.has("subscribe")) {
            follow(client, caller, asked.path("subscribe"));
            return false;
        }
        var reply = reply(asked, client, caller);
        client.write(reply.orElseGet(() -> error("a request is {\"words\": [\"runs\"]}")));
        return true;
    }

    private Optional<ObjectNode> reply(ObjectNode asked, Client client, Caller caller)
            throws InterruptedException {
        if (asked.path("complete").isString()) {
            return Optional.of(completed(asked.path("complete").asString(""), caller));
        }
        if (asked.path("asks").isString()) {
            var reply = Answer.empty();
            var line = Request.line(asked.path("asks").asString(""), run(asked));
            handler.secrets(line, caller).forEach(reply.putArray("asks")::add);
            return Optional.of(reply);
        }
        var request = request(asked);
        if (request.isEmpty()) return Optional.empty();
        var reply = Answer.empty();
        reply.set("answer", answer(client, request.get(), caller).json());
        return Optional.of(reply);
    }

    private static Optional<Request> request(ObjectNode asked) {
        var words = asked.path("words");
        var line = Optional.of(asked.path("line")).filter(JsonNode::isString);
        if (line.isPresent() == (words.isArray() && !words.isEmpty())) return Optional.empty();
        var secrets = new HashMap<String, Secret>();
        for (var secret : asked.path("secrets").properties()) {
            secrets.put(secret.getKey(), Secret.of(secret.getValue().asString("")));
        }
        return Optional.of(
                new Request(
                        Answer.texts(words),
                        line.map(it -> it.asString("")),
                        run(asked),
                        secrets,
                        asked.path("wait").asBoolean(false)));
    }

    private static Optional<RunId> run(ObjectNode asked) {
        return RunId.parse(asked.path("run").asString(""));
    }

    private ObjectNode completed(String text, Caller caller) {
        var completion = handler.complete(text, caller);
        var reply = Answer.empty();
        var one = reply.putObject("complete").put("from", completion.from());
        var candidates = one.putArray("candidates");
        for (var candidate : completion.candidates()) {
            candidates
                    .addObject()
                    .put("text", candidate.text())
                    .put("description", candidate.description());
        }
        return reply;
    }

    // Following

    /** Serves a client that follows the room, until it goes. */
    private void follow(Client client, Caller caller, JsonNode since)
            throws IOException, InterruptedException {
        var place =
                new Room.Place(since.path("epoch").asString(""), since.path("since").asLong(-1));
        var bell = new Changes();
        var followed = room.follow(caller, place, bell::tell);
        if (followed.isEmpty()) {
            client.sendAway(error("there is no room to follow here now"));
            return;
        }
        var replies = new ConcurrentLinkedQueue<ObjectNode>();
        try (var it = followed.get()) {
            var from = Answer.empty().put("epoch", it.from().epoch()).put("since", it.from().seq());
            client.write(Answer.empty().set("subscribed", from.put("missed", it.missed())));
            client.expectWithin(GONE);
            var writer =
                    Thread.ofVirtual()
                            .name("local-room")
                            .start(() -> showAll(client, it, bell, replies));
            try {
                while (listen(client, caller, it, replies, bell)) client.expectWithin(GONE);
            } finally {
                writer.interrupt();
                writer.join();
            }
        }
    }

    /** Writes whatever there is, until the client goes. */
    private static void showAll(
            Client client, Room.Followed followed, Changes bell, Queue<ObjectNode> replies) {
        long shown = followed.from().seq();
        try {
            while (true) {
                long seen = bell.count();
                for (var reply = replies.poll(); reply != null; reply = replies.poll()) {
                    client.write(reply);
                }
                var news = followed.after(shown);
                for (var frame : news.frames()) client.write(frame.json());
                // Else what was not for them would one day look like something they missed.
                if (news.upTo() > news.shown(shown)) {
                    client.write(Answer.empty().put("passed", news.upTo()));
                }
                shown = news.upTo();
                if (followed.isOver()) break;
                if (bell.count() != seen) continue;
                bell.await(seen, HEARTBEAT);
                if (bell.count() == seen) client.write(Answer.empty().put("alive", true));
            }
            client.wire.close(); // whoever reads from it learns of it so
        } catch (IOException _) {
            client.wire.close();
        } catch (InterruptedException _) {
            // The client has gone.
        }
    }

    /** Takes in one line of a client that follows; whether there will be another. */
    private static boolean listen(
            Client client,
            Caller caller,
            Room.Followed followed,
            Queue<ObjectNode> replies,
            Changes bell)
            throws IOException {
        Optional<ObjectNode> line;
        try {
            line = client.wire.read();
        } catch (Wire.Garbage e) {
            replies.add(error(String.valueOf(e.getMessage())));
            bell.tell();
            return !e.isFatal();
        }
        if (line.isEmpty()) return false;
        var told = line.get();
        if (told.has("ack")) {
            followed.shown(told.path("ack").asLong(0));
        } else if (told.path("say").isObject()) {
            var said = said(caller, told.path("say"));
            followed.say(
                    said,
                    refusal -> {
                        var reply = Answer.empty();
                        if (refusal.isEmpty()) reply.put("heard", said.id());
                        else reply.put("unheard", said.id()).put("why", refusal.get());
                        replies.add(reply);
                        bell.tell();
                    });
        } else if (!told.has("alive")) {
            replies.add(error("who follows the room can say ack, say and alive"));
            bell.tell();
        }
        return true;
    }

    private static Room.Said said(Caller caller, JsonNode said) {
        var thread = said.path("thread").asString("");
        return new Room.Said(
                caller,
                said.path("id").asString(""),
                said.path("text").asString(""),
                Optional.of(thread).filter(it -> !it.isEmpty()));
    }

    private Answer answer(Client client, Request request, Caller caller)
            throws InterruptedException {
        var answered = new CountDownLatch(1);
        var signs = Thread.ofVirtual().name("local-alive").start(() -> giveSigns(client, answered));
        try {
            return handler.answer(request, caller, new Waiting(client));
        } catch (Gone e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request failed", e);
            return Answer.no("the service could not do it: " + e.getMessage());
        } finally {
            answered.countDown();
            signs.join(); // nothing comes after the answer
        }
    }

    /**
     * Some things take long: who waits for them must be able to tell that from a hanging service.
     */
    private static void giveSigns(Client client, CountDownLatch answered) {
        try {
            while (!answered.await(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS)) {
                client.write(Answer.empty().put("alive", true));
            }
        } catch (IOException _) {
            // The client has gone: whoever writes the answer hears of it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A client that waits for its answer. */
    private record Waiting(Client client) implements Asker {
        @Override
        public void accept(String said) {
            write(said.isEmpty() ? "alive" : "progress", said);
        }

        @Override
        public void output(String part) {
            write("output", part);
        }

        private void write(String what, String text) {
            var line = Answer.empty();
            if (text.isEmpty()) line.put(what, true);
            else line.put(what, text);
            try {
                client.write(line);
            } catch (IOException e) {
                throw new Gone(e);
            }
        }
    }

    /** The first line; none when there is none, or none that could be understood. */
    private static Optional<ObjectNode> next(Client client) throws IOException {
        try {
            return client.wire.read();
        } catch (Wire.Garbage e) {
            client.write(error(e.getMessage() + "; the first one is {\"hello\": 1}"));
            return Optional.empty();
        }
    }

    private static ObjectNode error(String problem) {
        return Answer.empty().put("error", problem);
    }

    private void endSilent() {
        while (!isClosedAfter(LOOK)) {
            Stream.concat(clients.stream(), leaving.stream())
                    .filter(Client::isLate)
                    .forEach(it -> it.wire.close());
        }
    }

    private boolean isClosedAfter(Duration time) {
        try {
            return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Hangs up on all clients. */
    @Override
    public void close() {
        closed.countDown();
        try {
            room.closed();
            socket.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the socket was not taken away", e);
        }
        clients.forEach(client -> client.wire.close());
        leaving.forEach(client -> client.wire.close());
    }
}
