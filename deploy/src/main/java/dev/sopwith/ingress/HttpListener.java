package dev.sopwith.ingress;

import dev.sopwith.engine.roster.IngressSettings.Address;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One address at which HTTP is served, on Helidon: what it knows of requests and answers ends here.
 *
 * <p>Threading: each request is answered on a virtual thread of its own.
 */
final class HttpListener implements AutoCloseable {
    /** The largest body that is read. */
    static final int BODY_MAX = 1024 * 1024;

    /** Connections at a time: each may hold a body. */
    private static final int CONNECTIONS_MAX = 256;

    /** How long a body may take. */
    static final Duration BODY_TIME_MAX = Duration.ofSeconds(30);

    /** How long a connection stays open on which no request comes, or only the beginning of one. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private static final int HEADERS_BYTES_MAX = 16 * 1024;
    private static final int REQUEST_LINE_BYTES_MAX = 4 * 1024;

    /** Of a body that is too large this much more is read: who still sends hears no answer. */
    private static final int SKIPPED_MAX = 4 * BODY_MAX;

    private static final int CHUNK = 16 * 1024;

    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

    /** It tells of each start and stop; the service does so itself. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    static {
        HELIDON.setLevel(Level.WARNING);
    }

    private final WebServer server;
    private final Watchdog watchdog;
    private final Address address;

    private HttpListener(WebServer server, Watchdog watchdog, Address address) {
        this.server = server;
        this.watchdog = watchdog;
        this.address = address;
    }

    /** A request as it came, its body not yet read. */
    interface Incoming {
        String method();

        /** As it was sent: nothing is decoded. */
        String path();

        RequestHeaders headers();

        /** The address it came from. */
        InetAddress remote();

        /**
         * The body as it was sent.
         *
         * @throws Problem.Found when it is too large or takes too long
         */
        byte[] body() throws Problem.Found;
    }

    /** Answers requests. */
    interface Handler {
        Reply answer(Incoming request);
    }

    /**
     * Listens from now on.
     *
     * @throws IOException when the address cannot be used
     */
    static HttpListener open(Address address, Handler handler) throws IOException {
        return open(address, handler, BODY_TIME_MAX);
    }

    /**
     * Listens from now on.
     *
     * @param bodyTime how long a body may take
     * @throws IOException when the address cannot be used
     */
    static HttpListener open(Address address, Handler handler, Duration bodyTime)
            throws IOException {
        requireFree(address);
        var watchdog = new Watchdog(bodyTime);
        try {
            var server =
                    WebServer.builder()
                            .address(host(address))
                            .port(address.port())
                            .shutdownHook(false)
                            .maxTcpConnections(CONNECTIONS_MAX)
                            .idleConnectionTimeout(IDLE_MAX)
                            .addProtocol(http())
                            .directHandlers(problems())
                            .routing(it -> it.any((in, out) -> answer(handler, watchdog, in, out)))
                            .build()
                            .start();
            if (!server.isRunning()) throw new IllegalStateException("see the log");
            return new HttpListener(server, watchdog, new Address(address.host(), server.port()));
        } catch (UncheckedIOException | IllegalStateException e) {
            watchdog.close();
            throw new IOException("cannot listen on %s: %s".formatted(address, why(e)), e);
        }
    }

