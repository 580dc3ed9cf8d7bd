package dev.sopwith.engine.expression;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON document as conditions see it. Numbers keep the text they were written with, so that
 * nothing is rounded and {@code 5.0} stays distinct from {@code 5} where text is compared.
 *
 * <p>Threading: immutable.
 */
public sealed interface JsonValue {

    /** An object; its members are in the order of the text. */
    record Obj(Map<String, JsonValue> members) implements JsonValue {
        public Obj {
            // Not Map.copyOf: it loses the order, and names chosen to collide make it quadratic.
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /** An array. */
    record Arr(List<JsonValue> items) implements JsonValue {
        public Arr {
            items = List.copyOf(items);
        }
    }

    /** A string, its escapes resolved. */
    record Str(String text) implements JsonValue {}

    /** A number, exactly as it was written. */
    record Num(String text) implements JsonValue {}

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements JsonValue {}

    /** {@code null}. */
    record Null() implements JsonValue {}

    /**
     * Reads exactly one document of strict JSON (RFC 8259); never throws.
     *
     * <p>What other readers would settle silently in one way or another is refused, because a
     * condition must not hold by the luck of the reader: a name that stands twice in one object, an
     * unpaired surrogate, text after the end. So is nesting deeper than 500. The length of the text
     * is limited by whoever accepts it.
     */
    static Parsed<JsonValue> parse(String text) {
        return JsonReader.read(text);
    }
}
