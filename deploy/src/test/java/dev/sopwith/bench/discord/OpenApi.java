package dev.sopwith.bench.discord;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;

import dev.sopwith.bench.discord.FakeDiscord.Call;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Holds calls, and what the fake answered, against what Discord publishes about its interface
 * ({@code openapi.json} beside it: a part of discord-api-spec).
 *
 * <p>Threading: safe from any thread. What was found right once is not looked at again.
 */
public final class OpenApi {
    private static final String BASE = "https://discord.test/openapi.json";
    private static final Pattern NUMBERS = Pattern.compile("\\d{17,20}");
    private static final OpenApi ONE = new OpenApi();

    /** Where the file says less than Discord does. */
    private static final Map<String, Pattern> WAIVED =
            Map.of(
                    "a 401 is documented for no operation",
                    Pattern.compile("status 401 is not documented.*"));

    private record Operation(String method, String template, Pattern path, JsonNode json) {
        int literals() {
            return template.replaceAll("\\{[^}]*}", "").length();
        }
    }

    private final JsonNode root;
    private final SchemaRegistry registry;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Set<String> right = ConcurrentHashMap.newKeySet();

    private OpenApi() {
        try (var in = OpenApi.class.getResourceAsStream("openapi.json")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            root = JsonMapper.shared().readTree(text);
            registry =
                    SchemaRegistry.withDefaultDialect(
                            Dialects.getOpenApi31(), it -> it.schemas(Map.of(BASE, text)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (var path : root.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                if (method.getKey().equals("parameters")) continue;
                operations.add(
                        new Operation(
                                method.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                Pattern.compile(path.getKey().replaceAll("\\{[^/}]+}", "[^/]+")),
                                method.getValue()));
            }
        }
        operations.sort(Comparator.comparingInt((Operation it) -> -it.literals()));
    }

    /** What is wrong with these calls; nothing, when all is right. */
    public static List<String> problems(List<Call> calls) {
        var all = new ArrayList<String>();
        for (var it : calls) {
            for (var problem : ONE.problems(it)) {
                boolean isWaived =
                        WAIVED.values().stream().anyMatch(w -> w.matcher(problem).matches());
                if (!isWaived) all.add(it + ": " + problem);
            }
        }
        return all;
    }

    private List<String> problems(Call call) {
        var shape =
                NUMBERS.matcher(
                                "%s %s?%s %s %d %s"
                                        .formatted(
                                                call.method(),
                                                call.path(),
                                                call.query(),
                                                call.body(),
                                                call.status(),
                                                call.answer()))
                        .replaceAll("00000000000000000");
        if (right.contains(shape)) return List.of();
        var operation =
                operations.stream()
                        .filter(it -> it.method().equals(call.method()))
                        .filter(it -> it.path().matcher(call.path()).matches())
                        .findFirst();
        if (operation.isEmpty()) return List.of("there is no such operation");
        var problems = new ArrayList<String>();
        problems.addAll(queries(operation.get(), call.query()));
        problems.addAll(body(operation.get(), call.body()));
        problems.addAll(answer(operation.get(), call));
        if (problems.isEmpty()) right.add(shape);
        return problems;
    }

    private List<String> queries(Operation operation, String query) {
        var known = new HashSet<String>();
        var here = operation.json().path("parameters");
        var all = root.path("paths").path(operation.template()).path("parameters");
        for (var parameters : List.of(here, all)) {
            for (var it : parameters) {
                if (it.path("in").asString("").equals("query")) {
                    known.add(it.path("name").asString(""));
                }
            }
        }
        return FakeRest.query(query).keySet().stream()
                .filter(it -> !it.isEmpty() && !known.contains(it))
                .map(it -> "unknown query parameter " + it)
                .toList();
    }

    private List<String> body(Operation operation, JsonNode body) {
        var content = operation.json().path("requestBody").path("content").path("application/json");
        boolean isThere = !body.isMissingNode() && !(body.isObject() && body.isEmpty());
        if (content.isMissingNode()) {
            return isThere ? List.of("it takes no JSON") : List.of();
        }
        if (!isThere) {
            boolean isNeeded =
                    operation.json().path("requestBody").path("required").asBoolean(false);
            return isNeeded ? List.of("the body is missing") : List.of();
        }
        var sent = body;
        if (body.has("__files")) {
            var without = (ObjectNode) body.deepCopy();
            without.remove("__files");
            sent = without;
        }
        return validate(
                operation, "/requestBody/content/application~1json/schema", "request", sent);
    }

    private List<String> answer(Operation operation, Call call) {
        var responses = operation.json().path("responses");
        var response = responses.path("" + call.status());
        if (response.isMissingNode()) {
            boolean isRefusal = call.status() / 100 == 4 && responses.has("4XX");
            return isRefusal || call.status() / 100 == 5
                    ? List.of()
                    : List.of("status " + call.status() + " is not documented");
        }
        var schema = response.path("content").path("application/json").path("schema");
        if (schema.isMissingNode() || call.answer().isMissingNode()) return List.of();
        return validate(
                operation,
                "/responses/" + call.status() + "/content/application~1json/schema",
                "answer",
                call.answer());
    }

    private List<String> validate(Operation operation, String at, String what, JsonNode json) {
        var pointer =
                "/paths/"
                        + operation.template().replace("~", "~0").replace("/", "~1")
                        + "/"
                        + operation.method().toLowerCase(Locale.ROOT)
                        + at;
        var schema =
                schemas.computeIfAbsent(
                        pointer, it -> registry.getSchema(SchemaLocation.of(BASE + "#" + it)));
        return schema.validate(json.toString(), InputFormat.JSON).stream()
                .map(it -> what + it.getInstanceLocation() + ": " + it.getMessage())
                .toList();
    }
}
