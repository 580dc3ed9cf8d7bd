package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.ConnectorHealth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One user at one homeserver: a device, a sync, a queue, for all connectors that name it. Connects
 * by itself, however often it has to; nobody waits for it.
 *
 * <p>Threading: safe from any thread; one thread of its own connects, enters rooms and minds what
 * concerns the account.
 */
final class MatrixAccount implements MatrixInbox.Watcher, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MatrixAccount.class.getName());

    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_OF_KEYS = 5;

    /** How long what is to be sent waits for the first connection, before it counts as failed. */
    private static final Duration FIRST = Duration.ofSeconds(20);

    private static final Duration PROBE = Duration.ofSeconds(6);

    private final String homeserver;
    private final String user;
    private final Path folder;
    private final MatrixConnectors.World world;
    private final MatrixLogin login;
    private final MatrixHealth health;
    private final MatrixRooms rooms;
    private final MatrixSigning signing;
    private final List<MatrixSettings> connectors = new CopyOnWriteArrayList<>();
    private final List<Runnable> connected = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runnable> todo = new LinkedBlockingQueue<>();
    private final Thread thread;

    private volatile Optional<Open> open = Optional.empty();
    private final CountDownLatch tried = new CountDownLatch(1);
    private volatile boolean isRejected;
    private volatile boolean isClosed;

    /** All that there is of a connection. */
    record Open(MatrixStore store, MatrixInbox inbox, MatrixOutbox outbox, MatrixBridge bridge) {}

    // What listens before there is a connection to listen on.
    private final List<MatrixInbox.Seat> seats = new CopyOnWriteArrayList<>();

    MatrixAccount(MatrixSettings first, Path folder, MatrixConnectors.World world) {
        this.homeserver = first.homeserver();
        this.user = first.user();
        this.folder = folder;
        this.world = world;
        this.login = new MatrixLogin(world.secrets());
        this.health = new MatrixHealth(user, world.clock());
        this.rooms = new MatrixRooms(user, health, world.people());
        this.signing = new MatrixSigning(login, health, world.terminal());
        this.thread = Thread.ofVirtual().name("matrix-" + user).unstarted(this::work);
    }

    /** One more connector uses it; the first one begins to connect. */
    void add(MatrixSettings connector) {
        login.add(connector.name());
        connectors.add(connector);
        if (connectors.size() == 1) thread.start();
        else todo.add(() -> open.ifPresent(it -> rooms.enter(it.bridge(), connector)));
    }

    /** Answers whether nobody uses it any more. */
    boolean remove(MatrixSettings connector) {
        connectors.remove(connector);
        return connectors.isEmpty();
    }

    String homeserver() {
        return homeserver;
    }

    /** The connection; while the first one is being made, waits for it. */
    Optional<Open> open() {
        try {
            var _ = tried.await(FIRST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return isClosed ? Optional.empty() : open;
    }

    MatrixRooms rooms() {
        return rooms;
    }

    /** Whether a connector hears a room: its own, and the first one all that are nobody's. */
    boolean covers(MatrixSettings connector, String room) {
        var owner = connectors.stream().filter(it -> rooms.id(it).equals(room)).findFirst();
        var first = connectors.stream().findFirst();
        return owner.or(() -> first).filter(connector::equals).isPresent();
    }

    // Listening

    void listen(MatrixInbox.Seat seat, boolean beginsNow) {
        seats.add(seat);
        var now = open;
        if (now.isEmpty()) return;
        now.get().inbox().add(seat);
        try {
            // Until here nothing was for it; what comes from now on is.
            var _ = Wait.on(now.get().bridge().syncOnce());
        } catch (MatrixFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "no sync", e);
        }
        if (beginsNow) now.get().inbox().begin();
    }

    void stopListening(MatrixInbox.Seat seat) {
        seats.remove(seat);
        open.ifPresent(it -> it.inbox().remove(seat));
    }

    // Connecting

    private void work() {
        var pause = RETRY_MIN;
        while (!isClosed) {
            try {
                connect();
                tried.countDown();
                pause = RETRY_MIN;
                mind();
            } catch (MatrixFailure e) {
                if (isClosed) return;
                health.failed(e);
            } catch (RuntimeException e) {
                if (isClosed) return;
                LOG.log(System.Logger.Level.ERROR, "matrix " + user + " failed; tries again", e);
                health.failed(Wait.failure(e));
            } catch (InterruptedException _) {
                return;
            }
            tried.countDown();
            try {
                Thread.sleep(pause);
            } catch (InterruptedException _) {
                return;
            }
            pause = pause.multipliedBy(2);
            if (pause.compareTo(RETRY_MAX) > 0) pause = RETRY_MAX;
        }
    }

    private void connect() {
        if (open.isEmpty()) openAll();
        var now = open.orElseThrow();
        if (isKnown(now.bridge())) {
            // Something in between was mistaken.
            if (isRejected) Wait.on(now.bridge().resumeSync());
        } else {
            var secret = login.credential(rooms.server(homeserver), user);
            if (isOfAnotherDevice(now, secret)) {
                begin(now);
                now = open.orElseThrow();
            } else {
                Wait.on(now.bridge().reauthenticate(secret));
            }
        }
        isRejected = false;
        Wait.on(now.bridge().syncOnce());
        now.inbox().begin();
        for (var connector : connectors) rooms.enter(now.bridge(), connector);
        health.well();
        world.announce().accept(rooms.described(now.bridge(), connectors));
        signing.begin(now.bridge());
    }

    /** A token belongs to the device that it was made for, and so do keys. */
    private boolean isOfAnotherDevice(Open now, Credential secret) {
        return secret instanceof Credential.Token token
                && !Wait.on(rooms.server(homeserver).whoAmI(token.value))
                        .device()
                        .equals(now.bridge().getDeviceId());
    }

    /** The old device is gone with its token; what it had stays beside what the new one gets. */
    private void begin(Open before) {
        var device = before.bridge().getDeviceId();
        open = Optional.empty();
        before.inbox().close();
        before.bridge().close();
        before.store().close();
        var aside =
                folder.resolveSibling(folder.getFileName() + "-" + device.replaceAll("\\W", "_"));
        try {
            Files.move(folder, aside);
        } catch (IOException e) {
            throw new MatrixFailure(
                    MatrixFailure.Kind.REFUSED,
                    "the keys of device %s cannot be laid aside: %s".formatted(device, e));
        }
        openAll();
    }

    private void openAll() {
        var server = rooms.server(homeserver);
        var _ = Wait.on(server.versions());
        var store = MatrixStore.open(folder, world.clock().millis());
        Optional<MatrixBridge> bridge = Optional.empty();
        try {
            var early = new EarlyMarks(store, world.clock());
            var text = new MatrixText(user);
            var inbox = new MatrixInbox(store, text, health, world.clock(), early, this);
            var outbox = new MatrixOutbox(store, health, early, world.people()::accounts, world.clock());
            Optional<Credential> secret =
                    MatrixBridge.isUsed(store.source())
                            ? Optional.empty()
                            : Optional.of(login.credential(server, user));
            bridge =
                    Optional.of(
                            Wait.on(
                                    MatrixBridge.open(
                                            server, user, secret, store.source(), inbox)));
            inbox.attach(bridge.get());
            seats.forEach(
                    it -> {
                        it.again();
                        inbox.add(it);
                    });
            Wait.on(bridge.get().startSync());
            open = Optional.of(new Open(store, inbox, outbox, bridge.get()));
        } catch (RuntimeException e) {
            bridge.ifPresent(MatrixBridge::close);
            store.close();
            throw e;
        }
    }

    private boolean isKnown(MatrixBridge bridge) {
        try {
            var _ = Wait.on(bridge.whoAmI(), PROBE);
            return true;
        } catch (MatrixFailure e) {
            if (e.kind == MatrixFailure.Kind.UNAUTHENTICATED) return false;
            throw e;
        }
    }

    /** While it is connected: until the server does not know us any more. */
    private void mind() throws InterruptedException {
        for (int tick = 1; !isClosed && !isRejected; tick++) {
            var task = todo.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            var now = open;
            if (now.isEmpty()) return;
            if (task != null) {
                run(task);
                continue;
            }
            now.get().inbox().handEarly();
            if (tick % TICKS_OF_KEYS != 0) continue;
            if (now.get().inbox().readAgain(now.get().bridge()))
                LOG.log(System.Logger.Level.DEBUG, "keys are missing");
            if (!health.isSigningKnown()) signing.begin(now.get().bridge());
        }
        if (isClosed) return;
        open.ifPresent(it -> Wait.on(it.bridge().stopSync()));
        throw new MatrixFailure(
                MatrixFailure.Kind.UNAUTHENTICATED, "the server does not know the token any more");
    }

    /** What the server did not hear of is to be done once it is there again. */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (MatrixFailure e) {
            if (e.isPassing()) todo.add(task);
            throw e;
        }
    }

    @Override
    public void rejected(boolean isSoft) {
        if (isRejected) return;
        isRejected = true;
        todo.add(() -> {});
    }

    @Override
    public void happened(Happening happening) {
        switch (happening) {
            case Happening.Invited it ->
                    todo.add(
                            () ->
                                    open.ifPresent(
                                            now -> rooms.invited(now.bridge(), it, connectors)));
            case Happening.Membership it when it.user().equals(user) ->
                    todo.add(
                            () ->
                                    open.ifPresent(
                                            now -> rooms.changed(now.bridge(), it, connectors)));
            case Happening.Moved it -> look(it.room());
            case Happening.Ruled it -> look(it.room());
            default -> {}
        }
    }

    private void look(String room) {
        todo.add(() -> open.ifPresent(it -> rooms.enter(it.bridge(), room, connectors)));
    }

    @Override
    public void synced() {
        connected.forEach(Runnable::run);
    }

    /** Tells at each answer of the server; must not block. */
    void whenSynced(Runnable told) {
        connected.add(told);
    }

    // Health

    ConnectorHealth health(MatrixSettings connector) {
        if (isClosed) {
            return new ConnectorHealth(false, false, Optional.empty(), "it has been closed");
        }
        var now = open;
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("homeserver", homeserver);
        identity.put("user", user);
        if (now.isEmpty()) return health.unconnected(identity);
        identity.put("device", now.get().bridge().getDeviceId());
        identity.putAll(rooms.facts(connector));
        var room = rooms.id(connector);
        return health.of(connector.name(), room, probe(now.get().bridge()), identity);
    }

    private Optional<MatrixFailure> probe(MatrixBridge bridge) {
        try {
            var _ = Wait.on(bridge.whoAmI(), PROBE);
            return Optional.empty();
        } catch (MatrixFailure e) {
            return Optional.of(e);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        tried.countDown();
        todo.add(() -> {});
        var last = open;
        open = Optional.empty();
        // In this order: what is under way fails, then nobody hears, then the keys are at rest.
        last.ifPresent(
                it -> {
                    it.inbox().close();
                    it.bridge().close();
                });
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.ifPresent(it -> it.store().close());
        rooms.close();
    }
}
