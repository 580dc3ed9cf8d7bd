package dev.sopwith.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows in columns, as wide as they need to be; the last column is never padded. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
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
