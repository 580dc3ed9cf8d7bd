package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The samples of the repository are what people copy from, so they have not even a warning. */
class SamplesTest {
    @TempDir Path folder;

    @Test
    void every_sample_is_valid_when_strict() {
        var samples = Path.of("..", "sops").toAbsolutePath().toString();

        var answer = new Cli(folder).run("sop", "validate", "--strict", "--sops-dir", samples);

        assertThat(answer.exit()).as(answer.out() + answer.err()).isZero();
        assertThat(answer.out())
                .contains("deploy-prod", "incident", "restart-service", "rotate-logs")
                .contains("valve-check");
    }
}
