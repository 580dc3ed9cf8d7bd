package dev.sopwith.engine.expression;

import dev.sopwith.engine.expression.ConditionNode.All;
import dev.sopwith.engine.expression.ConditionNode.Any;
import dev.sopwith.engine.expression.ConditionNode.Comparison;
import dev.sopwith.engine.expression.ConditionNode.Literal;
import dev.sopwith.engine.expression.ConditionNode.Operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compiles the grammar of FORMAT §3 by recursive descent; only parentheses recurse.
 *
 * <p>Authors guess at operators. So every mistake is answered with what was probably meant.
 */
final class ConditionParser {
    static final int LENGTH_MAX = 512;
    static final int PARENTHESES_MAX = 32;
    private static final int SHOWN_MAX = 40;
    private static final String ONE_OF = "write one of >= <= != == > <";
    private static final String COMBINE = "combine comparisons with && or ||";
    private static final String QUOTE_IT =
            "put text in quotes, or write a number as 0.5, -3 or 1e6";

    private final String text;
    private final Cursor cursor;
    private int parentheses;

    ConditionParser(String text) {
        this.text = text;
        this.cursor = new Cursor(text);
    }

    /** Reads the whole text, which must not be blank. */
    ConditionNode condition() throws SyntaxProblem {
        if (text.codePointCount(0, text.length()) > LENGTH_MAX) {
            throw new SyntaxProblem(
                    text.offsetByCodePoints(0, LENGTH_MAX),
                    "the condition is longer than " + LENGTH_MAX + " characters",
                    "split it over several triggers, or let the sender decide");
        }
        var condition = any();
        if (cursor.atEnd()) return condition;
        throw cursor.problem("this ) closes nothing", "remove it, or open a ( before");
    }

    private ConditionNode any() throws SyntaxProblem {
        var sides = new ArrayList<ConditionNode>();
        do sides.add(all());
        while (skipCombination("||"));
        return sides.size() == 1 ? sides.getFirst() : new Any(List.copyOf(sides));
    }

    private ConditionNode all() throws SyntaxProblem {
        var sides = new ArrayList<ConditionNode>();
        do sides.add(unit());
        while (skipCombination("&&"));
        return sides.size() == 1 ? sides.getFirst() : new All(List.copyOf(sides));
    }

    private boolean skipCombination(String wanted) {
        if (!cursor.peek(ConditionParser::isCombination).equals(wanted)) return false;
        cursor.take(ConditionParser::isCombination);
        return true;
    }

    /** Leaves the cursor at the end, at a {@code )}, or at a correct combination. */
    private ConditionNode unit() throws SyntaxProblem {
        cursor.skipBlanks();
        var unit = cursor.at('(') ? group() : comparison();
        requireCombinationOrEnd();
        return unit;
    }

    private ConditionNode group() throws SyntaxProblem {
        int open = cursor.offset();
        if (++parentheses > PARENTHESES_MAX) {
            throw cursor.problem(
                    "more than " + PARENTHESES_MAX + " parentheses inside each other",
                    "remove those that change nothing");
        }
        cursor.skip('(');
        cursor.skipBlanks();
        if (cursor.at(')'))
            throw cursor.problem("nothing stands between ( and )", "write a comparison there");
        var condition = any();
        if (!cursor.skip(')'))
            throw new SyntaxProblem(open, "this ( is never closed", "close it with )");
        parentheses--;
        return condition;
    }

    private ConditionNode comparison() throws SyntaxProblem {
        requireComparisonStart();
        int start = cursor.offset();
        var path = cursor.at('$') ? ValuePath.read(cursor) : ValuePath.WHOLE;
        cursor.skipBlanks();
        var operator = operator(text.substring(start, cursor.offset()).strip());
        cursor.skipBlanks();
        return new Comparison(path, operator, literal(operator));
    }

    private void requireComparisonStart() throws SyntaxProblem {
        if (cursor.at('$') || cursor.at(ConditionParser::isOperator)) return;
        var word = cursor.peek(ConditionParser::isTokenCharacter);
        var shown = Excerpt.of(word, SHOWN_MAX);
        if (!combinationMeant(word).isEmpty())
            throw cursor.problem(
                    "a comparison is missing before " + shown, "write it, and && or || after it");
        if (word.equalsIgnoreCase("not"))
            throw cursor.problem("there is no " + shown, "turn the operator around: != for ==");
        if (!isLiteral(word) && ValuePath.parse("$." + word).isOk())
            throw cursor.problem(shown + " is neither a path nor an operator", "write $." + shown);
        if (!word.isEmpty() || cursor.at(ConditionParser::isQuote))
            throw cursor.problem(
                    "a comparison begins with a path or an operator",
                    "write the path first, as in $.value > 5");
        throw cursor.problem(
                "a comparison is missing before " + cursor.next(), "write one, as in $.value > 5");
    }

    private Operator operator(String left) throws SyntaxProblem {
        int start = cursor.offset();
        var written = cursor.take(ConditionParser::isOperator);
        return switch (written) {
            case "==" -> Operator.EQUAL;
            case "!=" -> Operator.NOT_EQUAL;
            case ">" -> Operator.GREATER;
            case ">=" -> Operator.GREATER_OR_EQUAL;
            case "<" -> Operator.LESS;
            case "<=" -> Operator.LESS_OR_EQUAL;
            case "" -> throw noOperator(left);
            case "!" ->
                    throw new SyntaxProblem(
                            start, "there is no operator !", "write != for not equal");
            default ->
                    throw new SyntaxProblem(
                            start, "there is no operator " + written, operatorMeant(written));
        };
    }

