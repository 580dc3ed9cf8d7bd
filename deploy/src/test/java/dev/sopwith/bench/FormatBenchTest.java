package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.reading.SopReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
class FormatBenchTest {
    private static final Effort TINY =
            new Effort(Duration.ZERO, Duration.ZERO, 2, Duration.ofNanos(1), 1);

    @TempDir Path folder;

    @Test
    void it_runs_to_the_end() throws IOException {
        var err = new StringWriter();
        var progress = new Progress(new PrintWriter(err));

        var measurements =
                new FormatBench(new FormatBench.Size(20, 1_000, 2), TINY, progress).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .contains(
                        "load 20 SOPs, cold",
                        "load 20 SOPs, warm",
                        "refresh, one changed among 20",
                        "match one of 20 SOPs: schedule",
                        "match when all 20 SOPs hear one topic",
                        "SOP.md of 262 bytes, cold")
                .doesNotHaveDuplicates();
        assertThat(measurements).allMatch(it -> it.value().median() > 0);
        assertThat(err.toString()).contains("bench: load 20 SOPs, cold ...\n");
    }

    @Test
    void every_hostile_input_has_a_name_of_its_own_and_a_well_meant_twin() {
        assertThat(HostileInput.all(100)).extracting(HostileInput::name).doesNotHaveDuplicates();
        for (var input : HostileInput.all(100)) assertThat(input.wellMeant()).isNotEmpty();
    }

    @Test
    void a_large_procedure_is_as_large_as_asked_and_has_no_errors() {
        var text = SampleSops.procedureOf(SopReader.FILE_BYTES_MAX, 450);

        assertThat(text.getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(SopReader.FILE_BYTES_MAX)
                .isGreaterThan(SopReader.FILE_BYTES_MAX * 95 / 100);
        assertThat(SopReader.readProcedure(text).diagnostics()).isEmpty();
    }

    @Test
    void the_same_seed_gives_the_same_bytes() throws IOException {
        SampleSops.write(folder.resolve("a"), 2);
        SampleSops.write(folder.resolve("b"), 2);

        for (var file : new String[] {SopReader.MANIFEST, SopReader.PROCEDURE})
            assertThat(folder.resolve("a").resolve(SampleSops.name(1)).resolve(file))
                    .hasSameTextualContentAs(
                            folder.resolve("b").resolve(SampleSops.name(1)).resolve(file));
        assertThat(Files.exists(folder.resolve("a").resolve(SampleSops.name(2)))).isFalse();
    }
}
