package dev.sopwith.engine.expression;

/**
 * What came of reading one small text (a condition, a schedule, a filter): the value, or where and
 * why it cannot be read. Nothing that parses an author's text throws.
 *
 * @param <T> the value that was wanted
 */
public sealed interface Parsed<T> {

    /** The text was understood. */
    record Ok<T>(T value) implements Parsed<T> {}

    /**
     * The text was not understood.
     *
     * @param offset where in the text, in UTF-16 units from 0; never beyond its end
     * @param problem what is wrong there, in one sentence without a full stop
     * @param fix what to write instead, in one sentence without a full stop; may be empty
     */
    record Bad<T>(int offset, String problem, String fix) implements Parsed<T> {}

    /** {@return whether the text was understood} */
    default boolean isOk() {
        return this instanceof Ok<T>;
    }

    static <T> Parsed<T> ok(T value) {
        return new Ok<>(value);
    }

    static <T> Parsed<T> bad(int offset, String problem, String fix) {
        return new Bad<>(offset, problem, fix);
    }
}
