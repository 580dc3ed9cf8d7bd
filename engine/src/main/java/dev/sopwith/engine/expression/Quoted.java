package dev.sopwith.engine.expression;

/**
 * Text from a file as it may stand in a message: in quotes, on one line, cut to a bearable length,
 * with control and bidirectional characters made visible.
 */
public final class Quoted {

    private static final int LENGTH_MAX = 60;

    private Quoted() {}

    public static String of(String text) {
        var shown = new StringBuilder("\"");
        int count = 0;
        for (int i = 0; i < text.length() && count < LENGTH_MAX; count++) {
            int c = text.codePointAt(i);
            if (isHidden(c)) shown.append("\\u%04X".formatted(c));
            else shown.appendCodePoint(c);
            i += Character.charCount(c);
            if (count + 1 == LENGTH_MAX && i < text.length()) shown.append('…');
        }
        return shown.append('"').toString();
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    true;
            default -> false;
        };
    }
}
