package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
@ExtendWith(SynapseExtension.class)
@Tag("peer")
class MatrixBenchTest {
    @Test
    void it_runs_to_the_end() throws IOException {
        var effort = new Effort(Duration.ZERO, Duration.ZERO, 1, Duration.ofNanos(1), 1);
        var progress = new Progress(new PrintWriter(new StringWriter()));

        var measurements = new MatrixBench(new MatrixBench.Size(2, 2, 15), effort, progress).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .containsExactly(
                        "memory of the idle service (RSS)",
                        "status answered, median",
                        "status answered, 99 of 100",
                        "run passed answered, median",
                        "run passed answered, 99 of 100",
                        "mark set until the step has begun, median",
                        "mark set until the step has begun, 99 of 100",
                        "a burst of 15 commands, all answered",
                        "memory after all of that (RSS)",
                        "start until what was said meanwhile is answered");
        assertThat(measurements)
                .allMatch(it -> it.value().median() > 0 && it.yardstickValue().median() > 0);
    }
}
