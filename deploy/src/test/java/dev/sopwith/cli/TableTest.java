package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void a_long_cell_is_cut_to_one_line_and_says_so() {
        var table = new Table("RUN", "STATE", "MORE");
        table.row("R-1", "cancelled: " + "x".repeat(100_000), "end");

        var row = table.lines().getLast();
        assertThat(Glyph.width(row)).isEqualTo("R-1".length() + 2 + Table.CELL_MAX + 2 + 3);
        assertThat(row).contains("xx…  end");
    }

    @Test
    void a_cell_that_just_fits_is_whole() {
        var fits = "x".repeat(Table.CELL_MAX);

        assertThat(Table.cut(fits)).isEqualTo(fits);
        assertThat(Table.cut(fits + "y")).isEqualTo("x".repeat(Table.CELL_MAX - 1) + "…");
    }

    @Test
    void columns_are_counted_and_not_characters() {
        var wide = "字".repeat(Table.CELL_MAX);

        assertThat(Glyph.width(Table.cut(wide))).isLessThanOrEqualTo(Table.CELL_MAX);
        assertThat(Table.cut("two\nlines")).isEqualTo("two␊lines");
        assertThat(Table.cut("\u200d".repeat(1_000)).length()).isLessThan(1_000);
    }
}
