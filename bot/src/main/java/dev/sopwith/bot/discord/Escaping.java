package dev.sopwith.bot.discord;

/**
 * Text as Discord shows it letter by letter: nothing in it is markup, a mention or a link. Pure.
 */
final class Escaping {
    private static final String MARKUP = "\\`*_~|>#-+[]()<@";

    private Escaping() {}

    /** One line of plain text. */
    static String line(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (MARKUP.indexOf(c) >= 0 || isColonOfName(text, i) || isDotOfList(text, i)) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    /** It may begin the name of an emoji, or be that of an address. */
    private static boolean isColonOfName(String text, int at) {
        return text.charAt(at) == ':'
                && at + 1 < text.length()
                && !Character.isWhitespace(text.charAt(at + 1));
    }

    /** "7." at the beginning would be counted anew. */
    private static boolean isDotOfList(String text, int at) {
        if (text.charAt(at) != '.') return false;
        var before = text.substring(0, at).strip();
        return !before.isEmpty() && before.chars().allMatch(it -> it >= '0' && it <= '9');
    }

    /** Lines to be read exactly. */
    static String code(String text) {
        if (!text.contains("``") && !text.endsWith("`")) return "```\n" + text + "\n```";
        // Backquotes would end the block, so it is a quotation, which shows every letter as well.
        var out = new StringBuilder();
        for (var line : text.split("\n", -1)) {
            if (!out.isEmpty()) out.append('\n');
            out.append("> ").append(line(line));
        }
        return out.toString();
    }
}
