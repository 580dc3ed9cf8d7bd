package dev.sopwith.engine.reading;

import dev.sopwith.engine.expression.Words;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A line that says what makes a step wait for approval, in whatever mark-up: what {@link LostGates}
 * looks for where no attribute is read.
 *
 * @param key the attribute that is meant
 * @param value what follows it; may be empty
 * @param certain whether it can hardly be meant as plain text
 */
record GateText(String key, String value, boolean certain) {

    /** No attribute that matters is longer, and lines may be. */
    private static final int LENGTH_MAX = 400;

    private static final String CONFIRMATION = "requires_confirmation";
    private static final List<String> KEYS = List.of(CONFIRMATION, "kind", "mode", "policy");
    private static final List<String> CHECKPOINTS = List.of("checkpoint", "approval");
    private static final List<String> GATING_MODES =
            List.of("supervised", "step_by_step", "priority_based");
    private static final Set<String> TRUTHS =
            Set.of(
                    "true",
                    "false",
                    "yes",
                    "no",
                    "on",
                    "off",
                    "1",
                    "0",
                    "y",
                    "n",
                    "required",
                    "always",
                    "never");

    private static final Pattern TAG = Pattern.compile("</?[A-Za-z][^<>]{0,200}>");
    private static final Pattern BOLD = Pattern.compile("(\\*\\*|__)(?=\\S).{1,200}?\\1");
    private static final Pattern NUMBER = Pattern.compile("(?:\\d{1,9}|\\p{L})[.)](?=[\\s*_`])");
    private static final Pattern APART =
            Pattern.compile("requires?\\s+confirmation\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern LINE =
            Pattern.compile(
                    "(\\p{L}[\\p{L}\\p{N}_-]*)([\\s`*_~\"'”’)\\]}]*)"
                            + "(:=|:|=+>?|->|→|⇒|\\||;|[–—])?[\\s`*_~\"'“‘(\\[{|:=-]*(.*)");
    private static final Pattern VALUE = Pattern.compile("([\\p{L}\\p{N}._-]*)(.*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern WITHIN =
            Pattern.compile(
                    "(?:requires?[_-]?confirmation\\W{0,4}[:=]\\W{0,4}(?:true|yes)"
                            + "|\\bkind\\W{0,4}[:=]\\W{0,4}(?:checkpoint|approval))\\b",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern CODE_SPAN = Pattern.compile("`[^`]*`");

    /** Looks at the beginning of a line, behind all marks, and behind a title in bold. */
    static Optional<GateText> at(String line) {
        var seen = TAG.matcher(Unseen.cleaned(start(line))).replaceAll("");
        var text = withoutMarks(seen);
        var found = read(text, text.length() < seen.length() && seen.contains("`" + text));
        if (found.isPresent()) return found;
        var bold = BOLD.matcher(seen);
        return bold.find() ? read(withoutMarks(seen.substring(bold.end())), false) : found;
    }

    /** Whether a line mentions a gate that is switched on anywhere but in a span of code. */
    static boolean isWithin(String line) {
        var seen = Unseen.cleaned(line);
        var lower = seen.toLowerCase(Locale.ROOT); // looks twice, which is cheaper than the pattern
        if (!lower.contains("confirmation") && !lower.contains("kind")) return false;
        return WITHIN.matcher(CODE_SPAN.matcher(seen).replaceAll("")).find();
    }

    private static String start(String line) {
        int from = 0;
        while (from < line.length() && !Character.isLetterOrDigit(line.charAt(from))) from++;
        int marksFrom = Math.max(0, from - 1);
        return line.substring(marksFrom, Math.min(line.length(), marksFrom + LENGTH_MAX));
    }

    /** Drops bullets, numbers, quote marks, pipes, task boxes and what makes bold and code. */
    private static String withoutMarks(String text) {
        int at = 0;
        while (at < text.length()) {
            var number = NUMBER.matcher(text).region(at, text.length()).useTransparentBounds(true);
            boolean box = "xX".indexOf(text.charAt(at)) >= 0 && text.startsWith("]", at + 1);
            if (!Character.isLetterOrDigit(text.charAt(at)) || box) at++;
            else if (number.lookingAt()) at = number.end();
            else break;
        }
        return text.substring(at);
    }

    private static Optional<GateText> read(String text, boolean inCode) {
        var apart = APART.matcher(text);
        boolean isApart = apart.lookingAt();
        var line = LINE.matcher(isApart ? apart.replaceFirst(CONFIRMATION) : text);
        if (!line.matches()) return Optional.empty();
        var word = line.group(1);
        boolean separated = line.group(3) != null;
        boolean closed = line.group(2).contains("`");
        var rest = line.group(4);
        var key = Words.known(word, KEYS).or(() -> typoOf(word));
        if (key.isEmpty()) return Optional.empty();
        if (key.get().equals(CONFIRMATION)) {
            return confirmation(rest, separated, isApart, inCode && !closed);
        }
        return separated ? other(key.get(), word, rest) : Optional.empty();
    }

    /**
     * A typo of the long key is sure to be one, and so are swapped letters; {@code mood:
     * supervised} may be a note.
     */
    private static Optional<String> typoOf(String word) {
        return Words.typoOf(word, AttributeLine.KEYS)
                .filter(CONFIRMATION::equals)
                .or(() -> KEYS.stream().filter(key -> Words.isSwapOf(word, key)).findFirst());
    }

    private static Optional<GateText> confirmation(
            String rest, boolean separated, boolean apart, boolean inCode) {
        var value = VALUE.matcher(rest);
        var word = value.matches() ? value.group(1) : "";
        boolean truth = TRUTHS.contains(Words.plain(word)) && endsWith(value.group(2));
        boolean bare = rest.isBlank();
        if (apart && !separated && !truth) {
            return bare ? Optional.of(new GateText(CONFIRMATION, "", false)) : Optional.empty();
        }
        boolean certain = truth || (bare && !apart) || (separated && !apart && !inCode);
        return Optional.of(new GateText(CONFIRMATION, truth ? word : "", certain));
    }

    private static boolean endsWith(String marks) {
        return marks.chars().noneMatch(Character::isLetterOrDigit);
    }

    private static Optional<GateText> other(String key, String written, String rest) {
        var value = VALUE.matcher(rest);
        var word = value.matches() ? value.group(1) : "";
        var behind = value.group(2).replaceFirst("\\|.*", ""); // other cells of a table
        boolean alone = NAME.matcher(word).matches() && endsWith(behind);
        boolean lowerCase = written.equals(written.toLowerCase(Locale.ROOT));
        return switch (key) {
            case "kind" ->
                    Words.known(word, CHECKPOINTS)
                            .or(() -> Words.typoOf(word, CHECKPOINTS))
                            .map(kind -> new GateText(key, kind, true));
            case "mode" ->
                    Words.known(word, GATING_MODES).map(mode -> new GateText(key, mode, true));
            default -> alone ? Optional.of(new GateText(key, word, lowerCase)) : Optional.empty();
        };
    }
}
