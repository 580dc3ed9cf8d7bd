package dev.sopwith.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** That it runs and measures what it says; never how fast. */
class TriggerBenchTest {
    @Test
    void it_runs_to_the_end() throws IOException {
        var effort = new Effort(Duration.ofMillis(20), Duration.ZERO, 1, Duration.ofNanos(1), 1);
        var said = new StringWriter();
        var size = new TriggerBench.Size(20, 30, 200);

        var measurements =
                new TriggerBench(size, effort, new Progress(new PrintWriter(said))).run();

        assertThat(measurements)
                .extracting(Measurement::name)
                .contains(
                        "web request, 1 at once",
                        "web request, 16 at once",
                        "web request, 64 at once",
                        "web request, 64 at once, until its answer, 99 of 100",
                        "200 schedules for one second, in time of the processor");
        // Without a broker on the machine it says that it measures none.
        boolean hasMessages =
                measurements.stream().anyMatch(it -> it.name().startsWith("message of QoS 1"));
        assertThat(hasMessages).isNotEqualTo(said.toString().contains("for want of mosquitto"));
        assertThat(measurements).allMatch(it -> it.value().median() > 0);
    }
}
