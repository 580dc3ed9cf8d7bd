package dev.sopwith.engine.expression;

import java.util.function.IntPredicate;

/** A place in a small text that is being read. All offsets are in UTF-16 units from 0. */
final class Cursor {
    private static final int END = -1;
    private final String text;
    private int offset;

    Cursor(String text) {
        this.text = text;
    }

    int offset() {
        return offset;
    }

    boolean atEnd() {
        return offset == text.length();
    }

    boolean at(char wanted) {
        return !atEnd() && text.charAt(offset) == wanted;
    }

    boolean at(IntPredicate wanted) {
        return !atEnd() && wanted.test(text.codePointAt(offset));
    }

    /** Steps over the character if it is the wanted one. */
    boolean skip(char wanted) {
        if (!at(wanted)) return false;
        offset++;
        return true;
    }

    void skipBlanks() {
        take(Cursor::isBlank);
    }

    /** Steps over all characters that are wanted, and gives them. */
    String take(IntPredicate wanted) {
        int start = offset;
        while (at(wanted)) offset += Character.charCount(text.codePointAt(offset));
        return text.substring(start, offset);
    }

    /** Like {@link #take}, but stays where it is. */
    String peek(IntPredicate wanted) {
        int start = offset;
        var taken = take(wanted);
        offset = start;
        return taken;
    }

    /** What stands between two quotes; the cursor is at the first and ends behind the second. */
    String takeQuoted() throws SyntaxProblem {
        int open = offset;
        int close = text.indexOf(text.charAt(open), open + 1);
        if (close == END) {
            throw new SyntaxProblem(
                    open, "the quote is never closed", "close it with " + text.charAt(open));
        }
        offset = close + 1;
        return text.substring(open + 1, close);
    }

    /** What stands between two offsets. */
    String since(int start) {
        return text.substring(start, offset);
    }

    /** The next character as it is shown in a message, or the words for the end. */
    String next() {
        if (atEnd()) return "the end";
        return Excerpt.quoted(Character.toString(text.codePointAt(offset)), 1);
    }

    SyntaxProblem problem(String problem, String fix) {
        return new SyntaxProblem(offset, problem, fix);
    }

    /** Letters of any script with their combining marks, digits, {@code _} and {@code -}. */
    static boolean isNameCharacter(int character) {
        return Character.isLetter(character)
                || isDigit(character)
                || character == '_'
                || character == '-'
                || isCombiningMark(character);
    }

    /** Digits of other scripts are not meant: what looks like a number must be one. */
    static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /** Unusual blanks are not skipped: nobody sees the difference, so they are better an error. */
    static boolean isBlank(int character) {
        return character == ' ' || character == '\t' || character == '\n' || character == '\r';
    }

    private static boolean isCombiningMark(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    true;
            default -> false;
        };
    }
}
