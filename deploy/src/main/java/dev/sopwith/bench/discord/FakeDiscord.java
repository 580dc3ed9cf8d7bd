package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;

import okhttp3.MediaType;
import okhttp3.MultipartReader;

import okio.Buffer;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Discord on this machine: REST version 10 and its gateway, with one guild in it. What the
 * application does fails where Discord would refuse it. Every call is kept, to be held against the
 * published description of the interface.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeDiscord implements AutoCloseable {
    public static final String TOKEN = "fake.bot.token";
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int WAIT_MILLIS = 5;

    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    public final FakeWorld world = new FakeWorld();
    public final FakeGateway gateway = new FakeGateway(world, TOKEN);
    public final FakeFaults faults = new FakeFaults(world, gateway);
    public final FakeInteractions interactions = new FakeInteractions(world, gateway);
    public final FakeScreen screen = new FakeScreen(world);
    public final List<Call> calls = new CopyOnWriteArrayList<>();
    private final FakeRest rest = new FakeRest(world, gateway, interactions);
    public final FakePeople people =
            new FakePeople(world, gateway, rest.messages(), rest.threads());
    private final MockWebServer server = new MockWebServer();

    /** A call of the application, and what it was answered. */
    public record Call(
            String method,
            String path,
            String query,
            JsonNode body,
            int status,
            JsonNode answer,
            long nanos) {
        @Override
        public String toString() {
            return method + " " + path + " -> " + status;
        }
    }

    public FakeDiscord() {
        this(0);
    }

    /**
     * @param port of the REST interface, the gateway has the next one; 0 takes free ones
     */
    public FakeDiscord(int port) {
        try {
            server.setBodyLimit(Long.MAX_VALUE);
            server.setServerSocketFactory(new Sockets(ConcurrentHashMap.newKeySet()));
            server.setDispatcher(
                    new Dispatcher() {
                        @Override
                        public MockResponse dispatch(RecordedRequest request) {
                            return answer(request);
                        }
                    });
            server.start(InetAddress.getLoopbackAddress(), port);
            gateway.start(port == 0 ? 0 : port + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String restUrl() {
        return "http://127.0.0.1:" + server.getPort() + "/api/v10/";
    }

    /** What a roster says of it. */
    public Map<String, String> settings() {
        return Map.of(
                "channel_id", world.channelId, "base_url", restUrl(), "gateway_url", gateway.url());
    }

    /** What a service finds in its environment, whose connector is called like this. */
    public static Map<String, String> environment(String connector) {
        return Map.of("DISCORD_BOT_TOKEN_" + connector.toUpperCase(Locale.ROOT), TOKEN);
    }

    @Override
    public void close() {
        gateway.close();
        server.close();
    }

    // What the application calls

    private MockResponse answer(RecordedRequest request) {
        var path = request.getUrl().encodedPath().replaceFirst("^/api/v10", "");
        path = path.replace("%40", "@"); // discord.js encodes it
        var query = Optional.ofNullable(request.getUrl().encodedQuery()).orElse("");
        var body = body(request);
        var fault = faults.next(request.getMethod(), path);
        if (faults.isDown())
            return new MockResponse.Builder()
                    .onResponseStart(new SocketEffect.CloseSocket())
                    .build();
        boolean isByToken = path.startsWith("/interactions/") || path.startsWith("/webhooks/");
        FakeRest.Reply reply;
        var headers = new HashMap<String, String>();
        if (!isByToken && !faults.isTaken(authorization(request))) {
            reply = FakeRest.Reply.error(401, 0, "401: Unauthorized");
        } else if (fault.filter(it -> it.status() > 0).isPresent()) {
            headers.putAll(fault.get().headers());
            reply = new FakeRest.Reply(fault.get().status(), JSON.readTree(fault.get().body()));
        } else if (faults.isTooMuch(request.getMethod(), path, headers)) {
            var json = JSON.createObjectNode().put("message", "You are being rate limited.");
            reply = new FakeRest.Reply(429, json.put("retry_after", 1.0).put("global", false));
        } else {
            synchronized (world) {
                reply = rest.handle(request.getMethod(), path, body, FakeRest.query(query));
            }
        }
        calls.add(
                new Call(
                        request.getMethod(),
                        path,
                        query,
                        body,
                        reply.status(),
                        reply.body().deepCopy(),
                        System.nanoTime()));
        var answer = new MockResponse.Builder().code(reply.status());
        // Without it JDA takes a 429 for a ban of this address.
        answer.setHeader("Via", "1.1 google");
        headers.forEach(answer::setHeader);
        if (!reply.body().isMissingNode()) {
            answer.setHeader("Content-Type", "application/json");
            answer.body(ASCII.writeValueAsString(reply.body()));
        }
        fault.ifPresent(
                it -> {
                    if (it.isLost()) answer.onResponseStart(new SocketEffect.CloseSocket());
                    answer.headersDelay(it.delay().toMillis(), TimeUnit.MILLISECONDS);
                });
        return answer.build();
    }

    private static Optional<String> authorization(RecordedRequest request) {
        return Optional.ofNullable(request.getHeaders().get("authorization"));
    }

    private static JsonNode body(RecordedRequest request) {
        var raw = request.getBody();
        if (raw == null || raw.size() == 0) return JSON.missingNode();
        var type = Optional.ofNullable(request.getHeaders().get("content-type")).orElse("");
        if (!type.startsWith("multipart/form-data")) return JSON.readTree(raw.utf8());
        var json = JSON.createObjectNode();
        var files = JSON.createArrayNode();
        var boundary = Optional.ofNullable(MediaType.get(type).parameter("boundary")).orElse("");
        try (var reader = new MultipartReader(new Buffer().write(raw), boundary)) {
            for (var part = reader.nextPart(); part != null; part = reader.nextPart()) {
                var about = String.valueOf(part.headers().get("content-disposition"));
                var text = part.body().readUtf8();
                if (about.contains("name=\"payload_json\"")) {
                    json.setAll((ObjectNode) JSON.readTree(text));
                } else {
                    var name = about.replaceFirst(".*filename=\"([^\"]*)\".*", "$1");
                    files.addObject()
                            .put("name", name)
                            .put("size", text.length())
                            .put("text", text);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        json.set("__files", files);
        return json;
    }

    public List<Call> calls(String method, String path) {
        var pattern = Pattern.compile(path);
        return calls.stream()
                .filter(it -> it.method().equals(method) && pattern.matcher(it.path()).matches())
                .toList();
    }

    /** These can be edited no more: they are older than an hour and were edited often. */
    public void tooOldToEdit(String messageId) {
        synchronized (world) {
            rest.messages().tooOldToEdit(messageId);
        }
    }

    /** Waits until it is so. */
    public static void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    /** Waits as long until it is so. */
    public static void await(String what, Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new NotDone("waited in vain for " + what);
            LockSupport.parkNanos(WAIT_MILLIS * 1_000_000L);
        }
    }
}
