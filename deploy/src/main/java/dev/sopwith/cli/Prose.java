package dev.sopwith.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Markdown for a terminal: paragraphs and list items wrapped, headings bold, fenced text indented
 * and otherwise untouched. It draws lines and never decides what is a step: that is {@code
 * SopReader}'s, and a second reading of Markdown here would one day disagree with it.
 */
final class Prose {
    private static final Pattern FENCE = Pattern.compile("\\s*(`{3,}|~{3,})(.*)");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*)");
    private static final Pattern ITEM = Pattern.compile("(\\s*)([-*+]|\\d{1,9}[.)])\\s+(.*)");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern KEPT = Pattern.compile("\\s*[>|].*|\\s{4,}.*");

    private final int width;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder paragraph = new StringBuilder();
    private String lead = "";
    private String fence = "";

    private Prose(int width) {
        this.width = width;
    }

    /** The lines of a text, without blank ones at either end. */
    static List<String> lines(String markdown, int width) {
        var prose = new Prose(width);
        markdown.lines().forEach(prose::read);
        prose.endParagraph();
        while (!prose.lines.isEmpty() && prose.lines.getLast().isBlank()) prose.lines.removeLast();
        return prose.lines;
    }

    private void read(String line) {
        if (!fence.isEmpty()) {
            readFenced(line);
        } else if (FENCE.matcher(line).matches()) {
            endParagraph();
            fence = FENCE.matcher(line).replaceFirst("$1");
        } else if (line.isBlank()) {
            endParagraph();
            gap();
        } else {
            readText(line);
        }
    }

    private void readFenced(String line) {
        var end = FENCE.matcher(line);
        boolean closes = end.matches() && end.group(1).startsWith(fence) && end.group(2).isBlank();
        if (closes) fence = "";
        else lines.add(line.isBlank() ? "" : "    " + line);
    }

    private void readText(String line) {
        var heading = HEADING.matcher(line);
        var item = ITEM.matcher(line);
        if (heading.matches()) {
            endParagraph();
            gap();
            lines.add(Ink.BOLD.of(heading.group(1)));
        } else if (item.matches()) {
            endParagraph();
            lead = item.group(1) + item.group(2) + " ";
            paragraph.append(item.group(3));
        } else if (paragraph.isEmpty() && KEPT.matcher(line).matches()) {
            lines.add(line);
        } else {
            if (!paragraph.isEmpty()) paragraph.append(' ');
            paragraph.append(line.strip());
        }
    }

    private void gap() {
        if (!lines.isEmpty() && !lines.getLast().isBlank()) lines.add("");
    }

    private void endParagraph() {
        if (!paragraph.isEmpty()) {
            lines.addAll(wrap(paragraph.toString(), lead, " ".repeat(lead.length()), width));
        }
        paragraph.setLength(0);
        lead = "";
    }

    /**
     * One paragraph in lines: {@code first} before the first one, {@code others} before the rest.
     */
    static List<String> wrap(String text, String first, String others, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(first);
        boolean begun = false;
        for (var word : BLANKS.splitAsStream(text.strip()).toList()) {
            if (begun && Glyph.width(line + " " + word) > width) {
                lines.add(line.toString());
                line = new StringBuilder(others);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        lines.add(line.toString());
        return lines;
    }
}
