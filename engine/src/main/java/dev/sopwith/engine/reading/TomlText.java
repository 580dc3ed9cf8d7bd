package dev.sopwith.engine.reading;

import java.util.Optional;

/**
 * SOP.toml as the parser gets it: without comments, and only if it is not denser or deeper than any
 * manifest can be. The parser looks at a run of comments and empty lines again for each of them,
 * and takes microseconds for each item of a list; this looks at each character once.
 *
 * <p>Nothing moves: a comment ends its line, so every place stays where it was. It need not
 * understand what is not TOML, because the parser refuses that.
 *
 * <p>Threading: one instance reads one text.
 */
final class TomlText {

    /** Brackets inside each other; a manifest needs three. */
    static final int DEPTH_MAX = 64;

    /** Commas outside of texts: far more than 200 triggers and 64 inputs need. */
    static final int COMMAS_MAX = 5_000;

    /** Lines in a row that hold nothing or a comment: room for any licence. */
    static final int EMPTY_LINES_MAX = 500;

    private final String source;
    private final StringBuilder kept = new StringBuilder();
    private int depth;
    private int commas;
    private int emptyLines;
    private Optional<Excess> excess = Optional.empty();

    /** What there is too much of, and where it begins. */
    record Excess(int offset, String problem) {}

    TomlText(String source) {
        this.source = source;
        int at = 0;
        while (at < source.length() && excess.isEmpty()) at = read(at);
    }

    /** Why the parser must not get it. */
    Optional<Excess> excess() {
        return excess;
    }

    /** The text for the parser. */
    String withoutComments() {
        return kept.toString();
    }

    /** {@return where to go on} */
    private int read(int at) {
        char c = source.charAt(at);
        return switch (c) {
            case '#' -> comment(at);
            case '"', '\'' -> {
                emptyLines = 0;
                yield keep(at, endOfText(at, c));
            }
            default -> {
                count(at, c);
                yield keep(at, at + 1);
            }
        };
    }

    private void count(int at, char c) {
        if (c == '\n') emptyLines++;
        else if (!Character.isWhitespace(c)) emptyLines = 0;
        switch (c) {
            case '[', '{' -> depth++;
            case ']', '}' -> depth--;
            case ',' -> commas++;
            default -> {}
        }
        if (emptyLines > EMPTY_LINES_MAX)
            excess =
                    Optional.of(
                            new Excess(
                                    at,
                                    "more than %d lines in a row without a key"
                                            .formatted(EMPTY_LINES_MAX)));
        if (depth > DEPTH_MAX)
            excess =
                    Optional.of(
                            new Excess(
                                    at,
                                    "more than %d brackets inside each other"
                                            .formatted(DEPTH_MAX)));
        if (commas > COMMAS_MAX)
            excess =
                    Optional.of(
                            new Excess(at, "more than %,d items in lists".formatted(COMMAS_MAX)));
    }

    private int keep(int from, int to) {
        kept.append(source, from, to);
        return to;
    }

    private int comment(int at) {
        int end = at;
        boolean plain = true;
        while (end < source.length() && !isLineEnd(source.charAt(end))) {
            char c = source.charAt(end++);
            plain &= c == '\t' || !Character.isISOControl(c);
        }
        return plain ? end : keep(at, end); // the parser says what is wrong with it
    }

    private int endOfText(int at, char quote) {
        var three = String.valueOf(quote).repeat(3);
        boolean overLines = source.startsWith(three, at);
        int end = at + (overLines ? 3 : 1);
        while (end < source.length()) {
            char c = source.charAt(end);
            if (!overLines && isLineEnd(c)) return end;
            if (c == quote && !overLines) return end + 1;
            if (c == quote && source.startsWith(three, end)) return afterQuotes(end + 3, quote);
            end += c == '\\' && quote == '"' ? 2 : 1;
        }
        return source.length();
    }

    /** The text itself may end with two more. */
    private int afterQuotes(int at, char quote) {
        int end = at;
        while (end < source.length() && end < at + 2 && source.charAt(end) == quote) end++;
        return end;
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }
}
