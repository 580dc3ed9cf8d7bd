package dev.sopwith.bench.synapse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Stands between a client and a homeserver and misbehaves on command, in all the ways in which
 * servers and what is in front of them do.
 *
 * <p>Threading: safe from any thread.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int TRIES = 5_000;

    private final URI target;
    private final HttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private Optional<HttpServer> server = Optional.empty(); // guarded by this
    private int port; // guarded by this

    /**
     * A request as it came in.
     *
     * @param at of {@link System#nanoTime}
     */
    public record Request(String method, String path, String query, String body, long at) {
        /** Whether it is one that sends an event into a room. */
        public boolean isSend() {
            return method.equals("PUT") && path.contains("/send/");
        }

        public boolean isSync() {
            return path.endsWith("/sync");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** What the client gets to see. */
    public static final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        private Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        static Answer of(int status, Map<String, String> headers, String body) {
            return new Answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
        }

        static Answer json(int status, String body) {
            return of(status, Map.of("Content-Type", "application/json"), body);
        }
    }

    /** The homeserver, as a fault sees it. */
    @FunctionalInterface
    public interface Upstream {
        Answer ask() throws IOException;
    }

    /** Something that goes wrong. */
    @FunctionalInterface
    public interface Failure {
        /**
         * Answers in the server's place.
         *
         * @return what the client gets; nothing cuts the connection
         */
        Optional<Answer> act(Request request, Upstream upstream) throws IOException;
    }

    /** A failure that has been asked for; counts what it has hit. */
    public static final class Fault {
        private final Predicate<Request> which;
        private final Failure failure;
        private final AtomicInteger left;
        private final AtomicInteger hits = new AtomicInteger();

        private Fault(Predicate<Request> which, int times, Failure failure) {
            this.which = which;
            this.failure = failure;
            this.left = new AtomicInteger(times);
        }

        private boolean fits(Request request) {
            if (!which.test(request)) return false;
            if (left.getAndUpdate(it -> Math.max(0, it - 1)) == 0) return false;
            hits.incrementAndGet();
            return true;
        }

        /** How often it has happened. */
        public int hits() {
            return hits.get();
        }

        /** It does not happen any more. */
        public void end() {
            left.set(0);
        }
    }

    private FaultProxy(URI target) {
        this.target = target;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .executor(threads)
                        .build();
    }

    /** One in front of this server, faithful until it is told otherwise. */
    public static FaultProxy before(URI target) throws IOException {
        var proxy = new FaultProxy(target);
        proxy.up();
        return proxy;
    }

    /** Where it listens; the same for ever. */
    public synchronized URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** All requests that came in so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    // What can go wrong

    /** From now on, for the next requests like this. */
    public Fault fail(Predicate<Request> which, int times, Failure failure) {
        var fault = new Fault(which, times, failure);
        faults.add(fault);
        return fault;
    }

    /** The same, until it is ended. */
    public Fault failAlways(Predicate<Request> which, Failure failure) {
        return fail(which, Integer.MAX_VALUE, failure);
    }

    /** This status with an error of Matrix. */
    public static Failure refuse(int status, String code) {
        var body = "{\"errcode\":\"%s\",\"error\":\"injected\"}".formatted(code);
        return (_, _) -> Optional.of(Answer.json(status, body));
    }

    /** 429, as Synapse says it. */
    public static Failure tooMany(Duration retryAfter) {
        var body =
                "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too Many Requests\",\"retry_after_ms\":%d}"
                        .formatted(retryAfter.toMillis());
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("Retry-After", Long.toString(Math.ceilDiv(retryAfter.toMillis(), 1000)));
        return (_, _) -> Optional.of(Answer.of(429, headers, body));
    }

    /** A page for people, as proxies in front of servers have it. */
    public static Failure page(int status) {
        var body = "<html><body><h1>" + status + "</h1></body></html>";
        return (_, _) -> Optional.of(Answer.of(status, Map.of("Content-Type", "text/html"), body));
    }

    /** The token is not known, once; {@code isSoft} where the device stays. */
    public static Failure unknownToken(boolean isSoft) {
        var body =
                "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"injected\",\"soft_logout\":%s}"
                        .formatted(isSoft);
        return (_, _) -> Optional.of(Answer.json(401, body));
    }

    /** The server never hears of it. */
    public static Failure cut() {
        return (_, _) -> Optional.empty();
    }

    /** The server does it, and its answer is lost: the connection breaks. */
    public static Failure loseAnswer() {
        return (_, upstream) -> {
            var _ = upstream.ask();
            return Optional.empty();
        };
    }

    /** The server does it, and whoever is in front of it has lost patience. */
    public static Failure answerTooLate() {
        var page = page(504);
        return (request, upstream) -> {
            var _ = upstream.ask();
            return page.act(request, upstream);
        };
    }

    /** The server hears of it then, and not before. */
    public static Failure holdUntil(CountDownLatch release) {
        return (_, upstream) -> {
            await(release);
            return Optional.of(upstream.ask());
        };
    }

    /** The server does it at once, and its answer is held back until then. */
    public static Failure holdAnswerUntil(CountDownLatch release) {
        return (_, upstream) -> {
            var answer = upstream.ask();
            await(release);
            return Optional.of(answer);
        };
    }

    private static void await(CountDownLatch release) throws IOException {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The answer, changed. */
    public static Failure change(Consumer<ObjectNode> change) {
        return (_, upstream) -> {
            var answer = upstream.ask();
            var json = (ObjectNode) JsonMapper.shared().readTree(answer.body);
            change.accept(json);
            return Optional.of(Answer.json(answer.status, json.toString()));
        };
    }

    /**
     * Syncs are answered as a Matrix 1.16 server does that was asked for {@code use_state_after}:
     * with the state behind the timeline instead of before it, whether it was asked or not.
     */
    public static Failure stateAfter() {
        return change(FaultProxy::moveState);
    }

    private static void moveState(ObjectNode sync) {
        for (var group : List.of("join", "leave")) {
            for (var room : sync.path("rooms").path(group)) moveStateOf((ObjectNode) room);
        }
    }

    private static void moveStateOf(ObjectNode room) {
        var state = new LinkedHashMap<String, JsonNode>();
        for (var it : room.path("state").path("events")) state.put(key(it), it);
        room.remove("state");
        for (var it : room.path("timeline").path("events")) {
            if (it.has("state_key")) state.put(key(it), it);
        }
        var events = room.putObject("state_after").putArray("events");
        state.values().forEach(events::add);
    }

    private static String key(JsonNode event) {
        return event.path("type").asString("") + "\n" + event.path("state_key").asString("");
    }

    /** Nobody listens any more: connections are refused, those that are open break. */
    public synchronized void goDown() {
        server.ifPresent(it -> it.stop(0));
        server = Optional.empty();
    }

    /** Listens again, at the same place. */
    public synchronized void comeBack() {
        try {
            up();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void up() throws IOException {
        var listening = listen(port);
        port = listening.getAddress().getPort();
        server = Optional.of(listening);
    }

    @Override
    public void close() {
        goDown();
        threads.shutdownNow();
        client.shutdownNow();
    }

    // Being a proxy

    /** The port may still be another's for a moment: of a connection that is about to end. */
    private HttpServer listen(int port) throws IOException {
        for (int i = 1; ; i++) {
            try {
                var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                var listening = HttpServer.create(address, 100);
                listening.setExecutor(threads);
                listening.createContext("/", this::handle);
                listening.start();
                return listening;
            } catch (BindException e) {
                if (i == TRIES) throw e;
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var uri = exchange.getRequestURI();
            var request =
                    new Request(
                            exchange.getRequestMethod(),
                            uri.getRawPath(),
                            Optional.ofNullable(uri.getRawQuery()).orElse(""),
                            new String(body, StandardCharsets.UTF_8),
                            System.nanoTime());
            requests.add(request);
            var answer = answer(request, () -> forward(exchange, body));
            if (answer.isPresent()) write(exchange, answer.get());
        } catch (IOException _) {
            // The client sees a connection that breaks, as it would without a proxy.
        }
    }

    private Optional<Answer> answer(Request request, Upstream upstream) throws IOException {
        for (var it : faults) if (it.fits(request)) return it.failure.act(request, upstream);
        return Optional.of(upstream.ask());
    }

    private Answer forward(HttpExchange exchange, byte[] body) throws IOException {
        var uri = exchange.getRequestURI();
        var asked =
                HttpRequest.newBuilder(target.resolve(uri.toString()))
                        .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        for (var name : List.of("Authorization", "Content-Type", "Accept")) {
            Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
                    .ifPresent(it -> asked.header(name, it));
        }
        try {
            var answer = client.send(asked.build(), BodyHandlers.ofByteArray());
            var headers = new LinkedHashMap<String, String>();
            for (var name : List.of("Content-Type", "Content-Disposition", "Retry-After")) {
                answer.headers().firstValue(name).ifPresent(it -> headers.put(name, it));
            }
            return new Answer(answer.statusCode(), headers, answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers.forEach(exchange.getResponseHeaders()::set);
        int length = answer.body.length;
        exchange.sendResponseHeaders(answer.status, length == 0 ? -1 : length);
        if (length > 0) exchange.getResponseBody().write(answer.body);
    }
}
