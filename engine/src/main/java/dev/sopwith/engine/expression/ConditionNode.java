package dev.sopwith.engine.expression;

import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Bool;
import dev.sopwith.engine.expression.JsonValue.Null;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A compiled condition. A chain of {@code ||} or {@code &&} is one node with many sides, so only
 * parentheses make it deep. Sides are gone through by index: asked a thousand times for one
 * delivery, iterators were a fifth of the time.
 */
sealed interface ConditionNode {
    boolean holds(Subject subject);

    /** Adds what decided that this does not hold. */
    void explain(Subject subject, Collection<String> reasons);

    void collectPaths(Collection<ValuePath> paths);

    /** {@code &&} of all sides; of none, it holds. */
    record All(List<ConditionNode> sides) implements ConditionNode {
        @Override
        public boolean holds(Subject subject) {
            for (int i = 0; i < sides.size(); i++) if (!sides.get(i).holds(subject)) return false;
            return true;
        }

        @Override
        public void explain(Subject subject, Collection<String> reasons) {
            sides.stream()
                    .filter(side -> !side.holds(subject))
                    .findFirst()
                    .ifPresent(side -> side.explain(subject, reasons));
        }

        @Override
        public void collectPaths(Collection<ValuePath> paths) {
            for (var side : sides) side.collectPaths(paths);
        }
    }

    /** {@code ||} of all sides. */
    record Any(List<ConditionNode> sides) implements ConditionNode {
        @Override
        public boolean holds(Subject subject) {
            for (int i = 0; i < sides.size(); i++) if (sides.get(i).holds(subject)) return true;
            return false;
        }

        @Override
        public void explain(Subject subject, Collection<String> reasons) {
            for (var side : sides) side.explain(subject, reasons);
        }

        @Override
        public void collectPaths(Collection<ValuePath> paths) {
            for (var side : sides) side.collectPaths(paths);
        }
    }

    /** One comparison; the empty path is the direct form. */
    record Comparison(ValuePath path, Operator operator, Literal literal) implements ConditionNode {
        private static final int VALUE_LENGTH_MAX = 60;

        @Override
        public boolean holds(Subject subject) {
            return subject.find(path).filter(this::holdsFor).isPresent();
        }

        private boolean holdsFor(JsonValue value) {
            return switch (literal) {
                case Literal.OfNull() -> operator.holdsIfEqual(value instanceof Null);
                case Literal.OfNumber(var wanted) when isScalar(value) ->
                        number(value)
                                .map(number -> operator.holds(number.compareTo(wanted)))
                                // The direct form wants a number, whatever the operator.
                                .orElse(operator == Operator.NOT_EQUAL && !path.isWhole());
                case Literal.OfText(var wanted) when isScalar(value) ->
                        text(value)
                                .map(text -> operator.holds(compareByCodePoint(text, wanted)))
                                .orElse(operator == Operator.NOT_EQUAL);
                case Literal.OfNumber _, Literal.OfText _ -> false;
            };
        }

        private static boolean isScalar(JsonValue value) {
            return !(value instanceof Obj || value instanceof Arr);
        }

        private static Optional<Decimal> number(JsonValue value) {
            return switch (value) {
                case Num(var text) -> Decimal.parse(text);
                case Str(var text) -> Decimal.parse(text);
                case Bool _, Null _, Obj _, Arr _ -> Optional.empty();
            };
        }

        private static Optional<String> text(JsonValue value) {
            return switch (value) {
                case Str(var text) -> Optional.of(text);
                case Num(var text) -> Optional.of(text);
                case Bool(var bool) -> Optional.of(bool ? "true" : "false");
                case Null _, Obj _, Arr _ -> Optional.empty();
            };
        }

        /** Not {@code compareTo}: that puts emoji before the last characters of the basic plane. */
        private static int compareByCodePoint(String one, String other) {
            int length = Math.min(one.length(), other.length());
            int i = 0;
            while (i < length && one.charAt(i) == other.charAt(i)) i++;
            if (i == length) return Integer.compare(one.length(), other.length());
            if (i > 0 && Character.isHighSurrogate(one.charAt(i - 1))) i--;
            return Integer.compare(one.codePointAt(i), other.codePointAt(i));
        }

        @Override
        public void explain(Subject subject, Collection<String> reasons) {
            reasons.add(
                    subject.find(path)
                            .map(value -> subject.nameOf(path) + " is " + shown(value))
                            .orElseGet(() -> subject.whyMissing(path)));
        }

        private static String shown(JsonValue value) {
            return switch (value) {
                case Obj _ -> "an object";
                case Arr _ -> "an array";
                case Str _, Num _, Bool _, Null _ -> Excerpt.of(value, VALUE_LENGTH_MAX);
            };
        }

        @Override
        public void collectPaths(Collection<ValuePath> paths) {
            paths.add(path);
        }
    }

    /** How the value and the literal are compared. */
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        LESS,
        LESS_OR_EQUAL;

        boolean isOrder() {
            return this != EQUAL && this != NOT_EQUAL;
        }

        /**
         * Whether it holds between value and literal.
         *
         * @param comparison negative, zero or positive, as a comparator gives it
         */
        boolean holds(int comparison) {
            return switch (this) {
                case EQUAL -> comparison == 0;
                case NOT_EQUAL -> comparison != 0;
                case GREATER -> comparison > 0;
                case GREATER_OR_EQUAL -> comparison >= 0;
                case LESS -> comparison < 0;
                case LESS_OR_EQUAL -> comparison <= 0;
            };
        }

        /** Whether it holds where there is no order, only same and different. */
        boolean holdsIfEqual(boolean equal) {
            return equal ? this == EQUAL : this == NOT_EQUAL;
        }
    }

    /** What an author wrote to the right of the operator. */
    sealed interface Literal {
        record OfNumber(Decimal value) implements Literal {}

        /** Quoted text and bare words; also true and false, which mean the boolean or its text. */
        record OfText(String value) implements Literal {}

        /** {@code null}. */
        record OfNull() implements Literal {}
    }
}
