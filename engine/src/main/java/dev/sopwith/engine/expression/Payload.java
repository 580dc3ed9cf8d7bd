package dev.sopwith.engine.expression;

import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Bool;
import dev.sopwith.engine.expression.JsonValue.Null;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;

import org.jspecify.annotations.Nullable;

/**
 * What came with a delivery: any text, often JSON.
 *
 * <p>Threading: immutable to its users; the text is read as JSON at most once, when first asked.
 */
public final class Payload {
    /** Nothing came along. */
    public static final Payload NONE = new Payload("");

    private final String text;
    private volatile @Nullable Parsed<JsonValue> json; // written under this
    private volatile @Nullable JsonValue whole; // written under this

    private Payload(String text) {
        this.text = text;
    }

    /** The payload with this text, exactly as it came. */
    public static Payload of(String text) {
        return text.isEmpty() ? NONE : new Payload(text);
    }

    /** The text exactly as it came. */
    public String text() {
        return text;
    }

    /** Whether there is nothing in it but blanks: such a payload meets no comparison. */
    public boolean isBlank() {
        return text.isBlank();
    }

    /** The text read as JSON, or where and why it is none. */
    public Parsed<JsonValue> json() {
        var known = json; // asked a thousand times for one delivery: no lock once it is known
        return known == null ? read() : known;
    }

    private synchronized Parsed<JsonValue> read() {
        var known = json;
        if (known == null) json = known = JsonValue.parse(text);
        return known;
    }

    /**
     * The payload as one value, for the direct form of conditions: the number, boolean or null that
     * its trimmed text is; the JSON object or array; anything else is that text itself, also a JSON
     * string with its quotes.
     */
    JsonValue whole() {
        var known = whole;
        return known == null ? classify() : known;
    }

    private synchronized JsonValue classify() {
        var known = whole;
        if (known == null) whole = known = classified(text.strip());
        return known;
    }

    private JsonValue classified(String trimmed) {
        return switch (trimmed) {
            case "null" -> new Null();
            case "true" -> new Bool(true);
            case "false" -> new Bool(false);
            case String number when Decimal.isNumber(number) -> new Num(number);
            case String other -> container(new Str(other));
        };
    }

    private JsonValue container(Str trimmed) {
        if (!trimmed.text().startsWith("{") && !trimmed.text().startsWith("[")) return trimmed;
        return switch (json()) {
            case Parsed.Ok(Obj object) -> object;
            case Parsed.Ok(Arr array) -> array;
            case Parsed.Ok(_), Parsed.Bad(_, _, _) -> trimmed;
        };
    }

    /** Equal when the texts are. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload payload && text.equals(payload.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return how long it is; what it says may be nobody's business} */
    @Override
    public String toString() {
        return "payload of " + text.length() + " characters";
    }
}
