package dev.sopwith.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A page on this machine alone that says that the service is there: what the http step of the
 * sample asks. It knows nothing else, takes nothing, and is gone when the service is.
 *
 * <p>Threading: safe from any thread.
 */
public final class HealthPage implements AutoCloseable {
    private static final String PATH = "/health";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger asked = new AtomicInteger();

    private HealthPage(HttpServer server) {
        this.server = server;
    }

    /** Opens it at a port that is free. */
    static HealthPage open() throws IOException {
        return open(0);
    }

    /**
     * Opens it at this port of the loopback address.
     *
     * @throws IOException when it is taken
     */
    public static HealthPage open(int port) throws IOException {
        var here = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        var page = new HealthPage(HttpServer.create(here, 0));
        page.server.createContext(PATH, page::answer);
        page.server.setExecutor(page.threads); // or one who asks slowly would hold up the others
        page.server.start();
        return page;
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        var text = "{\"status\": \"ok\"}\n".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, text.length);
        try (var out = exchange.getResponseBody()) {
            out.write(text);
        }
    }

    /** Where it is. */
    public URI address() {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), PATH));
    }

    /** How often it was asked. */
    int asked() {
        return asked.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