    /** The web server only logs why it does not listen; asked here, the reason can be told. */
    private static void requireFree(Address address) throws IOException {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host(address), address.port()));
        } catch (SocketException e) {
            throw new IOException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
    }

    private static InetAddress host(Address address) throws IOException {
        try {
            return InetAddress.getByName(address.host());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on %s: no such host".formatted(address), e);
        }
    }

    private static String why(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static Http1Config http() {
        return Http1Config.builder()
                .maxHeadersSize(HEADERS_BYTES_MAX)
                .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                .build();
    }

    /** What is no request at all is answered like the rest. */
    private static DirectHandlers problems() {
        var handlers = DirectHandlers.builder();
        for (var type : EventType.values()) {
            handlers.addHandler(type, HttpListener::unreadable);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse unreadable(
            DirectHandler.TransportRequest request,
            EventType type,
            Status status,
            io.helidon.http.ServerResponseHeaders headers,
            String message) {
        boolean isFault = status.code() >= 500;
        var problem =
                isFault
                        ? Problem.FAULT
                        : type == EventType.PAYLOAD_TOO_LARGE
                                ? Problem.TOO_LARGE
                                : isEncoded(request) ? Problem.WRONG_TYPE : Problem.MALFORMED;
        var detail =
                switch (problem) {
                    case FAULT -> "see the log";
                    case WRONG_TYPE ->
                            "it is compressed, or says so; send it as it is, without"
                                    + " Content-Encoding";
                    default -> "it is no HTTP request that is read";
                };
        var reply = Reply.of(problem, detail);
        return DirectHandler.TransportResponse.builder()
                .status(Status.create(reply.status()))
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, reply.contentType())
                .entity(reply.bytes())
                .keepAlive(false)
                .build();
    }

    /** The web server reads no compressed body, and refuses it before anybody is asked. */
    private static boolean isEncoded(DirectHandler.TransportRequest request) {
        return request.headers().contains(HeaderNames.CONTENT_ENCODING);
    }

    /** Where it really listens: a port 0 has become one. */
    Address address() {
        return address;
    }

    private static void answer(
            Handler handler, Watchdog watchdog, ServerRequest in, ServerResponse out) {
        var request = new Received(in, watchdog);
        Reply reply;
        try {
            reply = handler.answer(request);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request was not answered", e);
            reply = Reply.of(Problem.FAULT, "the service has a fault and says more in its log");
        }
        out.status(reply.status());
        out.header(HeaderNames.CONTENT_TYPE, reply.contentType());
        out.header(HeaderNames.CACHE_CONTROL, "no-store");
        reply.retryAfter()
                .map(it -> Long.toString(Math.max(1, it.plusMillis(999).toSeconds())))
                .ifPresent(it -> out.header(HeaderNames.RETRY_AFTER, it));
        if (reply.status() == Problem.WRONG_METHOD.status()) {
            out.header(HeaderNames.ALLOW, "POST");
        }
        if (reply.status() == Problem.NOT_PROVED.status()) {
            out.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        boolean isLast = !request.isRead() || request.isToClose();
        if (!request.isRead()) request.skip();
        if (isLast) out.header(HeaderNames.CONNECTION, "close");
        out.send(reply.bytes());
        // What is left of a body would be taken for the next request.
        if (isLast) throw new CloseConnectionException("the last request of this connection");
    }

    /** A request that Helidon received. */
    private static final class Received implements Incoming {
        private final ServerRequest request;
        private final RequestHeaders headers;
        private final Watchdog watchdog;
        private final long begin = System.nanoTime();
        private boolean isRead;

        Received(ServerRequest request, Watchdog watchdog) {
            this.request = request;
            this.watchdog = watchdog;
            var all = new ArrayList<Map.Entry<String, String>>();
            for (var header : request.headers()) {
                for (var value : header.allValues()) {
                    all.add(new AbstractMap.SimpleEntry<>(header.name(), value));
                }
            }
            headers = new RequestHeaders(all);
            isRead = !request.content().hasEntity();
        }

        boolean isRead() {
            return isRead;
        }

        /** Whether whoever sent it wants to hear no more on this connection. */
        boolean isToClose() {
            return headers.only("Connection")
                    .filter(it -> it.equalsIgnoreCase("close"))
                    .isPresent();
        }

        @Override
        public String method() {
            return request.prologue().method().text();
        }

        @Override
        public String path() {
            return request.prologue().uriPath().rawPath();
        }

        @Override
        public RequestHeaders headers() {
            return headers;
        }

        @Override
        public InetAddress remote() {
            return ((InetSocketAddress) request.remotePeer().address()).getAddress();
        }

        @Override
        public byte[] body() throws Problem.Found {
            if (isRead) return new byte[0];
            if (length().filter(it -> it > BODY_MAX).isPresent()) throw tooLarge();
            var body = new ByteArrayOutputStream();
            try (var _ = watchdog.watch();
                    var in = request.content().inputStream()) {
                var chunk = new byte[CHUNK];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    body.write(chunk, 0, n);
                    if (body.size() > BODY_MAX) throw tooLarge();
                    if (isLate()) throw tooSlow();
                }
            } catch (IOException | RuntimeException _) {
                throw tooSlow(); // or whoever sent it has gone, and hears nothing
            }
            isRead = true;
            return body.toByteArray();
        }

        private Optional<Long> length() {
            var length = request.headers().contentLength();
            return length.isPresent() ? Optional.of(length.getAsLong()) : Optional.empty();
        }

        private boolean isLate() {
            return System.nanoTime() - begin > watchdog.patience().toNanos();
        }

        private static Problem.Found tooLarge() {
            return new Problem.Found(
                    Problem.TOO_LARGE, "a body has at most %,d bytes".formatted(BODY_MAX));
        }

        private Problem.Found tooSlow() {
            return new Problem.Found(
                    Problem.TOO_SLOW,
                    "the body was not whole after %d s".formatted(watchdog.patience().toSeconds()));
        }

        /** Takes what is still coming, within limits, so that the answer is heard. */
        void skip() {
            try (var _ = watchdog.watch()) {
                InputStream in = request.content().inputStream();
                var chunk = new byte[CHUNK];
                int skipped = 0;
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    skipped += n;
                    if (skipped > SKIPPED_MAX || isLate()) return;
                }
            } catch (IOException | RuntimeException _) {
                // Whoever has gone hears nothing anyway.
            }
        }
    }

    @Override
    public void close() {
        server.stop();
        watchdog.close();
    }
}
