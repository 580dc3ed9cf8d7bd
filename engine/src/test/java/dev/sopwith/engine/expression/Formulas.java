package dev.sopwith.engine.expression;

import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/** Random conditions about {@code {"a":1}} together with what they must come to. */
final class Formulas {
    private static final int LENGTH_MAX = 512;
    private final SplittableRandom random;

    Formulas(long seed) {
        this.random = new SplittableRandom(seed);
    }

    record Formula(String text, boolean value) {}

    Formula next() {
        var formula = any(3);
        while (formula.text.length() > LENGTH_MAX) formula = any(3);
        return formula;
    }

    private Formula any(int depth) {
        return chain(
                () -> all(depth),
                (one, other) ->
                        new Formula(
                                one.text + blank() + "||" + blank() + other.text,
                                one.value || other.value));
    }

    private Formula all(int depth) {
        return chain(
                () -> unit(depth),
                (one, other) ->
                        new Formula(
                                one.text + blank() + "&&" + blank() + other.text,
                                one.value && other.value));
    }

    private Formula chain(Supplier<Formula> side, BinaryOperator<Formula> join) {
        var formula = side.get();
        for (int i = random.nextInt(3); i > 0; i--) formula = join.apply(formula, side.get());
        return formula;
    }

    private Formula unit(int depth) {
        if (depth == 0 || random.nextInt(3) > 0) return comparison();
        var inner = any(depth - 1);
        return new Formula("(" + blank() + inner.text + blank() + ")", inner.value);
    }

    private Formula comparison() {
        int wanted = random.nextInt(3);
        var comparison = "$.a" + blank() + ">=" + blank() + wanted;
        return new Formula(comparison, 1 >= wanted);
    }

    private String blank() {
        return random.nextBoolean() ? " " : "";
    }
}
