package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.app.App;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The whole service with webhooks, in a folder of its own, with a clock that a test sets. Every
 * answer it gives is checked against the published description.
 */
final class IngressHouse implements App.Listener, AutoCloseable {
    static final String TOKEN = "a-bearer-token-of-32-characters!";
    static final String NEXT_TOKEN = "the-token-that-will-replace-it!!";
    static final String SHOP = "the-shop-has-a-secret-of-its-own";

    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();
    private final HttpClient client = HttpClient.newHttpClient();
    final List<String> concerns = new CopyOnWriteArrayList<>();
    private Optional<App> app = Optional.empty();
    private volatile Duration set = Duration.ZERO;

    IngressHouse(Path folder) throws IOException {
        this.folder = folder;
        environment("SOPWITH_WEBHOOK_TOKEN", TOKEN);
        environment("SOPWITH_WEBHOOK_TOKEN_NEXT", NEXT_TOKEN);
        environment("SOPWITH_WEBHOOK_SHOP", SHOP);
        Files.createDirectories(folder.resolve("sops"));
    }

    IngressHouse environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** A SOP whose one step is done by people, with these triggers and inputs. */
    IngressHouse sop(String name, String triggers) throws IOException {
        return sop(name, "", triggers, "1. **Go** — home.\n");
    }

    IngressHouse sop(String name, String manifest, String triggers, String steps)
            throws IOException {
        var sop = Files.createDirectories(folder.resolve("sops").resolve(name));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                max_concurrent = 100
                %s

                %s
                """
                        .formatted(name, manifest, triggers));
        Files.writeString(sop.resolve("SOP.md"), "## Steps\n\n" + steps);
        return this;
    }

    /** A webhook at {@code /sop/NAME}. */
    static String webhook(String path, String more) {
        return """
        [[triggers]]
        type = "webhook"
        path = "%s"
        %s
        """
                .formatted(path, more);
    }

    /**
     * Starts it; {@code http} goes on in the roster's block, and {@code more} is the rest of it.
     */
    IngressHouse start(String http, String more) throws Exception {
        var roster =
                Files.writeString(
                        folder.resolve("roster.yaml"),
                        """
                        ingress:
                          http:
                            listen: "127.0.0.1:0"
                            observe: "127.0.0.1:0"
                        %s
                        %s
                        """
                                .formatted(http.indent(4), more));
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-r--r--"));
        app =
                Optional.of(
                        App.open(
                                new App.Settings(
                                        folder.resolve("sops"),
                                        "sops",
                                        folder.resolve("state"),
                                        "alice",
                                        Optional.empty(),
                                        Optional.of(RosterFile.open(roster, "roster.yaml")),
                                        environment),
                                this,
                                new SetClock()));
        return this;
    }

    IngressHouse start() throws Exception {
        return start("", "");
    }

    /** Sets the clock of the machine. */
    void set(Duration ahead) {
        set = ahead;
    }

    Instant now() {
        return Instant.now().plus(set);
    }

    /** A clock that goes on and can be set, and is synchronised with nothing. */
    private final class SetClock implements Clocks {
        @Override
        public Instant wall() {
            return now();
        }

        @Override
        public Duration running() {
            return Duration.ofNanos(System.nanoTime());
        }

        @Override
        public Optional<Duration> runningOrAsleep() {
            return Optional.of(running());
        }

        @Override
        public Synchronised synchronised() {
            return Synchronised.NO;
        }
    }

    /** An answer, as the description has it. */
    record Answer(
            int status, String contentType, JsonNode json, Map<String, List<String>> headers) {
        /** What is said: of a problem the detail, else the outcomes. */
        String text() {
            if (json.has("detail")) return json.path("detail").asString();
            return String.join(
                    "; ",
                    json.path("outcomes").values().stream()
                            .map(it -> it.path("sop").asString() + " " + it.path("text").asString())
                            .toList());
        }
    }

    /** Asks, with a JSON body and these headers, a name and a value in turn. */
    Answer post(String path, String json, String... headers) throws Exception {
        return post(
                path,
                json.getBytes(StandardCharsets.UTF_8),
                with(headers, "Content-Type", "application/json"));
    }

    static String[] with(String[] headers, String... more) {
        var all = Arrays.copyOf(headers, headers.length + more.length);
        System.arraycopy(more, 0, all, headers.length, more.length);
        return all;
    }

    Answer post(String path, byte[] body, String... headers) throws Exception {
        return send("POST", path, HttpRequest.BodyPublishers.ofByteArray(body), headers);
    }

    Answer send(String method, String path, HttpRequest.BodyPublisher body, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(uri(path)).method(method, body);
        if (headers.length > 0) request.headers(headers);
        var response =
                client.send(
                        request.timeout(Duration.ofSeconds(60)).build(),
                        HttpResponse.BodyHandlers.ofString());
        var type = response.headers().firstValue("Content-Type").orElse("");
        var answer =
                new Answer(
                        response.statusCode(),
                        type,
                        json(response.body()),
                        response.headers().map());
        OpenApi.requireConforms(path, answer);
        return answer;
    }

    private static JsonNode json(String body) {
        return JsonMapper.shared().readTree(body);
    }

    /** Asks at the page for monitors; no JSON where it is none. */
    HttpResponse<String> observe(String path) throws Exception {
        var address = "http://" + app.orElseThrow().observed().orElseThrow();
        return client.send(
                HttpRequest.newBuilder(URI.create(address + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    URI uri(String path) {
        return URI.create("http://" + app.orElseThrow().webhooks().orElseThrow() + path);
    }

    /** What is answered to bytes that no client would send. */
    String raw(String text) throws IOException {
        var uri = uri("/");
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the service says to its operator. */
    String say(String... words) throws Exception {
        try (var local = LocalClient.connect(App.socket(folder.resolve("state").toRealPath()))) {
            var answer = local.ask(new Request(List.of(words), false), _ -> {});
            var text = new StringBuilder(String.join("\n", answer.lines()));
            for (var row : answer.table()) text.append('\n').append(String.join("  ", row));
            return text.toString();
        }
    }

    static String hmac(String secret, String... parts) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        for (var part : parts) mac.update(part.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac.doFinal());
    }

    /** The headers of our own scheme, signed at this moment. */
    static String[] signed(String secret, Instant at, String path, String key, String body)
            throws GeneralSecurityException {
        var seconds = Long.toString(at.getEpochSecond());
        var head = "v1\n%s\n%s\n%s\n".formatted(seconds, path, key);
        return new String[] {
            "X-Sopwith-Timestamp", seconds,
            "X-Sopwith-Signature", "v1=" + hmac(secret, head, body),
            "Idempotency-Key", key
        };
    }

    @Override
    public void heard(SopEvent event) {}

    @Override
    public void heard(RosterFile.Event event) {}

    @Override
    public void concerned(String line) {
        concerns.add(line);
    }

    @Override
    public void stopped(StoreException why) {}

    @Override
    public void close() {
        app.ifPresent(App::close);
        assertThat(client).isNotNull();
        client.close();
    }
}
