package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

class ReportTest {
    private static final Measurement MET =
            new Measurement(
                    "match",
                    Duration.ofNanos(100_000),
                    new Spread(50_000, 40_000, 60_000, 5),
                    "look-up",
                    new Spread(20_000, 10_000, 30_000, 5));
    private static final Measurement MISSED =
            new Measurement(
                    "load",
                    Duration.ofSeconds(2),
                    new Spread(3_000_000_000L, 1, 2, 3),
                    "reading",
                    new Spread(0, 0, 0, 3));

    @Test
    void a_ratio_is_that_of_the_medians() {
        assertThat(MET.ratio()).isEqualTo(2.5);
        assertThat(MISSED.ratio()).isFinite();
    }

    @Test
    void the_json_is_for_programs() {
        assertThat(Report.json("format", List.of(MET)).replaceAll("\\s+", ""))
                .startsWith("{\"bench\":\"format\",\"java\":\"")
                .contains("\"processors\":")
                .endsWith(
                        "\"measurements\":[{\"name\":\"match\",\"target_ns\":100000,"
                                + "\"meets_target\":true,\"median_ns\":50000,"
                                + "\"lower_quartile_ns\":40000,\"upper_quartile_ns\":60000,"
                                + "\"samples\":5,\"ratio\":2.5,\"yardstick\":{"
                                + "\"name\":\"look-up\",\"median_ns\":20000,"
                                + "\"lower_quartile_ns\":10000,\"upper_quartile_ns\":30000,"
                                + "\"samples\":5}}]}");
    }

    @Test
    void memory_is_said_in_its_own_unit() {
        var memory =
                new Measurement(
                        "service",
                        Measurement.Unit.BYTES,
                        150_000_000,
                        new Spread(110_400_000, 110_000_000, 120_000_000, 3),
                        "nothing",
                        new Spread(40_000_000, 40_000_000, 40_000_000, 3));
        assertThat(Report.table(List.of(memory)).replaceAll(" +", " "))
                .contains("service < 150 MB 110 MB 110 MB - 120 MB 2.76 40 MB nothing");
        assertThat(Report.json("engine", List.of(memory)).replaceAll("\\s+", ""))
                .contains("\"target_bytes\":150000000")
                .contains("\"median_bytes\":110400000")
                .doesNotContain("_ns");
    }

    @Test
    void the_table_is_for_people() {
        assertThat(Report.table(List.of(MET, MISSED)).lines().map(it -> it.replaceAll(" +", " ")))
                .containsExactly(
                        "FIGURE TARGET MEDIAN QUARTILES RATIO YARDSTICK",
                        "match < 100 µs 50 µs 40 µs - 60 µs 2.50 20 µs look-up",
                        "load < 2 s 3 s 1 ns - 2 ns missed 3000000000.00 0 ns reading",
                        "",
                        "1 of 2 medians are below their targets. RATIO is the median over that of"
                                + " the yardstick,",
                        "measured in turns in this run on this machine.");
    }

    @Test
    void a_time_has_three_digits_and_a_unit() {
        assertThat(Report.time(0)).isEqualTo("0 ns");
        assertThat(Report.time(1_234)).isEqualTo("1.23 µs");
        assertThat(Report.time(12_345)).isEqualTo("12.3 µs");
        assertThat(Report.time(123_456)).isEqualTo("123 µs");
        assertThat(Report.time(999_700)).isEqualTo("1.00 ms");
        assertThat(Report.time(12_000_000_000L)).isEqualTo("12 s");
    }
}
