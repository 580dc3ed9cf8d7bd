package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The gateway of {@link FakeDiscord}: sessions, intents, RESUME with replay, close codes, cut
 * wires.
 *
 * <p>Threading: safe from any thread; sessions are guarded by the world.
 */
public final class FakeGateway implements AutoCloseable {
    private static final int HEARTBEAT_MILLIS = 41_250;
    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Who asked to be told, and what they were told. */
    private static final class Session {
        final String id = UUID.randomUUID().toString().replace("-", "");
        final List<ObjectNode> sent = new ArrayList<>();
        int intents;
        boolean isValid = true;
        @Nullable WebSocket socket;
    }

    private final FakeWorld world;
    private final MockWebServer server = new MockWebServer();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, Session> sessions = new HashMap<>();
    private final Map<WebSocket, Session> bySocket = new HashMap<>();
    private @Nullable Session current;

    /** All that clients said. */
    public final List<JsonNode> received = new CopyOnWriteArrayList<>();

    public volatile String token;
    public volatile boolean refuses;
    public volatile boolean acknowledges = true;
    public volatile int heartbeatMillis = HEARTBEAT_MILLIS;
    public volatile Set<Integer> forbiddenIntents = Set.of();

    public FakeGateway(FakeWorld world, String token) {
        this.world = world;
        this.token = token;
    }

    public void start(int port) throws IOException {
        server.setServerSocketFactory(new Sockets(sockets));
        server.setDispatcher(
                new Dispatcher() {
                    @Override
                    public MockResponse dispatch(RecordedRequest request) {
                        if (refuses) return new MockResponse.Builder().code(503).build();
                        return new MockResponse.Builder().webSocketUpgrade(new Client()).build();
                    }
                });
        server.start(InetAddress.getLoopbackAddress(), port);
    }

    public String url() {
        return "ws://127.0.0.1:" + server.getPort();
    }

    private final class Client extends WebSocketListener {
        @Override
        public void onOpen(WebSocket socket, Response response) {
            var hello = JSON.createObjectNode().put("op", 10);
            hello.putObject("d").put("heartbeat_interval", heartbeatMillis);
            write(socket, hello);
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            synchronized (world) {
                heard(socket, JSON.readTree(text));
            }
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            synchronized (world) {
                var session = bySocket.remove(socket);
                if (session != null && session.socket == socket) {
                    session.socket = null;
                    if (code == 1000 || code == 1001) session.isValid = false;
                }
            }
            socket.close(code == 1005 || code == 1006 ? 1000 : code, null);
        }

        @Override
        public void onFailure(WebSocket socket, Throwable why, @Nullable Response response) {
            synchronized (world) {
                var session = bySocket.remove(socket);
                if (session != null && session.socket == socket) session.socket = null;
            }
        }
    }

    private static void write(WebSocket socket, JsonNode json) {
        socket.send(ASCII.writeValueAsString(json));
    }

    private void heard(WebSocket socket, JsonNode in) {
        received.add(in);
        var data = in.path("d");
        switch (in.path("op").asInt(-1)) {
            case 1 -> {
                if (acknowledges) write(socket, JSON.createObjectNode().put("op", 11));
            }
            case 2 -> identify(socket, data);
            case 6 -> resume(socket, data);
            default -> {}
        }
    }

    private void identify(WebSocket socket, JsonNode data) {
        if (!token.equals(data.path("token").asString(""))) {
            socket.close(4004, "Authentication failed.");
            return;
        }
        int intents = data.path("intents").asInt(0);
        if (forbiddenIntents.stream().anyMatch(it -> (intents >> it & 1) == 1)) {
            socket.close(4014, "Disallowed intent(s).");
            return;
        }
        var session = new Session();
        session.intents = intents;
        session.socket = socket;
        sessions.put(session.id, session);
        bySocket.put(socket, session);
        current = session;
        var ready = JSON.createObjectNode().put("v", 10).put("session_id", session.id);
        ready.put("session_type", "normal").put("resume_gateway_url", url());
        ready.set("user", world.guild.self());
        ready.putArray("guilds").addObject().put("id", world.guildId).put("unavailable", true);
        ready.putObject("application").put("id", world.bot.id()).put("flags", 1 << 19);
        ready.putArray("private_channels");
        send(session, "READY", ready);
        send(session, "GUILD_CREATE", world.guild.guild());
    }

    private void resume(WebSocket socket, JsonNode data) {
        if (!token.equals(data.path("token").asString(""))) {
            socket.close(4004, "Authentication failed.");
            return;
        }
        var session = sessions.get(data.path("session_id").asString(""));
        if (session == null || !session.isValid) {
            write(socket, JSON.createObjectNode().put("op", 9).put("d", false));
            return;
        }
        session.socket = socket;
        bySocket.put(socket, session);
        current = session;
        int seen = data.path("seq").asInt(0);
        for (var it : List.copyOf(session.sent)) {
            if (it.path("s").asInt(0) > seen) write(socket, it);
        }
        send(session, "RESUMED", JSON.createObjectNode());
    }

    private static void send(Session session, String type, JsonNode data) {
        var event = JSON.createObjectNode().put("op", 0).put("s", session.sent.size() + 1);
        event.put("t", type).set("d", data.deepCopy());
        session.sent.add(event);
        if (session.socket != null) write(session.socket, event);
    }

    /** Tells of it who asked for it; kept for a RESUME. A negative intent is asked for by all. */
    public void dispatch(String type, JsonNode data, int intent) {
        synchronized (world) {
            if (current == null || !current.isValid) return;
            if (intent > 0 && (current.intents >> intent & 1) == 0) return;
            send(current, type, data);
        }
    }

    // Faults

    /** The wire is cut without a word. */
    public void cut() {
        synchronized (world) {
            if (current != null) current.socket = null;
        }
        for (var it : sockets) {
            try {
                it.close();
            } catch (IOException _) {
                // Then it was cut before.
            }
        }
        sockets.clear();
    }

    /** Says that it is over, with this code. */
    public void close(int code) {
        synchronized (world) {
            if (current == null || current.socket == null) return;
            var socket = current.socket;
            current.socket = null;
            socket.close(code, "test");
        }
    }

    public void askToReconnect() {
        synchronized (world) {
            if (current == null || current.socket == null) throw new NotDone("no session");
            write(current.socket, JSON.createObjectNode().put("op", 7).putNull("d"));
        }
    }

    /** No session can be taken up again. */
    public void forgetSessions() {
        synchronized (world) {
            sessions.values().forEach(it -> it.isValid = false);
        }
    }

    public boolean isConnected() {
        synchronized (world) {
            return current != null && current.isValid && current.socket != null;
        }
    }

    public long received(int op) {
        return received.stream().filter(it -> it.path("op").asInt(-1) == op).count();
    }

    @Override
    public void close() {
        cut();
        try {
            server.close();
        } catch (RuntimeException | Error _) {
            // It waits for web sockets that nobody ends any more.
        }
    }
}