    private SyntaxProblem noOperator(String left) {
        return cursor.problem(
                "an operator is missing after "
                        + Excerpt.of(left, SHOWN_MAX)
                        + ", before "
                        + next(),
                ONE_OF);
    }

    private static String operatorMeant(String written) {
        return switch (written) {
            case "=", "===" -> "write ==";
            case "!==", "=!", "<>", "><", "~=", "!~" -> "write !=";
            case "=>" -> "write >=";
            case "=<" -> "write <=";
            default -> ONE_OF;
        };
    }

    private Literal literal(Operator operator) throws SyntaxProblem {
        if (cursor.at(ConditionParser::isQuote)) return new Literal.OfText(cursor.takeQuoted());
        if (cursor.atEnd() || cursor.at(')') || cursor.at(ConditionParser::isCombination))
            throw cursor.problem(
                    "a value is missing before " + cursor.next(), "write one, as in $.value > 5");
        if (cursor.at('$'))
            throw cursor.problem(
                    "two places cannot be compared with each other",
                    "write a number, a text in quotes, true, false or null");
        if (cursor.at(ConditionParser::isOperator))
            throw cursor.problem("a second operator follows", ONE_OF + ", without blanks in it");
        return unquoted(operator);
    }

    private Literal unquoted(Operator operator) throws SyntaxProblem {
        int start = cursor.offset();
        if (cursor.at(ConditionParser::isCurlyQuote))
            throw cursor.problem(cursor.next() + " is no quote here", "write \" or '");
        var token = cursor.take(ConditionParser::isTokenCharacter);
        if (token.isEmpty()) throw cursor.problem(cursor.next() + " begins no value", QUOTE_IT);
        var number = Decimal.parse(token);
        if (number.isPresent()) return new Literal.OfNumber(number.get());
        if (!isWord(token)) {
            throw new SyntaxProblem(
                    start,
                    Excerpt.of(token, SHOWN_MAX) + " is neither a number nor a word",
                    QUOTE_IT);
        }
        return switch (token) {
            case "true", "false", "null" -> constant(token, operator, start);
            default -> new Literal.OfText(token);
        };
    }

    private static Literal constant(String token, Operator operator, int start)
            throws SyntaxProblem {
        if (operator.isOrder())
            throw new SyntaxProblem(
                    start, token + " is neither greater nor less than anything", "write == or !=");
        return token.equals("null") ? new Literal.OfNull() : new Literal.OfText(token);
    }

    private void requireCombinationOrEnd() throws SyntaxProblem {
        cursor.skipBlanks();
        if (cursor.atEnd() || cursor.at(')')) return;
        var combination = cursor.peek(ConditionParser::isCombination);
        if (combination.equals("&&") || combination.equals("||")) return;
        if (!combination.isEmpty()) {
            throw cursor.problem(
                    "there is no operator " + Excerpt.of(combination, SHOWN_MAX),
                    "write " + combination.substring(0, 1).repeat(2));
        }
        throw unexpected();
    }

    private SyntaxProblem unexpected() {
        var word = cursor.peek(ConditionParser::isTokenCharacter);
        var meant = combinationMeant(word);
        if (!meant.isEmpty())
            return cursor.problem("there is no " + word, "write " + meant + " instead of " + word);
        char before = text.charAt(cursor.offset() - 1);
        if (isQuote(before))
            return cursor.problem(
                    "the quoted text ends before " + cursor.next(),
                    "write a text with one kind of quote in it between two of the other");
        return cursor.problem(
                next() + " follows a comparison that is complete",
                isTokenCharacter(before) ? "put text in quotes" : COMBINE);
    }

    /** What comes next as it is shown in a message: a whole word, or one character. */
    private String next() {
        var word = cursor.peek(ConditionParser::isTokenCharacter);
        return word.isEmpty() ? cursor.next() : Excerpt.quoted(word, SHOWN_MAX);
    }

    /** The combination for a word of other languages; empty for any other word. */
    private static String combinationMeant(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "and" -> "&&";
            case "or" -> "||";
            default -> "";
        };
    }

    /** Whether it is certainly meant as a value. Any other word may be a path without its $. */
    private static boolean isLiteral(String token) {
        return switch (token) {
            case "true", "false", "null" -> true;
            default -> Decimal.isNumber(token);
        };
    }

    private static boolean isWord(String token) {
        return !token.startsWith("-") && token.codePoints().allMatch(Cursor::isNameCharacter);
    }

    /** A token is the longest run of these, so that {@code 1.2.3} is one mistake and not three. */
    private static boolean isTokenCharacter(int character) {
        return Cursor.isNameCharacter(character) || character == '.' || character == '+';
    }

    private static boolean isOperator(int character) {
        return "=!<>~".indexOf(character) >= 0;
    }

    private static boolean isCombination(int character) {
        return character == '&' || character == '|';
    }

    private static boolean isQuote(int character) {
        return character == '"' || character == '\'';
    }

    private static boolean isCurlyQuote(int character) {
        return "“”„‟‘’‚‛«»".indexOf(character) >= 0;
    }
}
