package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
class ChatBenchTest {
    @Test
    void it_runs_to_the_end() throws IOException {
        var effort = new Effort(Duration.ZERO, Duration.ZERO, 1, Duration.ofNanos(1), 1);
        var progress = new Progress(new PrintWriter(new StringWriter()));

        var measurements = new ChatBench(new ChatBench.Size(2, 3, 1), effort, progress).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .containsExactly(
                        "approval sent until the prompts of both rooms are closed",
                        "status answered, median",
                        "status answered, 99 of 100",
                        "pending answered, median",
                        "pending answered, 99 of 100",
                        "status, said in the room answered, median",
                        "status, said in the room answered, 99 of 100",
                        "run answered, median",
                        "run answered, 99 of 100",
                        "runs without a card after 30 s",
                        "edits of one message within 3 s, the most of 3 runs",
                        "messages and edits a second, 3 runs",
                        "cold start of the service until ready",
                        "memory of the idle service (RSS)");
        assertThat(measurements)
                .filteredOn(it -> it.unit() != Measurement.Unit.TIMES)
                .allMatch(it -> it.value().median() > 0 && it.yardstickValue().median() > 0);
    }
}
