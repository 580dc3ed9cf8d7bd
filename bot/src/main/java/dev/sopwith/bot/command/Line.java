package dev.sopwith.bot.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message, word by word. Blanks part words; a quote that begins a word, or its value after {@code
 * =}, holds blanks together, and a backslash in it keeps a quote or another backslash. A quote
 * anywhere else is a letter: people write "don't". The quotes that phones set count as well.
 */
final class Line {
    private final String text;
    private final List<Word> words;

    private Line(String text, List<Word> words) {
        this.text = text;
        this.words = List.copyOf(words);
    }

    /**
     * One word.
     *
     * @param start of it in the text
     * @param isQuoted whether all of it is in quotes: then it is no number and no code
     * @param isOpen whether its quote was never closed
     */
    record Word(String text, int start, boolean isQuoted, boolean isOpen) {}

    /** Takes a message apart. */
    static Line of(String text) {
        var words = new ArrayList<Word>();
        int at = afterBlanks(text, 0);
        while (at < text.length()) {
            var scan = new Scan(text, at);
            words.add(scan.word());
            at = afterBlanks(text, scan.at);
        }
        return new Line(text, words);
    }

    /** Words that somebody else, such as a shell, has taken apart: nothing in them is a quote. */
    static Line of(List<String> given) {
        var words = new ArrayList<Word>();
        int at = 0;
        for (var word : given) {
            words.add(new Word(word, at, false, false));
            at += word.length() + 1;
        }
        return new Line(String.join(" ", given), words);
    }

    int size() {
        return words.size();
    }

    Word word(int index) {
        return words.get(index);
    }

    /** Everything from this word on, as it stands; what is in one pair of quotes, without them. */
    String from(int index) {
        if (index >= words.size()) return "";
        var first = words.get(index);
        if (index == words.size() - 1 && first.isQuoted() && !first.isOpen()) return first.text();
        return strip(text.substring(first.start()));
    }

    private static int afterBlanks(String text, int at) {
        while (at < text.length() && isBlank(text.charAt(at))) at++;
        return at;
    }

    /** Chat programs send no-break spaces where people typed blanks. */
    static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    static String strip(String text) {
        int start = afterBlanks(text, 0);
        int end = text.length();
        while (end > start && isBlank(text.charAt(end - 1))) end--;
        return text.substring(start, end);
    }

    /** The value as one word, in quotes where it needs them. */
    static String quote(String value) {
        boolean plain = !value.isEmpty() && closing(value.charAt(0)).isEmpty();
        for (int i = 0; plain && i < value.length(); i++) {
            // A quote behind a "=" would begin one.
            plain = !isBlank(value.charAt(i)) && value.charAt(i) != '=';
        }
        return plain ? value : quoteAlways(value);
    }

    static String quoteAlways(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** What ends a quotation that this character begins, if it begins one. */
    private static Optional<String> closing(char opening) {
        return switch (opening) {
            case '"' -> Optional.of("\"");
            case '\'' -> Optional.of("'");
            case '“', '„' -> Optional.of("“”");
            case '‘', '‚' -> Optional.of("‘’");
            default -> Optional.empty();
        };
    }

    /** One word while it is read. */
    private static final class Scan {
        private final String text;
        private final int start;
        private final StringBuilder word = new StringBuilder();
        private int at;

        Scan(String text, int start) {
            this.text = text;
            this.start = start;
            this.at = start;
        }

        Word word() {
            boolean isOpen = false;
            boolean isQuoted = false;
            boolean mayQuote = true;
            boolean hasValue = false;
            while (at < text.length() && !isBlank(text.charAt(at))) {
                char c = text.charAt(at);
                var closing = mayQuote ? closing(c) : Optional.<String>empty();
                mayQuote = false;
                at++;
                if (closing.isPresent()) {
                    isQuoted = at - 1 == start;
                    isOpen = !quotation(closing.get());
                    continue;
                }
                word.append(c);
                isQuoted = false;
                if (c == '=' && !hasValue) {
                    hasValue = true;
                    mayQuote = true;
                }
            }
            return new Word(word.toString(), start, isQuoted, isOpen);
        }

        /** {@return whether it ends} */
        private boolean quotation(String closing) {
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (closing.indexOf(c) >= 0) return true;
                boolean keeps = c == '\\' && at < text.length();
                if (keeps && (text.charAt(at) == '\\' || closing.indexOf(text.charAt(at)) >= 0)) {
                    c = text.charAt(at++);
                }
                word.append(c);
            }
            return false;
        }
    }
}
