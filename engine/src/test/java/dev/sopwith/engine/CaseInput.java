package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;

import java.util.Locale;
import java.util.Optional;

/** The input of a case, or an object in it. A key that is missing or of another type is a bug. */
record CaseInput(JsonValue value) {

    /** The input itself, where it is a text and not an object. */
    String text() {
        return ((JsonValue.Str) value).text();
    }

    CaseInput at(String key) {
        var member = ((JsonValue.Obj) value).members().get(key);
        if (member == null) throw new IllegalStateException("the input has no " + key);
        return new CaseInput(member);
    }

    String text(String key) {
        return at(key).text();
    }

    /** The text at the key; empty for null. */
    Optional<String> textIfAny(String key) {
        var member = at(key);
        return member.value instanceof JsonValue.Null
                ? Optional.empty()
                : Optional.of(member.text());
    }

    int number(String key) {
        return Integer.parseInt(((JsonValue.Num) at(key).value).text());
    }

    boolean bool(String key) {
        return ((JsonValue.Bool) at(key).value).value();
    }

    /** The constant whose name in files is the text at the key. */
    <E extends Enum<E>> E constant(String key, Class<E> type) {
        return constantOf(text(key), type);
    }

    /** The constant whose name in files is this word. */
    static <E extends Enum<E>> E constantOf(String word, Class<E> type) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }
}
