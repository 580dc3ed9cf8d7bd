package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Completion;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Path path;
    private final ServerSocketChannel socket;
    private final UserPrincipal owner;
    private final Handler handler;
    private final Room room;
    private final Duration hello;
    private final Set<Peer> clients = ConcurrentHashMap.newKeySet();

    /** Those who only hear why they are not served: they take no place of anybody else. */
    private final Set<Peer> leaving = ConcurrentHashMap.newKeySet();

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

    private LocalServer(
            Path path,
            ServerSocketChannel socket,
            UserPrincipal owner,
            Handler handler,
            Room room,
            Duration hello) {
        this.room = room;
        this.hello = hello;
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
        return open(path, handler, room, Peer.HELLO);
    }

    /**
     * Listens.
     *
     * @param hello how long a client may take to say hello
     */
    static LocalServer open(Path path, Handler handler, Room room, Duration hello)
            throws IOException {
        var absolute = path.toAbsolutePath().normalize();
        var problem = problem(absolute);
        if (problem.isPresent()) throw new IOException(problem.get());
        Files.deleteIfExists(absolute);
        var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.bind(UnixDomainSocketAddress.of(absolute), CLIENTS_MAX);
            Files.setPosixFilePermissions(absolute, rights(absolute.resolveSibling("")));
            var server =
                    new LocalServer(
                            absolute, socket, Files.getOwner(absolute), handler, room, hello);
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
        var client = new Peer(wire, caller, hello);
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
        var others = clients.stream().map(it -> it.caller()).filter(it -> !it.operator()).toList();
        long own = others.stream().filter(it -> it.login().equals(caller.login())).count();
        boolean isFull =
                clients.size() >= CLIENTS_MAX
                        || (!caller.operator() && (others.size() >= OTHERS_MAX || own >= EACH_MAX));
        return isFull
                ? Optional.of("too many clients at once; try again in a moment")
                : Optional.empty();
    }

    private void sendAway(Peer client, String why) {
        try (var _ = client.wire()) {
            // Not by the thread that accepts: it is a commit.
            if (!handler.admits(client.caller())) handler.sentAway(client.caller());
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

    private void serve(Peer client) {
        try (var _ = client.wire()) {
            new Conversation(client, handler, room).go();
        } catch (IOException | Gone _) {
            // The client has gone; what it asked for was done or refused all the same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.remove(client);
        }
    }

    static ObjectNode error(String problem) {
        return Answer.empty().put("error", problem);
    }

    private void endSilent() {
        while (!isClosedAfter(LOOK)) {
            Stream.concat(clients.stream(), leaving.stream()).forEach(Peer::endIfLate);
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
        clients.forEach(client -> client.wire().close());
        leaving.forEach(client -> client.wire().close());
    }
}
