package dev.sopwith.engine.reading;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Text as a person sees it: without characters that do not show, with every blank a blank, with
 * wide letters and colons as plain ones. Editors, chat programs and exporters put such characters
 * in, and a gate must not depend on them.
 */
final class Unseen {

    private static final Pattern WITHOUT_WIDTH =
            Pattern.compile(
                    "[\\p{Cf}\\p{Mn}[\\p{Cc}&&[^\\t\\n\\r]]\u115F\u1160\u3164\uFFA0\u2800]");
    private static final Pattern BLANK = Pattern.compile("[\\p{Zs}\\p{Zl}\\p{Zp}\\t]");
    private static final Pattern COLON = Pattern.compile("[\u2236\uA789\u02D0\u05C3]");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([!-/:-@\\[-`{-~])");
    private static final Pattern ENTITY_LOW_LINE =
            Pattern.compile("&(?:#95|#[xX]5[fF]|lowbar|UnderBar);");
    private static final Pattern ENTITY_COLON = Pattern.compile("&(?:#58|#[xX]3[aA]|colon);");
    private static final Pattern ENTITY_BLANK = Pattern.compile("&(?:#160|#[xX][aA]0|nbsp);");

    private Unseen() {}

    /** {@return the text as it looks; the same text when nothing in it is out of the ordinary} */
    static String cleaned(String text) {
        if (isOrdinary(text)) return text; // nearly every line: seven searches less for each
        var plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
        plain = ENTITY_LOW_LINE.matcher(plain).replaceAll("_");
        plain = ENTITY_COLON.matcher(plain).replaceAll(":");
        plain = ENTITY_BLANK.matcher(plain).replaceAll(" ");
        plain = WITHOUT_WIDTH.matcher(plain).replaceAll("");
        plain = BLANK.matcher(plain).replaceAll(" ");
        plain = COLON.matcher(plain).replaceAll(":");
        return ESCAPED.matcher(plain).replaceAll("$1");
    }

    /** Whether there is nothing in it that could look like anything else. */
    private static boolean isOrdinary(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '&' || c == '\\') return false;
        }
        return true;
    }

    /** {@return the text without blanks of any kind, seen or not, at its ends} */
    static String stripped(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isUnseen(text.charAt(start))) start++;
        while (end > start && isUnseen(text.charAt(end - 1))) end--;
        return text.substring(start, end);
    }

    private static boolean isUnseen(char c) {
        return Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || WITHOUT_WIDTH.matcher(Character.toString(c)).matches();
    }
}
