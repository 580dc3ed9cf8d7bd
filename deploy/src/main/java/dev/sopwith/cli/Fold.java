package dev.sopwith.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines that are wider than the terminal, folded by us: what goes on stands further in than where
 * the line began. Folded by the terminal it would begin in the first column, where every line of
 * ours has its mark, and an author's text could be made to look like a message.
 */
final class Fold {
    private static final String BAR = "| ";
    private static final String HANGING = "  ";

    /** From so far in on it is a command or an output, of which every blank counts. */
    private static final int EXACT = 4;

    private static final int TAB = 8;

    private Fold() {}

    /** All of these, in so many columns; 0 where nobody knows how many there are. */
    static List<String> lines(List<String> lines, int columns) {
        if (columns <= 0) return lines;
        var folded = new ArrayList<String>();
        lines.forEach(line -> folded.addAll(line(line, columns)));
        return folded;
    }

    private static List<String> line(String line, int columns) {
        var rows = new ArrayList<String>();
        var margin = margin(line);
        // In the narrowest terminal too there is room for more than the margin.
        if (margin.length() * 2 > columns) margin = line.startsWith(BAR) ? BAR : HANGING;
        boolean isExact = margin.length() >= EXACT + BAR.length();
        var lead = line.startsWith(BAR) ? BAR : "";
        var rest = line.substring(lead.length());
        while (true) {
            int end = end(rest, columns - Glyph.width(lead), isExact);
            var row = lead + rest.substring(0, end);
            rows.add(row);
            if (end == rest.length()) return rows;
            rest = isExact ? rest.substring(end) : withoutBlanks(rest.substring(end));
            lead = margin + inkAt(row);
        }
    }

    /** What stands before the text, and a little more. */
    private static String margin(String line) {
        int at = line.startsWith(BAR) ? BAR.length() : 0;
        while (at < line.length() && line.charAt(at) == ' ') at++;
        return line.substring(0, at) + HANGING;
    }

    /** Where a row ends: at its last blank, and without one where it is full. */
    private static int end(String text, int columns, boolean isExact) {
        int used = 0;
        int blank = 0;
        boolean hasBegun = false;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int c = text.codePointAt(at);
            used += c == '\t' ? TAB : Glyph.width(c);
            if (c == ' ' && hasBegun) blank = at;
            if (used > columns && at > 0) return isExact || blank == 0 ? at : blank;
            hasBegun |= c != ' ' && !Ink.isMark(c);
        }
        return text.length();
    }

    private static String withoutBlanks(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == ' ') at++;
        return text.substring(at);
    }

    /** The ink in which the next row goes on. */
    private static String inkAt(String row) {
        var ink = "";
        for (int i = 0; i < row.length(); i++) {
            if (!Ink.isMark(row.charAt(i))) continue;
            ink = Ink.isEnd(row.charAt(i)) ? "" : row.substring(i, i + 1);
        }
        return ink;
    }
}
