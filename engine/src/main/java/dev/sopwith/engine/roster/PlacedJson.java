package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.KEY_TWICE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.sop.Position;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML text as JSON, with the one spelling of each key that the schema has, and where in the text
 * each value and key stands.
 *
 * <p>Which words are keys and which are names that people chose is asked of the schema: a person
 * called {@code jobRunner} keeps that name.
 */
final class PlacedJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<List<String>, Position> values = new HashMap<>();
    private final Map<List<String>, Position> keys = new HashMap<>();
    private final Findings findings;
    private final JsonNode json;

    private PlacedJson(YamlNode root, SchemaNode schema, Findings findings) {
        this.findings = findings;
        this.json = json(root, schema, List.of());
    }

    /** Two spellings of one key in one block are a finding. */
    static PlacedJson of(YamlNode root, SchemaNode schema, Findings findings) {
        return new PlacedJson(root, schema, findings);
    }

    JsonNode json() {
        return json;
    }

    /** Where a value begins; of one that is not there, the nearest that is and holds it. */
    Position at(List<String> path) {
        for (int length = path.size(); length > 0; length--) {
            var at = values.get(path.subList(0, length));
            if (at != null) return at;
        }
        return values.getOrDefault(List.of(), Position.START);
    }

    /** Where the key of a value stands, or the value where there is no key, as in a list. */
    Position keyAt(List<String> path) {
        var at = keys.get(path);
        return at == null ? at(path) : at;
    }

    /** A path with one more part. */
    static List<String> below(List<String> path, String part) {
        var longer = new ArrayList<>(path);
        longer.add(part);
        return List.copyOf(longer);
    }

    private JsonNode json(YamlNode node, SchemaNode schema, List<String> path) {
        values.put(path, node.at());
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar(scalar);
            case YamlNode.Items(var items, _) -> {
                var array = JSON.arrayNode();
                for (int i = 0; i < items.size(); i++) {
                    array.add(json(items.get(i), schema.item(), below(path, "" + i)));
                }
                yield array;
            }
            case YamlNode.Keys(var entries, _) -> {
                var object = JSON.objectNode();
                for (var entry : entries) {
                    var key = Words.known(entry.key(), schema.keys()).orElse(entry.key());
                    var longer = below(path, key);
                    if (keys.putIfAbsent(longer, entry.at()) == null) {
                        object.set(key, json(entry.value(), schema.under(key), longer));
                    } else {
                        findings.add(
                                KEY_TWICE,
                                entry.at(),
                                "%s is %s once more"
                                        .formatted(Quoted.of(entry.key()), Quoted.of(key)),
                                "keep one of the two");
                    }
                }
                yield object;
            }
        };
    }

    private static JsonNode scalar(YamlNode.Scalar scalar) {
        var text = scalar.text();
        return switch (scalar.kind()) {
            case TEXT -> JSON.stringNode(text);
            case NULL -> JSON.nullNode();
            case BOOLEAN -> JSON.booleanNode(text.equalsIgnoreCase("true"));
            case INTEGER -> JSON.numberNode(integer(text));
            case NUMBER ->
                    text.toLowerCase(java.util.Locale.ROOT).matches(".*(inf|nan)")
                            ? JSON.stringNode(text)
                            : JSON.numberNode(new BigDecimal(text));
        };
    }

    private static BigInteger integer(String text) {
        if (text.startsWith("0o")) return new BigInteger(text.substring(2), 8);
        if (text.startsWith("0x")) return new BigInteger(text.substring(2), 16);
        return new BigInteger(text);
    }
}
