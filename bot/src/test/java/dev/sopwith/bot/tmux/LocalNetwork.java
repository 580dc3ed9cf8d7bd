package dev.sopwith.bot.tmux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Request;
import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.chat.ConnectorContract.Shown;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A service's socket and one client that follows its room and comes back whenever it was cut off.
 * Only who speaks is made up: the kernel knows one user here.
 *
 * <p>Threading: one thread uses it, one virtual thread is the client.
 */
final class LocalNetwork implements ConnectorContract.Network, AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Path folder;
    private final AtomicInteger ids = new AtomicInteger();
    private final Set<String> arrived = ConcurrentHashMap.newKeySet();
    private Optional<TmuxConnector> connector = Optional.empty();
    private Optional<LocalServer> server = Optional.empty();
    private boolean losesAnswer;

    // guarded by this: the client
    private final Map<String, Frame> seen = new LinkedHashMap<>();
    private final Map<String, String> unheard = new LinkedHashMap<>(); // by id, oldest first
    private Optional<LocalFeed> feed = Optional.empty();
    private Room.Place place = new Room.Place("", -1);

    private volatile boolean isOver;

    LocalNetwork(Path folder) {
        this.folder = folder;
        Thread.ofVirtual().name("test-client").start(this::followAlways);
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    @Override
    public Connector connect() {
        try {
            close(server);
            connector.ifPresent(TmuxConnector::close);
            var opened =
                    TmuxConnector.open(
                            folder.resolve("room"), InstantSource.system(), new Random(7));
            connector = Optional.of(opened);
            comeBack();
            return losing(opened);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The connector, but for answers that get lost on their way back. */
    private Connector losing(TmuxConnector real) {
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("send") && losesAnswer) {
                                losesAnswer = false;
                                real.send((OutboundMessage) arguments[0]);
                                return SendResult.failed("no answer");
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Override
    public String room() {
        return TmuxConnector.ROOM;
    }

    @Override
    public String says(String person, String text) {
        var id = person + "#" + ids.incrementAndGet();
        synchronized (this) {
            unheard.put(id, text);
            feed.ifPresent(it -> sayAll(it, Map.of(id, text)));
        }
        if (connector.orElseThrow().health().reachable()) {
            await("the line arrives", () -> arrived.contains(id));
        }
        return "local:" + person + "/" + id;
    }

    private static void sayAll(LocalFeed feed, Map<String, String> lines) {
        try {
            for (var line : lines.entrySet()) {
                feed.say(line.getKey(), line.getValue(), Optional.empty());
            }
        } catch (IOException _) {
            // It is said again when the client is back.
        }
    }

    @Override
    public String reacts(String person, String messageId, String mark) {
        throw new UnsupportedOperationException("a terminal has no marks");
    }

    @Override
    public String takesBack(String person, String messageId, String mark) {
        throw new UnsupportedOperationException("a terminal has no marks");
    }

    @Override
    public List<Shown> shown() {
        long last = lastSent();
        await("the client has seen everything", () -> placeNow().seq() >= last);
        synchronized (this) {
            return seen.values().stream()
                    .sorted(Comparator.comparingLong(it -> Long.parseLong(it.id().substring(1))))
                    .map(LocalNetwork::shown)
                    .toList();
        }
    }

    private long lastSent() {
        try (var followed =
                connector
                        .orElseThrow()
                        .follow(new Caller("all", true), new Room.Place("", -1), () -> {})
                        .orElseThrow()) {
            var frames = followed.after(followed.from().seq()).frames();
            return frames.isEmpty() ? 0 : frames.getLast().seq();
        }
    }

    private static Shown shown(Frame frame) {
        var text = new ArrayList<String>();
        if (!frame.title().isEmpty()) text.add(frame.title());
        text.addAll(frame.lines());
        return new Shown(frame.id(), frame.thread(), String.join("\n", text), frame.calls());
    }

    @Override
    public void goDown() {
        close(server);
        server = Optional.empty();
    }

    @Override
    public void comeBack() {
        try {
            server = Optional.of(LocalServer.open(socket(), this::answer, people()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer answer(Request request, Caller caller, Consumer<String> progress) {
        return Answer.wrong("nothing is asked here");
    }

    /** The room, with everybody by the name that their lines begin with. */
    private Room people() {
        var real = connector.orElseThrow();
        return new Room() {
            @Override
            public Optional<Followed> follow(Caller by, Place since, Runnable bell) {
                return real.follow(by, since, bell).map(LocalNetwork.this::named);
            }

            @Override
            public void opened(Path path) {
                real.opened(path);
            }

            @Override
            public void closed() {
                real.closed();
            }
        };
    }

    private Room.Followed named(Room.Followed real) {
        return (Room.Followed)
                Proxy.newProxyInstance(
                        Room.Followed.class.getClassLoader(),
                        new Class<?>[] {Room.Followed.class},
                        (_, method, arguments) -> {
                            if (!method.getName().equals("say")) {
                                return method.invoke(real, arguments);
                            }
                            var said = (Room.Said) arguments[0];
                            var name = said.id().substring(0, said.id().indexOf('#'));
                            var by = new Caller(name, false);
                            real.say(
                                    new Room.Said(by, said.id(), said.text(), said.thread()),
                                    (Room.Told) arguments[1]);
                            arrived.add(said.id());
                            return null;
                        });
    }

    @Override
    public void revoke() {
        try {
            Files.delete(socket());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void loseNextAnswer() {
        losesAnswer = true;
    }

    // The client

    private synchronized Room.Place placeNow() {
        return place;
    }

    private void followAlways() {
        while (!isOver) {
            try (var now = LocalFeed.subscribe(socket(), placeNow())) {
                begin(now);
                now.follow(new Client());
            } catch (IOException | LocalClient.Refused _) {
                LockSupport.parkNanos(2_000_000);
            } finally {
                synchronized (this) {
                    feed = Optional.empty();
                }
            }
        }
    }

    private synchronized void begin(LocalFeed now) {
        if (!now.from().epoch().equals(place.epoch())) seen.clear();
        place = now.from();
        feed = Optional.of(now);
        sayAll(now, unheard);
    }

    private final class Client implements LocalFeed.Listener {
        @Override
        public void seen(Frame frame) {
            synchronized (LocalNetwork.this) {
                seen.put(frame.id(), frame);
                place = new Room.Place(place.epoch(), frame.seq());
            }
        }

        @Override
        public void heard(String id) {
            synchronized (LocalNetwork.this) {
                unheard.remove(id);
            }
        }

        @Override
        public void unheard(String id, String why) {
            heard(id);
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        try {
            while (!condition.call()) {
                assertThat(System.nanoTime()).as("in vain: " + what).isLessThan(end);
                LockSupport.parkNanos(1_000_000);
            }
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
    }

    private static void close(Optional<LocalServer> server) {
        server.ifPresent(LocalServer::close);
    }

    @Override
    public void close() {
        isOver = true;
        goDown();
        connector.ifPresent(TmuxConnector::close);
    }
}
