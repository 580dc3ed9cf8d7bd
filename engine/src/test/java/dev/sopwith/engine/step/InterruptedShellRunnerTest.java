package dev.sopwith.engine.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.Map;

/** The service is stopped in order: whoever waits for a step is interrupted, wherever it is. */
class InterruptedShellRunnerTest extends ShellRunnerFixture {
    private static final String LONG = "x".repeat(2 * StepOutput.EXCERPT_MAX);

    @Test
    void what_a_step_printed_is_kept_and_masked_all_the_same() throws Exception {
        var order = Orders.sh("echo $TOKEN; echo v=1 >> \"$SOP_OUTPUT\"");
        var secret = order.secret("TOKEN", "hunter22").order();
        runner.run(secret);
        Files.delete(directory.resolve("printed"));
        Files.delete(directory.resolve("values"));
        Files.writeString(directory.resolve("out.0"), "hunter22" + LONG);
        Files.writeString(directory.resolve("step/output"), "v=1\n");

        Thread.currentThread().interrupt();
        var found = runner.recover(secret);

        assertThat(Thread.interrupted()).as("whoever waits hears of it").isTrue();
        assertThat(found).isInstanceOf(Recovered.Ended.class);
        var end = ((Recovered.Ended) found).end();
        assertThat(end).isInstanceOf(StepEnd.Succeeded.class);
        assertThat(((StepEnd.Succeeded) end).outputs()).isEqualTo(Map.of("v", "1"));
        assertThat(end.output().head()).startsWith("***x");
        assertThat(directory.resolve("out.0")).doesNotExist();
        assertThat(directory.resolve("step/output")).doesNotExist();
        assertThat(directory.resolve("printed")).content().endsWith("***" + LONG);
    }

    @Test
    void a_step_that_begins_just_then_has_not_failed_and_is_found_again() throws Exception {
        var order = Orders.sh("echo ran").order();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> runner.run(order)).isInstanceOf(InterruptedException.class);

        var next = ShellService.runner(state);
        assertThat(next.run(order)).isInstanceOf(StepEnd.Succeeded.class);
        assertThat(directory.resolve("printed")).content().endsWith("\nran\n");
    }
}
