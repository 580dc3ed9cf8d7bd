package dev.sopwith.engine.expression;

import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Bool;
import dev.sopwith.engine.expression.JsonValue.Null;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;

/**
 * Text from outside as it may be shown to people: short, on one line, and with nothing in it that
 * hides or reorders what stands beside it. Control and format characters (line ends, bidirectional
 * overrides, zero-width ones) and lone surrogates become escapes as JSON writes them.
 *
 * <p>It knows nothing of the markup of any chat network: who renders escapes that.
 *
 * <p>Threading: an excerpt under construction belongs to one call.
 */
public final class Excerpt {
    private static final char CUT = '…';
    private final StringBuilder out = new StringBuilder();
    private int room;

    private Excerpt(int max) {
        this.room = max;
    }

    /**
     * The text itself.
     *
     * @param max how many characters at most, an escape counting as one; a cut is marked by one
     *     more, {@code …}
     */
    public static String of(String text, int max) {
        var excerpt = new Excerpt(max);
        excerpt.plain(text);
        return excerpt.toString();
    }

    /** The text in double quotes, with quotes and backslashes in it escaped as in JSON. */
    public static String quoted(String text, int max) {
        var excerpt = new Excerpt(max);
        excerpt.quoted(text);
        return excerpt.toString();
    }

    /** The value as JSON on one line; what is cut is no longer JSON. */
    public static String of(JsonValue value, int max) {
        var excerpt = new Excerpt(max);
        excerpt.value(value);
        return excerpt.toString();
    }

    // Recursive, but every level writes a character first: never deeper than there is room.
    private void value(JsonValue value) {
        switch (value) {
            case Obj object -> members(object);
            case Arr array -> items(array);
            case Str string -> quoted(string.text());
            case Num number -> plain(number.text());
            case Bool bool -> plain(bool.value() ? "true" : "false");
            case Null _ -> plain("null");
        }
    }

    private void members(Obj object) {
        var separator = "{";
        for (var member : object.members().entrySet()) {
            if (isFull()) return;
            plain(separator);
            quoted(member.getKey());
            plain(":");
            value(member.getValue());
            separator = ",";
        }
        plain(object.members().isEmpty() ? "{}" : "}");
    }

    private void items(Arr array) {
        var separator = "[";
        for (var item : array.items()) {
            if (isFull()) return;
            plain(separator);
            value(item);
            separator = ",";
        }
        plain(array.items().isEmpty() ? "[]" : "]");
    }

    private void quoted(String text) {
        if (isFull()) return;
        out.append('"'); // the quotes themselves are free: they must close even after a cut
        append(text, true);
        if (isFull()) out.append(CUT);
        out.append('"');
    }

    private void plain(String text) {
        if (isFull()) return;
        append(text, false);
        if (isFull()) out.append(CUT);
    }

    private void append(String text, boolean escapeQuotes) {
        for (int i = 0; i < text.length(); ) {
            if (room-- == 0) return;
            int character = text.codePointAt(i);
            if (escapeQuotes && (character == '"' || character == '\\')) out.append('\\');
            appendVisibly(character);
            i += Character.charCount(character);
        }
    }

    private void appendVisibly(int character) {
        if (isHarmless(character)) out.appendCodePoint(character);
        else for (char unit : Character.toChars(character)) out.append(escape(unit));
    }

    private static String escape(char unit) {
        return "\\u%04x".formatted((int) unit);
    }

    private static boolean isHarmless(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }

    /** Whether something had to be left out already; a text that just fits does not count. */
    private boolean isFull() {
        return room < 0;
    }

    /** {@return what was written so far} */
    @Override
    public String toString() {
        return out.toString();
    }
}
