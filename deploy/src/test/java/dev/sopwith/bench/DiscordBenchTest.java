package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
class DiscordBenchTest {
    @Test
    void it_runs_to_the_end() throws IOException {
        var effort = new Effort(Duration.ZERO, Duration.ZERO, 1, Duration.ofNanos(1), 1);
        var progress = new Progress(new PrintWriter(new StringWriter()));

        var measurements = new DiscordBench(new DiscordBench.Size(3, 2, 2), effort, progress).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .containsExactly(
                        "memory of the idle service (RSS)",
                        "status acknowledged, median",
                        "status acknowledged, 99 of 100",
                        "status answered, median",
                        "status answered, 99 of 100",
                        "run acknowledged, median",
                        "run acknowledged, 99 of 100",
                        "run answered, median",
                        "run answered, 99 of 100",
                        "button pressed until the step has begun, median",
                        "button pressed until the step has begun, 99 of 100",
                        "memory after all of that (RSS)");
        assertThat(measurements)
                .allMatch(it -> it.value().median() > 0 && it.yardstickValue().median() > 0);
    }
}
