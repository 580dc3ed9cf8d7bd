package dev.sopwith.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Rows in columns, as wide as they need to be; the last column is never padded. A cell is one line:
 * what is longer than people look over is cut, and an ellipsis says so.
 */
final class Table {
    /** Columns of a cell. */
    static final int CELL_MAX = 120;

    private static final String GAP = "  ";
    private static final String CUT = "…";
    private static final int CHARACTERS_MAX = 2 * CELL_MAX;

    private final List<List<String>> rows = new ArrayList<>();
    private boolean isCut = true;

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Where there is no other place for the whole text. */
    Table uncut() {
        isCut = false;
        return this;
    }

    void row(String... cells) {
        rows.add(isCut ? Arrays.stream(cells).map(Table::cut).toList() : List.of(cells));
    }

    /** As much of a text as a cell shows. */
    static String cut(String text) {
        var cell = new StringBuilder();
        int width = 0;
        int fits = 0;
        int characters = 0; // some have no width
        for (int c : text.codePoints().limit(CHARACTERS_MAX + 1).toArray()) {
            width += Glyph.width(c);
            characters++;
            if (width > CELL_MAX || characters > CHARACTERS_MAX) {
                cell.setLength(fits);
                return cell + CUT;
            }
            cell.append(Glyph.visible(Character.toString(c)));
            if (width < CELL_MAX) fits = cell.length();
        }
        return cell.toString();
    }

    List<String> lines() {
        var widths =
                IntStream.range(0, rows.getFirst().size())
                        .map(i -> rows.stream().mapToInt(row -> width(row.get(i))).max().orElse(0))
                        .toArray();
        var lines = new ArrayList<String>();
        for (var row : rows) lines.add(line(row, widths, lines.isEmpty()));
        return lines;
    }

    /** The same within so many columns: what does not fit side by side stands one below another. */
    List<String> lines(int columns) {
        var lines = lines();
        if (lines.stream().allMatch(it -> Glyph.width(it) <= columns)) return lines;
        var stacked = new ArrayList<String>();
        for (var row : rows.subList(1, rows.size())) {
            for (int i = 0; i < row.size(); i++) {
                if (row.get(i).isBlank()) continue;
                var heading = rows.getFirst().get(i).toLowerCase(Locale.ROOT) + ": ";
                var first = i == 0 ? "" : "  " + heading;
                var text = Glyph.visible(row.get(i));
                stacked.addAll(Prose.wrap(text, first, "    ", columns));
            }
        }
        return stacked;
    }

    private static String line(List<String> row, int[] widths, boolean heading) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            var cell = Glyph.visible(row.get(i));
            line.append(heading ? Ink.BOLD.of(cell) : cell);
            if (i < row.size() - 1) line.append(" ".repeat(widths[i] - width(cell))).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return Glyph.width(Glyph.visible(cell));
    }
}
