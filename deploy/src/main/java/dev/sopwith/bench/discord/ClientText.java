package dev.sopwith.bench.discord;

import java.util.regex.Pattern;

/**
 * Reads Discord's Markdown as a client does, and fails on what would be markup: what is shown must
 * be what was meant, letter by letter.
 */
public final class ClientText {
    private static final Pattern BOLD_LINE = Pattern.compile("\\A\\*\\*(.*)\\*\\*\\z");
    private static final Pattern MENTIONS = Pattern.compile("\\A(<@\\d+> ?)+\\z");
    private static final String MARKUP = "`*_~|[<";

    private ClientText() {}

    /** What is read of it. */
    public static String of(String markdown) {
        var out = new StringBuilder();
        boolean isCode = false;
        for (var line : markdown.split("\n", -1)) {
            if (line.equals("```")) {
                isCode = !isCode;
                continue;
            }
            if (MENTIONS.matcher(line).matches()) continue;
            if (!out.isEmpty()) out.append('\n');
            var bold = BOLD_LINE.matcher(line);
            if (isCode) out.append(line);
            else if (line.equals("*all of it is in the file*")) out.append("[file]");
            else if (line.startsWith("> ")) out.append(plain(line.substring(2)));
            else out.append(plain(bold.matches() ? bold.group(1) : line));
        }
        if (isCode) throw new NotDone("a code block has no end: " + markdown);
        return out.toString();
    }

    private static String plain(String line) {
        var first = line.stripLeading();
        if (first.matches("(#{1,3}|-#|>|-|\\+|\\d+\\.)( .*|)")) throw markup(line);
        var out = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean isEscape =
                    c == '\\' && i + 1 < line.length() && isPunctuation(line.charAt(i + 1));
            if (isEscape) {
                out.append(line.charAt(++i));
                continue;
            }
            if (MARKUP.indexOf(c) >= 0) throw markup(line);
            if (line.startsWith("://", i)) throw markup(line);
            if (c == '@') throw markup(line);
            out.append(c);
        }
        return out.toString();
    }

    private static boolean isPunctuation(char c) {
        return c < 128 && !Character.isLetterOrDigit(c) && !Character.isWhitespace(c);
    }

    private static NotDone markup(String line) {
        return new NotDone("a client would take this for markup: " + line);
    }
}
