package dev.sopwith.cli;

/** How single characters stand in a terminal: how wide, and whether they may stand there at all. */
final class Glyph {
    /** The blocks of characters that take two columns, as pairs of first and last. */
    private static final int[] WIDE = {
        0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xA000,
        0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60,
        0xFFE0, 0xFFE6, 0x17000, 0x18CFF, 0x1B000, 0x1B2FF, 0x20000, 0x3FFFD
    };

    private Glyph() {}

    /** Columns of a whole text; a tab counts as one. */
    static int width(String text) {
        return text.codePoints().map(Glyph::width).sum();
    }

    /** Columns of one character as a terminal draws it: 0, 1 or 2. */
    static int width(int codePoint) {
        if (codePoint < 0x7F) return 1;
        if (Ink.isMark(codePoint)) return 0;
        if (!isHarmless(codePoint)) return shown(codePoint).length();
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(codePoint) ? 2 : 1;
        };
    }

    /** Harmless text as it is, everything else made visible. Marks of {@link Ink} stay. */
    static String visible(String text) {
        var visible = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (isHarmless(c) || Ink.isMark(c)) visible.appendCodePoint(c);
                            else visible.append(shown(c));
                        });
        return visible.toString();
    }

    /**
     * Whether a character only draws itself. Not harmless is what moves the cursor, begins a
     * control sequence, turns the direction of text, or cannot be seen at all. Tabs and the joiners
     * that some scripts and emoji are written with are harmless.
     */
    static boolean isHarmless(int codePoint) {
        if (codePoint == '\t' || codePoint == 0x200C || codePoint == 0x200D) return true;
        if ((codePoint >= 0xFDD0 && codePoint <= 0xFDEF) || (codePoint & 0xFFFE) == 0xFFFE) {
            return false;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            default -> true;
        };
    }

    /** The picture of a character that is not harmless: one column for ASCII, a name else. */
    static String shown(int codePoint) {
        if (codePoint < 0x20) return String.valueOf((char) ('\u2400' + codePoint));
        if (codePoint == 0x7F) return "\u2421";
        return "<U+%04X>".formatted(codePoint);
    }

    private static boolean isWide(int codePoint) {
        for (int i = 0; i < WIDE.length; i += 2) {
            if (codePoint >= WIDE[i] && codePoint <= WIDE[i + 1]) return true;
        }
        return Character.isEmojiPresentation(codePoint);
    }
}
