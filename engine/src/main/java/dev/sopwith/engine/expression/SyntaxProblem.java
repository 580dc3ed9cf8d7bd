package dev.sopwith.engine.expression;

/**
 * Why a small text cannot be read. It carries a finding from deep inside a reader to the reader's
 * own {@code parse}, which turns it into a {@link Parsed.Bad}; it never leaves this package.
 */
@SuppressWarnings("serial") // never serialised
final class SyntaxProblem extends Exception {
    private final int offset;
    private final String problem;
    private final String fix;

    /** The three are those of {@link Parsed.Bad}. */
    SyntaxProblem(int offset, String problem, String fix) {
        super(problem, null, false, false); // no stack trace: an author's mistake is not a bug
        this.offset = offset;
        this.problem = problem;
        this.fix = fix;
    }

    <T> Parsed<T> bad() {
        return Parsed.bad(offset, problem, fix);
    }
}
