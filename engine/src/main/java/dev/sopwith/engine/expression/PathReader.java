package dev.sopwith.engine.expression;

import java.util.ArrayList;
import java.util.List;

/** Reads {@code "$" { "." name | "." digits | "[" digits "]" | "['" text "']" }}. */
final class PathReader {
    static final String FORMS = "a path is made of .name, .0, [0] and ['any text'], without blanks";
    private static final int INDEX_DIGITS_MAX = 9;
    private final Cursor cursor;

    PathReader(Cursor cursor) {
        this.cursor = cursor;
    }

    List<ValuePath.Key> keys() throws SyntaxProblem {
        start();
        var keys = new ArrayList<ValuePath.Key>();
        while (true) {
            if (cursor.at('.')) keys.add(afterDot());
            else if (cursor.at('[')) keys.add(inBrackets());
            else return List.copyOf(keys);
        }
    }

    private void start() throws SyntaxProblem {
        int start = cursor.offset();
        boolean dollar = cursor.skip('$');
        var name = cursor.peek(Cursor::isNameCharacter);
        if (dollar && name.isEmpty()) return;
        var fix = name.isEmpty() ? "write $.name" : "write $." + Excerpt.of(name, 40);
        var problem = dollar ? "a dot is missing after the $" : "a path begins with $";
        throw new SyntaxProblem(start, problem, fix);
    }

    private ValuePath.Key afterDot() throws SyntaxProblem {
        cursor.skip('.');
        if (cursor.at('-'))
            throw cursor.problem("a name cannot begin with -", "write ['-name'] instead of .-name");
        var name = cursor.take(Cursor::isNameCharacter);
        if (name.isEmpty())
            throw cursor.problem("a name is missing before " + cursor.next(), FORMS);
        var member = new ValuePath.Key.Member(name);
        return name.chars().allMatch(Cursor::isDigit)
                ? new ValuePath.Key.Either(member, item(name))
                : member;
    }

    private ValuePath.Key inBrackets() throws SyntaxProblem {
        cursor.skip('[');
        if (cursor.at('"')) {
            throw cursor.problem(
                    "names in brackets stand in single quotes",
                    "write ['name'] instead of [\"name\"]");
        }
        var key = cursor.at('\'') ? new ValuePath.Key.Member(cursor.takeQuoted()) : index();
        if (!cursor.skip(']')) throw cursor.problem("] is missing before " + cursor.next(), FORMS);
        return key;
    }

    private ValuePath.Key index() throws SyntaxProblem {
        var digits = cursor.take(Cursor::isDigit);
        if (digits.isEmpty())
            throw cursor.problem("an index from 0 is missing before " + cursor.next(), FORMS);
        return item(digits);
    }

    private static ValuePath.Key.Item item(String digits) {
        var significant = digits.replaceFirst("^0+(?=.)", "");
        boolean beyondAll = significant.length() > INDEX_DIGITS_MAX;
        return new ValuePath.Key.Item(
                digits, beyondAll ? Integer.MAX_VALUE : Integer.parseInt(significant));
    }
}
