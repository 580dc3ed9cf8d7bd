package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The published description of the web interface, {@code docs/openapi.json}. */
final class OpenApi {
    private static final JsonNode DESCRIPTION = read();

    private OpenApi() {}

    private static JsonNode read() {
        try {
            return JsonMapper.shared().readTree(Files.readString(Path.of("../docs/openapi.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode description() {
        return DESCRIPTION;
    }

    /** An answer to a POST is one of those that are described, headers included. */
    static void requireConforms(String path, IngressHouse.Answer answer) {
        boolean isHealth = path.equals("/health") && answer.status() == 200;
        if (isHealth) requireConforms(path, "get", answer);
        else requireConforms(path.equals("/webhook") ? path : "/sop/{name}", "post", answer);
    }

    static void requireConforms(String path, String method, IngressHouse.Answer answer) {
        var response =
                resolved(
                        DESCRIPTION
                                .path("paths")
                                .path(path)
                                .path(method)
                                .path("responses")
                                .path(Integer.toString(answer.status())));
        assertThat(response.isObject())
                .as("%s %s: %d is described", method, path, answer.status())
                .isTrue();
        var content = response.path("content").path(answer.contentType());
        assertThat(content.isObject())
                .as("%s is described for %d", answer.contentType(), answer.status())
                .isTrue();
        for (var header : response.path("headers").propertyNames()) {
            assertThat(answer.headers())
                    .as("headers of %d", answer.status())
                    .containsKey(header.toLowerCase(java.util.Locale.ROOT));
        }
        assertThat(problems(content.path("schema"), answer.json())).isEmpty();
    }

    private static String problems(JsonNode schema, JsonNode value) {
        var whole = (ObjectNode) schema.deepCopy();
        whole.set("components", DESCRIPTION.path("components"));
        var checker = SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(whole);
        var errors = checker.validate(value);
        return errors.isEmpty() ? "" : errors + " in " + value;
    }

    static JsonNode resolved(JsonNode node) {
        if (!node.has("$ref")) return node;
        return DESCRIPTION.at(node.path("$ref").asString().substring(1));
    }
}
