package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
class EngineBenchTest {
    @Test
    void it_runs_to_the_end() throws IOException {
        var effort = new Effort(Duration.ZERO, Duration.ZERO, 1, Duration.ofNanos(1), 1);
        var size = new EngineBench.Size(8, 2, 8, 16);
        var progress = new Progress(new PrintWriter(new StringWriter()));

        var measurements = new EngineBench(size, effort, progress).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .containsExactly(
                        "accepted trigger, 1 at once",
                        "accepted trigger, 16 at once",
                        "accepted trigger, 64 at once",
                        "complete run of two steps that do nothing",
                        "accepted trigger, 64 at once, among 16 finished runs",
                        "complete run of two steps that do nothing, among 16 finished runs",
                        "approval committed until the process has begun, median",
                        "approval committed until the process has begun, 99 of 100",
                        "start with 8 parked runs until ready",
                        "start with 8 parked runs until ready, among 16 finished runs",
                        "cold start of the service until ready",
                        "memory of the idle service (RSS)");
        assertThat(measurements).allMatch(it -> it.value().median() > 0);
    }
}
