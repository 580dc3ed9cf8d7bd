package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The real process, spoken to by the real command line, and killed while it works. */
class RealServiceTest {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");

    @TempDir private Path folder;
    private RealService service;

    @BeforeEach
    void writeSop() throws IOException {
        service = new RealService(folder);
        var sop = Files.createDirectories(folder.resolve("sops/slow"));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "slow"
                description = "a gate, a command, a person"
                execution_mode = "auto"

                [[inputs]]
                name = "who"
                type = "string"
                required = true

                [[inputs]]
                name = "token"
                type = "string"
                secret = true

                [[triggers]]
                type = "manual"
                """);
        Files.writeString(
                sop.resolve("SOP.md"),
                """
                # Slow

                ## Steps

                1. **Work** — takes a while.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   echo begun >> '%s'
                   sleep 6
                   echo "greeting=hello $SOP_INPUT_WHO" >> "$SOP_OUTPUT"
                   ```

                2. **Look** — is it there?
                """
                        .formatted(began()));
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    @Test
    void a_run_survives_the_death_of_the_service_in_the_middle_of_a_step() throws Exception {
        service.start();
        assertThat(service.cli("run", "slow")).isEqualTo(wrongUse("who is missing"));
        var asked = service.cli("run", "slow", "who=ann");
        assertThat(asked.exit()).as(asked.text()).isZero();
        var code = CODE.matcher(asked.text());
        assertThat(code.find()).as(asked.text()).isTrue();
        assertThat(service.cli("approve", code.group(1)).exit()).isZero();
        RealService.await(() -> Files.exists(began()));

        service.kill();
        assertThat(service.cli("runs").exit()).isEqualTo(3);
        service.start();

        RealService.await(() -> service.cli("status", "R-1").text().contains("waits for people"));
        assertThat(service.cli("done", "looks", "good").text()).contains("R-1 slow: completed");
        assertThat(service.cli("log", "R-1").text()).contains("greeting=hello ann", "looks good");
        assertThat(Files.readAllLines(began())).as("begun once").hasSize(1);
        assertThat(service.cli("audit", "verify").exit()).isZero();
        service.stop();
        assertThat(service.cli("audit", "verify").exit()).as("without a service").isZero();
    }

    @Test
    void a_backup_comes_back_and_a_secret_on_the_command_line_does_not_get_in() throws Exception {
        service.start();
        var refused = service.cli("run", "slow", "who=ann", "token=hunter2hunter2");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.text()).contains("token is secret").doesNotContain("hunter2");
        assertThat(service.cli("run", "slow", "who=ann").exit()).isZero();
        assertThat(service.cli("backup", "copy.db").exit()).isZero();
        assertThat(service.cli("backup", "copy.db").text()).contains("exists");
        assertThat(service.cli("backup", "gone/copy.db"))
                .isEqualTo(
                        new RealService.Said(
                                1,
                                "sopwith: no backup was made: there is no folder %s; make it, or name a file in another\n"
                                        .formatted(folder.toRealPath().resolve("gone"))));
        assertThat(service.cli("restore", "copy.db").text())
                .contains("in use by a service", "Stop it", "--state-dir");
        service.stop();

        assertThat(service.cli("restore", "copy.db", "--state-dir", "other"))
                .isEqualTo(
                        new RealService.Said(
                                0,
                                "restored to %s; start the service: ./sopwith up --state-dir other\n"
                                        .formatted(folder.toRealPath().resolve("other"))));
        assertThat(service.cli("audit", "verify", "--state-dir", "other").exit()).isZero();
    }

    @Test
    void a_signal_while_it_starts_ends_it_in_order() throws Exception {
        service.startWithoutWaiting();
        RealService.await(() -> Files.exists(service.state().resolve("store/lock")));
        service.stop();
        assertThat(service.log()).doesNotContain("bug");
    }

    private Path began() {
        return folder.resolve("began");
    }

    private static RealService.Said wrongUse(String... lines) {
        return new RealService.Said(
                2,
                "sopwith: slow was not started:\n    %s\n  Write: run slow who=...\n"
                        .formatted(lines[0]));
    }
}
