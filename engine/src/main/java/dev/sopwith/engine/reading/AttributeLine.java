package dev.sopwith.engine.reading;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of a bullet is: an attribute, something that was meant to be one, or just text.
 * Built so that no gate gets lost by layout or a slip of a finger (FORMAT §5).
 */
sealed interface AttributeLine {

    /** All attributes that have an effect, by their canonical names. */
    List<String> KEYS =
            List.of(
                    "tools",
                    "requires_confirmation",
                    "kind",
                    "policy",
                    "mode",
                    "prompt",
                    "when",
                    "on_failure",
                    "next",
                    "terminal",
                    "switch",
                    "depends_on",
                    "timeout",
                    "repeatable",
                    "agent",
                    "id",
                    "secrets",
                    "allow-tools",
                    "deny-tools",
                    "expect");

    /** Known from other programs that read the same files; nothing is done with them here. */
    List<String> ELSEWHERE = List.of("input", "output", "capability", "with", "call", "edit");

    /** An attribute. {@code layout} says what is unusual about how it is written; may be empty. */
    record Known(String key, String value, String layout) implements AttributeLine {}

    /** A word that is nearly an attribute. */
    record Misspelt(String written, String meant) implements AttributeLine {}

    /** An attribute followed by {@code =}. */
    record Equated(String key) implements AttributeLine {}

    /** Known from elsewhere, without effect here. */
    record NoEffect(String written) implements AttributeLine {}

    /** A lower-case word that the format does not know. */
    record Foreign(String written) implements AttributeLine {}

    /** A note, a sentence. */
    record Prose() implements AttributeLine {}

    /** {@code key: value}, as it should be. */
    Pattern PLAIN = Pattern.compile("([A-Za-z][A-Za-z0-9_-]*):(?:[ \\t]+(.*))?", Pattern.DOTALL);

    /** The same with a task box, mark-up around the key, blanks before or none after the colon. */
    Pattern LOOSE =
            Pattern.compile(
                    "(\\[[ xX]][ \\t]+)?([`*_]*)([A-Za-z][A-Za-z0-9_-]*?)([`*_]*)([ \\t]*)([:：=])"
                            + "([`*_]*)([ \\t]*)(.*)",
                    Pattern.DOTALL);

    /** Whatever may stand between a key and its value and look like a colon. */
    Pattern SEPARATOR = Pattern.compile("[:=：﹕︓∶꞉ː]|&colon;|&#58;");

    static AttributeLine of(String text) {
        var plain = PLAIN.matcher(text);
        if (plain.matches()) return plain(plain.group(1), plain.group(2));
        var loose = LOOSE.matcher(text);
        return loose.matches() ? loose(loose) : cleaned(text);
    }

    /** The same behind characters that do not show, or only look like the right ones. */
    private static AttributeLine cleaned(String text) {
        var separator = SEPARATOR.matcher(text);
        if (!separator.find()) return new Prose();
        var key = Unseen.cleaned(text.substring(0, separator.start())).strip();
        var equals = separator.group().equals("=") ? "=" : ": ";
        var seen = key + equals + Unseen.stripped(text.substring(separator.end()));
        if (seen.equals(text)) return new Prose();
        return switch (of(seen)) {
            case Known known ->
                    new Known(known.key(), known.value(), "written as " + Quoted.of(text));
            case Misspelt misspelt -> misspelt;
            case Equated equated -> equated;
            case NoEffect _, Foreign _, Prose _ -> new Prose();
        };
    }

    private static AttributeLine plain(
            String word, @org.jspecify.annotations.Nullable String value) {
        var key = Words.known(word, KEYS);
        if (key.isPresent()) return known(key.get(), word, value == null ? "" : value.strip());
        if (Words.known(word, ELSEWHERE).isPresent()) return new NoEffect(word);
        boolean lowerCase = word.equals(word.toLowerCase(Locale.ROOT));
        var meant = typoOf(word, lowerCase);
        if (meant.isPresent()) return new Misspelt(word, meant.get());
        return lowerCase ? new Foreign(word) : new Prose();
    }

    private static Known known(String key, String written, String value) {
        var seen = Unseen.stripped(value);
        var layout = seen.equals(value) ? "" : "written as " + Quoted.of(written + ": " + value);
        return new Known(key, seen, layout);
    }

    private static AttributeLine loose(Matcher loose) {
        var word = loose.group(3);
        var key = Words.known(word, KEYS);
        if (key.isEmpty()) {
            return typoOf(word, false)
                    .map(meant -> (AttributeLine) new Misspelt(word, meant))
                    .orElse(new Prose());
        }
        if (loose.group(6).equals("=")) return new Equated(key.get());
        var value = Unseen.stripped(loose.group(9));
        var marks = loose.group(2);
        boolean open = !marks.isEmpty() && (loose.group(4) + loose.group(7)).isEmpty();
        if (open && value.endsWith(marks)) {
            value = value.substring(0, value.length() - marks.length()).strip();
        }
        return new Known(key.get(), value, "written as %s".formatted(Quoted.of(loose.group(0))));
    }

    /**
     * Typos of short keys count only in lower case: {@code Nest: ...} is a note, {@code nest: ...}
     * is a misspelt {@code next}. {@code Expected: ...} is what people write about a gauge, so two
     * letters more than {@code expect} are no typo.
     */
    private static Optional<String> typoOf(String word, boolean lowerCase) {
        return Words.typoOf(word, KEYS)
                .filter(meant -> lowerCase || Words.plain(meant).length() > 5)
                .filter(meant -> !meant.equals("expect") || !PROSE_OF_EXPECT.contains(word));
    }

    Set<String> PROSE_OF_EXPECT = Set.of("Expected", "expected");
}
