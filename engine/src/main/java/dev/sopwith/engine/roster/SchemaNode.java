package dev.sopwith.engine.roster;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.List;

/**
 * One place in the schema, as far as keys are concerned: which there are, and where they lead.
 *
 * @param root the whole schema, for references
 * @param node this place, references followed
 */
record SchemaNode(JsonNode root, JsonNode node) {
    private static final String LOCAL = "#";

    static SchemaNode of(JsonNode schema) {
        return new SchemaNode(schema, schema);
    }

    /** The keys that have a meaning here; none where people choose names. */
    List<String> keys() {
        return List.copyOf(node.path("properties").propertyNames());
    }

    /** What is under a key, or under a name that somebody chose. */
    SchemaNode under(String key) {
        var known = node.path("properties").path(key);
        return at(known.isMissingNode() ? node.path("additionalProperties") : known);
    }

    /** What the items of a list are. */
    SchemaNode item() {
        return at(node.path("items"));
    }

    /** What to write here, in words, if the schema says so. */
    String advice() {
        var advice = node.path("description").asString("");
        return advice.startsWith("write ") ? advice : "";
    }

    /** What names may look like here. */
    SchemaNode names() {
        return at(node.path("propertyNames"));
    }

    private SchemaNode at(JsonNode place) {
        var ref = place.path("$ref").asString("");
        if (ref.startsWith(LOCAL)) return new SchemaNode(root, root.at(ref.substring(1)));
        return new SchemaNode(
                root, place.isObject() ? place : JsonNodeFactory.instance.objectNode());
    }
}
