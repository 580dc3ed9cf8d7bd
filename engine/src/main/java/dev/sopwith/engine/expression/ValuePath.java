package dev.sopwith.engine.expression;

import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Obj;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * A place in a JSON document: the path of FORMAT §3, such as {@code $.data.sensors.1.value}.
 *
 * <p>No JSONPath library reads it, because the same text means other things there: here {@code .1}
 * reaches an item of an array as well as a member named 1, {@code [1]} only the item and {@code
 * ['1']} only the member; and a path finds one value or none, never several.
 *
 * <p>Threading: immutable.
 */
public final class ValuePath {
    /** The whole document: {@code $}. */
    public static final ValuePath WHOLE = new ValuePath("$", List.of());

    private final String text;
    private final List<Key> keys;

    private ValuePath(String text, List<Key> keys) {
        this.text = text;
        this.keys = keys;
    }

    /** Reads a text that is one path and nothing else; never throws. */
    public static Parsed<ValuePath> parse(String text) {
        var cursor = new Cursor(text);
        try {
            var path = read(cursor);
            if (cursor.atEnd()) return Parsed.ok(path);
            return Parsed.bad(
                    cursor.offset(), cursor.next() + " cannot stand in a path", PathReader.FORMS);
        } catch (SyntaxProblem e) {
            return e.bad();
        }
    }

    /** Reads the longest path that begins at the cursor, and leaves the cursor behind it. */
    static ValuePath read(Cursor cursor) throws SyntaxProblem {
        int start = cursor.offset();
        var keys = new PathReader(cursor).keys();
        return keys.isEmpty() ? WHOLE : new ValuePath(cursor.since(start), keys);
    }

    /** The path as written. */
    public String text() {
        return text;
    }

    /** The keys and indexes in order, as text; empty for a lone $. */
    public List<String> keys() {
        return keys.stream().map(Key::text).toList();
    }

    /** The value at this place, if there is one. */
    public Optional<JsonValue> find(JsonValue document) {
        @Nullable JsonValue found = document;
        for (int i = 0; i < keys.size() && found != null; i++) found = keys.get(i).in(found);
        return Optional.ofNullable(found);
    }

    boolean isWhole() {
        return keys.isEmpty();
    }

    /** Equal when written alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ValuePath path && text.equals(path.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the path as written} */
    @Override
    public String toString() {
        return text;
    }

    /** One step down. Indexes beyond all arrays are {@link Integer#MAX_VALUE}. */
    sealed interface Key {
        String text();

        /** Null and not empty: a delivery is asked by a thousand conditions. */
        @Nullable JsonValue in(JsonValue value);

        /** {@code .name} or {@code ['text']}. */
        record Member(String text) implements Key {
            @Override
            public @Nullable JsonValue in(JsonValue value) {
                return value instanceof Obj object ? object.members().get(text) : null;
            }
        }

        /** {@code [1]}. */
        record Item(String text, int index) implements Key {
            @Override
            public @Nullable JsonValue in(JsonValue value) {
                return value instanceof Arr array && index < array.items().size()
                        ? array.items().get(index)
                        : null;
            }
        }

        /** {@code .1}. */
        record Either(Member member, Item item) implements Key {
            @Override
            public String text() {
                return member.text();
            }

            @Override
            public @Nullable JsonValue in(JsonValue value) {
                return value instanceof Arr ? item.in(value) : member.in(value);
            }
        }
    }
}
