package dev.sopwith.engine.expression;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A condition of FORMAT §3, compiled once and asked often.
 *
 * <p>Threading: immutable. Asking never throws and takes time in proportion to the texts compared.
 */
public final class Condition {
    /** The blank condition, which always holds. */
    public static final Condition ALWAYS = new Condition("", new ConditionNode.All(List.of()));

    private static final int WHY_LENGTH_MAX = 300;

    private final String text;
    private final ConditionNode root;

    private Condition(String text, ConditionNode root) {
        this.text = text;
        this.root = root;
    }

    /** Compiles a condition; never throws. A blank text is {@link #ALWAYS}. */
    public static Parsed<Condition> parse(String text) {
        if (text.isBlank()) return Parsed.ok(ALWAYS);
        try {
            return Parsed.ok(new Condition(text, new ConditionParser(text).condition()));
        } catch (SyntaxProblem e) {
            return e.bad();
        }
    }

    /** The condition as written. */
    public String text() {
        return text;
    }

    /** All paths used, in order of appearance; the direct form and a lone $ give the empty path. */
    public List<ValuePath> paths() {
        var paths = new ArrayList<ValuePath>();
        root.collectPaths(paths);
        return List.copyOf(paths);
    }

    /** Whether it holds of what came with a delivery. */
    public Verdict evaluate(Payload payload) {
        return evaluate(new Subject.OfPayload(payload));
    }

    /**
     * Whether it holds of what a signal carries: the direct form looks at its {@code value}, paths
     * at the whole.
     */
    public Verdict evaluateSignal(Payload payload) {
        return evaluate(new Subject.OfSignal(payload));
    }

    /** Whether it holds of a document that the engine made, such as the one of {@code when}. */
    public Verdict evaluate(JsonValue document) {
        return evaluate(new Subject.OfDocument(document));
    }

    private Verdict evaluate(Subject subject) {
        return root.holds(subject) ? Verdict.MATCH : new Verdict(false, () -> why(subject));
    }

    private String why(Subject subject) {
        Set<String> reasons = new LinkedHashSet<>(); // ten comparisons of one place: said once
        root.explain(subject, reasons);
        var why = String.join("; ", reasons);
        if (why.codePointCount(0, why.length()) <= WHY_LENGTH_MAX) return why;
        return why.substring(0, why.offsetByCodePoints(0, WHY_LENGTH_MAX)) + "…";
    }

    /** Equal when written alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Condition condition && text.equals(condition.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the condition as written} */
    @Override
    public String toString() {
        return text;
    }

    /**
     * Whether a condition matched and, if not, the operands that decided: {@code $.env is "dev"}.
     *
     * <p>Threading: immutable. The reason is worked out when it is asked for, because hardly any of
     * the many conditions that do not match is ever explained; until then this holds the payload.
     */
    public static final class Verdict {
        private static final Verdict MATCH = new Verdict(true, () -> "");
        private final boolean matches;
        private final Supplier<String> why;

        private Verdict(boolean matches, Supplier<String> why) {
            this.matches = matches;
            this.why = why;
        }

        /** Whether the condition holds. */
        public boolean matches() {
            return matches;
        }

        /** Why it does not hold: one short line, safe to show; empty when it does. */
        public String why() {
            return why.get();
        }

        /** {@return {@code matches} or the reason} */
        @Override
        public String toString() {
            return matches ? "matches" : why();
        }
    }
}
