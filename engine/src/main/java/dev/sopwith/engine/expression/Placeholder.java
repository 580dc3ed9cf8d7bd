package dev.sopwith.engine.expression;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A place in a text where a value is filled in: {@code ${inputs.version}}, {@code ${steps.2.key}},
 * {@code ${secrets.TOKEN}}.
 *
 * @param text the whole of it, as written
 * @param offset where it begins, in UTF-16 units
 * @param name the input, step or secret
 * @param key of a step's output; empty for the others
 */
public record Placeholder(Kind kind, String text, int offset, String name, String key) {

    public enum Kind {
        INPUT,
        STEP,
        SECRET,
        /** Begins like a placeholder and is none. */
        INVALID
    }

    private static final Pattern ANY = Pattern.compile("\\$\\{([^}\\n]*)(}?)");
    private static final Pattern INPUT = Pattern.compile("inputs\\.([a-z][a-z0-9_]*)");
    private static final Pattern STEP =
            Pattern.compile("steps\\.([0-9]{1,9}|[a-z][a-z0-9_-]*)\\.([a-z][a-z0-9_]{0,63})");
    private static final Pattern SECRET = Pattern.compile("secrets\\.([A-Za-z_][A-Za-z0-9_]*)");

    public static List<Placeholder> in(String text) {
        return ANY.matcher(text).results().map(Placeholder::of).toList();
    }

    private static Placeholder of(MatchResult found) {
        var inside = found.group(1);
        var input = INPUT.matcher(inside);
        var step = STEP.matcher(inside);
        var secret = SECRET.matcher(inside);
        if (found.group(2).isEmpty()) return of(Kind.INVALID, found, "", "");
        if (input.matches()) return of(Kind.INPUT, found, input.group(1), "");
        if (step.matches()) return of(Kind.STEP, found, step.group(1), step.group(2));
        if (secret.matches()) return of(Kind.SECRET, found, secret.group(1), "");
        return of(Kind.INVALID, found, "", "");
    }

    private static Placeholder of(Kind kind, MatchResult found, String name, String key) {
        return new Placeholder(kind, found.group(), found.start(), name, key);
    }
}
