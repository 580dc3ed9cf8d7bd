package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.KEY_FOREIGN;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_MISSPELT;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.TOO_MANY;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_MALFORMED;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_OUT_OF_RANGE;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.WRONG_TYPE;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;

import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The published schema, {@code docs/roster.schema.json}: what it refuses, said so that a person
 * knows what to write.
 *
 * <p>Threading: stateless; call from any thread.
 */
public final class RosterSchema {
    private static final int SHOWN_MAX = 80;
    private static final String TEXT = text();

    /** Built once: it takes longer than checking a roster with it. */
    private static final class Built {
        static final JsonNode JSON = JsonMapper.shared().readTree(TEXT);
        static final Schema SCHEMA =
                SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(JSON);
    }

    private RosterSchema() {}

    /** The schema as it is published. */
    public static String text() {
        try (var in = RosterSchema.class.getResourceAsStream("/docs/roster.schema.json")) {
            if (in == null) throw new IllegalStateException("no roster.schema.json in this jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read roster.schema.json", e);
        }
    }

    static SchemaNode root() {
        return SchemaNode.of(Built.JSON);
    }

    /** Everything in a roster that the schema refuses, and keys that mean nothing to it. */
    static void check(PlacedJson roster, Findings findings) {
        unknownKeys(roster, findings);
        for (var error : Built.SCHEMA.validate(roster.json())) add(roster, error, findings);
    }

    /** At the top another program may have its keys; a typo of ours is none of them. */
    private static void unknownKeys(PlacedJson roster, Findings findings) {
        var known = root().keys();
        for (var key : roster.json().propertyNames()) {
            if (known.contains(key)) continue;
            var at = roster.keyAt(List.of(key));
            var typo = Words.typoOf(key, known);
            if (typo.isPresent()) {
                findings.add(
                        KEY_MISSPELT,
                        at,
                        "there is no key " + Quoted.of(key),
                        "did you mean \"" + typo.get() + "\"?");
            } else {
                findings.add(
                        KEY_UNKNOWN,
                        at,
                        "the key %s has no meaning here".formatted(Quoted.of(key)),
                        "leave it, if another program reads it");
            }
        }
    }

    private static void add(PlacedJson roster, Error error, Findings findings) {
        var path = path(error);
        var schema = at(path);
        var value = roster.at(path);
        var key = String.valueOf(error.getProperty());
        switch (error.getKeyword()) {
            case "additionalProperties" -> {
                var at = roster.keyAt(PlacedJson.below(path, key));
                boolean near = Words.suggestion(key, schema.keys()).isPresent();
                findings.add(
                        near ? KEY_MISSPELT : KEY_FOREIGN,
                        at,
                        "%s has no key %s".formatted(name(path), Quoted.of(key)),
                        Words.meant(key, schema.keys()));
            }
            case "propertyNames" ->
                    findings.add(
                            VALUE_MALFORMED,
                            roster.keyAt(PlacedJson.below(path, key)),
                            "%s cannot be a name in %s".formatted(Quoted.of(key), name(path)),
                            schema.names().advice());
            case "required" ->
                    findings.add(
                            KEY_MISSING,
                            roster.keyAt(path),
                            "%s has no %s".formatted(name(path), Quoted.of(key)),
                            "add it; " + keys(schema));
            case "type" ->
                    findings.add(
                            WRONG_TYPE,
                            value,
                            "%s is %s and must be %s"
                                    .formatted(
                                            name(path),
                                            type(error.getInstanceNode()),
                                            wanted(error.getSchemaNode())),
                            advice(schema, error.getSchemaNode()));
            case "enum" -> {
                var words = error.getSchemaNode().values().stream().map(JsonNode::asString);
                findings.add(
                        VALUE_UNKNOWN,
                        value,
                        "%s cannot be %s".formatted(name(path), shown(error.getInstanceNode())),
                        Words.meant(error.getInstanceNode().asString(""), words.toList()));
            }
            case "const" ->
                    findings.add(
                            VALUE_UNKNOWN,
                            value,
                            "%s cannot be %s".formatted(name(path), shown(error.getInstanceNode())),
                            "write " + error.getSchemaNode());
            case "pattern" ->
                    findings.add(
                            VALUE_MALFORMED,
                            value,
                            "%s cannot be %s".formatted(name(path), shown(error.getInstanceNode())),
                            schema.advice());
            case "minItems", "minLength" ->
                    findings.add(VALUE_EMPTY, value, name(path) + " is empty", schema.advice());
            case "minProperties" ->
                    findings.add(VALUE_EMPTY, value, name(path) + " asks nothing", schema.advice());
            case "minimum", "maximum" ->
                    findings.add(
                            VALUE_OUT_OF_RANGE,
                            value,
                            "%s cannot be %s".formatted(name(path), shown(error.getInstanceNode())),
                            "%s at %s %s"
                                    .formatted(
                                            "it is",
                                            error.getKeyword().equals("minimum") ? "least" : "most",
                                            error.getSchemaNode()));
            case "maxItems" ->
                    findings.add(
                            TOO_MANY,
                            value,
                            name(path) + " has too many items",
                            "there may be " + error.getSchemaNode());
            default ->
                    findings.add(VALUE_MALFORMED, value, name(path) + " " + error.getMessage(), "");
        }
    }

    private static List<String> path(Error error) {
        var location = error.getInstanceLocation();
        List<String> path = new ArrayList<>();
        for (int i = 0; i < location.getNameCount(); i++) {
            path.add(String.valueOf(location.getElement(i)));
        }
        return List.copyOf(path);
    }

    private static SchemaNode at(List<String> path) {
        var at = root();
        for (var part : path) {
            at = at.node().path("items").isObject() ? at.item() : at.under(part);
        }
        return at;
    }

    /** As people say it: {@code policies.prod.quorum}. */
    static String name(List<String> path) {
        if (path.isEmpty()) return "the roster";
        return Excerpt.of(String.join(".", path), SHOWN_MAX);
    }

    private static String keys(SchemaNode schema) {
        return "keys here: " + String.join(", ", schema.keys());
    }

    private static String shown(JsonNode value) {
        return value.isString()
                ? Excerpt.quoted(value.asString(), SHOWN_MAX)
                : Excerpt.of(value.toString(), SHOWN_MAX);
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "a block of keys";
            case ARRAY -> "a list";
            case STRING -> "text";
            case NUMBER -> "the number " + shown(value);
            case BOOLEAN -> shown(value);
            default -> "empty";
        };
    }

    private static String wanted(JsonNode types) {
        if (!types.isArray()) return wanted(types.asString(""));
        return types.values().stream()
                .map(it -> wanted(it.asString("")))
                .collect(Collectors.joining(" or "));
    }

    private static String wanted(String type) {
        return switch (type) {
            case "object" -> "a block of keys";
            case "array" -> "a list";
            case "string" -> "text";
            case "integer" -> "a whole number";
            case "boolean" -> "true or false";
            default -> type.toLowerCase(Locale.ROOT);
        };
    }

    private static String advice(SchemaNode schema, JsonNode types) {
        if (!schema.advice().isEmpty()) return schema.advice();
        return switch (types.asString("")) {
            case "object" -> keys(schema);
            case "array" -> "write it in brackets, such as [one, two]";
            case "string" -> "put it in quotes";
            default -> "";
        };
    }
}
