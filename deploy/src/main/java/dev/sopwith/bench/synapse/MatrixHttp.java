package dev.sopwith.bench.synapse;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * JSON to and from a homeserver, in the name of one account or of nobody.
 *
 * <p>Threading: immutable; calls block.
 */
final class MatrixHttp {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final URI server;
    private final Optional<String> token;

    private MatrixHttp(URI server, Optional<String> token) {
        this.server = server;
        this.token = token;
    }

    static MatrixHttp anonymous(URI server) {
        return new MatrixHttp(server, Optional.empty());
    }

    static MatrixHttp of(URI server, String token) {
        return new MatrixHttp(server, Optional.of(token));
    }

    /** A part of a path, whatever is in it. */
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) throws IOException {
        return json("GET", path, BodyPublishers.noBody());
    }

    JsonNode post(String path, JsonNode body) throws IOException {
        return json("POST", path, publisher(body));
    }

    JsonNode put(String path, JsonNode body) throws IOException {
        return json("PUT", path, publisher(body));
    }

    JsonNode delete(String path, JsonNode body) throws IOException {
        return json("DELETE", path, publisher(body));
    }

    JsonNode post(String path, byte[] body) throws IOException {
        return json("POST", path, BodyPublishers.ofByteArray(body));
    }

    byte[] bytes(String path) throws IOException {
        return exchange("GET", path, BodyPublishers.noBody());
    }

    /** Whether it answers well just now. */
    boolean answers(String path) {
        try {
            var _ = bytes(path);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static BodyPublisher publisher(JsonNode body) {
        return BodyPublishers.ofByteArray(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode json(String method, String path, BodyPublisher body) throws IOException {
        var answer = exchange(method, path, body);
        return JsonMapper.shared().readTree(answer);
    }

    private byte[] exchange(String method, String path, BodyPublisher body) throws IOException {
        var request =
                HttpRequest.newBuilder(server.resolve(path))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .method(method, body);
        token.ifPresent(it -> request.header("Authorization", "Bearer " + it));
        try {
            var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
            if (response.statusCode() < 300) return response.body();
            throw refusal(method + " " + path, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + method + " " + path, e);
        }
    }

    private static MatrixRefusal refusal(String what, int status, byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        String code;
        try {
            code =
                    JsonMapper.shared().readTree(text) instanceof ObjectNode json
                            ? json.path("errcode").asString("")
                            : "";
        } catch (JacksonException _) {
            code = "";
        }
        return new MatrixRefusal(what, status, code, text);
    }
}
