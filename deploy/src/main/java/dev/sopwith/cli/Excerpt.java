package dev.sopwith.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of an author's file with a caret under one place, made fit for a terminal: tabs become
 * blanks, invisible characters become visible, and of a long line the part around the place stays.
 */
record Excerpt(String source, String caret) {
    private static final int TAB = 4;
    private static final String CUT = "…";

    /** What is drawn for one character of the line, and the columns it takes. */
    private record Cell(String text, int width) {}

    /**
     * @param column from 1, in UTF-16 units; at most one beyond the end of the line
     * @param width columns there are for the source; at least a few
     */
    static Excerpt of(String line, int column, int width) {
        var cells = new ArrayList<Cell>();
        int pointed = -1;
        int used = 0;
        for (int i = 0; i < line.length(); ) {
            int c = line.codePointAt(i);
            i += Character.charCount(c);
            if (pointed < 0 && i >= column) pointed = cells.size();
            var cell = cell(c, used);
            used += cell.width();
            cells.add(cell);
        }
        if (pointed < 0) pointed = cells.size();
        return used <= width ? whole(cells, pointed) : cut(cells, pointed, width);
    }

    private static Cell cell(int codePoint, int used) {
        if (codePoint == '\t') {
            int width = TAB - used % TAB;
            return new Cell(" ".repeat(width), width);
        }
        boolean harmless = Glyph.isHarmless(codePoint) && !Ink.isMark(codePoint);
        var text = harmless ? Character.toString(codePoint) : Glyph.shown(codePoint);
        return new Cell(text, harmless ? Glyph.width(codePoint) : text.length());
    }

    private static Excerpt whole(List<Cell> cells, int pointed) {
        return draw(cells, 0, cells.size(), pointed);
    }

    /** Keeps about two thirds of the columns for what is before the place: that explains it. */
    private static Excerpt cut(List<Cell> cells, int pointed, int width) {
        int room = Math.max(width - 2 * CUT.length(), 1);
        int first = pointed;
        int last = Math.min(pointed + 1, cells.size());
        int used = widthOf(cells, first, last);
        int before = room * 2 / 3;
        while (first > 0 && used + cells.get(first - 1).width() <= before) {
            used += cells.get(--first).width();
        }
        while (last < cells.size() && used + cells.get(last).width() <= room) {
            used += cells.get(last++).width();
        }
        while (first > 0 && used + cells.get(first - 1).width() <= room) {
            used += cells.get(--first).width();
        }
        return draw(cells, first, last, pointed);
    }

    private static Excerpt draw(List<Cell> cells, int first, int last, int pointed) {
        var source = new StringBuilder(first > 0 ? CUT : "");
        int caret = source.length() + widthOf(cells, first, pointed);
        cells.subList(first, last).forEach(cell -> source.append(cell.text()));
        if (last < cells.size()) source.append(CUT);
        return new Excerpt(source.toString(), " ".repeat(caret) + "^");
    }

    private static int widthOf(List<Cell> cells, int first, int last) {
        return cells.subList(first, last).stream().mapToInt(Cell::width).sum();
    }
}
