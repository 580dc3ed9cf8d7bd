package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The real process, spoken to by the real command line, and killed while it works. */
class RealServiceTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");

    @TempDir private Path folder;
    private Optional<Process> service = Optional.empty();

    /** What one call of the command line gave. */
    private record Said(int exit, String text) {}

    @BeforeEach
    void writeSop() throws IOException {
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
        if (service.isPresent()) service.get().destroyForcibly().waitFor();
    }

    @Test
    void a_run_survives_the_death_of_the_service_in_the_middle_of_a_step() throws Exception {
        start();
        assertThat(cli("run", "slow")).isEqualTo(wrongUse("who is missing"));
        var asked = cli("run", "slow", "who=ann");
        assertThat(asked.exit()).as(asked.text()).isZero();
        var code = CODE.matcher(asked.text());
        assertThat(code.find()).as(asked.text()).isTrue();
        assertThat(cli("approve", code.group(1)).exit()).isZero();
        await(() -> Files.exists(began()));

        kill();
        assertThat(cli("runs").exit()).isEqualTo(3);
        start();

        await(() -> cli("status", "R-1").text().contains("waits for people"));
        assertThat(cli("done", "looks", "good").text()).contains("R-1 slow: completed");
        assertThat(cli("log", "R-1").text()).contains("greeting=hello ann", "looks good");
        assertThat(Files.readAllLines(began())).as("begun once").hasSize(1);
        assertThat(cli("audit", "verify").exit()).isZero();
        stopCleanly();
        assertThat(cli("audit", "verify").exit()).as("without a service").isZero();
    }

    @Test
    void a_backup_comes_back_and_a_secret_on_the_command_line_does_not_get_in() throws Exception {
        start();
        var refused = cli("run", "slow", "who=ann", "token=hunter2hunter2");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.text()).contains("token is secret").doesNotContain("hunter2");
        assertThat(cli("run", "slow", "who=ann").exit()).isZero();
        assertThat(cli("backup", "copy.db").exit()).isZero();
        assertThat(cli("backup", "copy.db").text()).contains("exists");
        assertThat(cli("restore", "copy.db").text()).contains("in use");
        stopCleanly();

        assertThat(cli("restore", "copy.db", "--state-dir", "other").exit()).isZero();
        assertThat(cli("audit", "verify", "--state-dir", "other").exit()).isZero();
    }

    private Path began() {
        return folder.resolve("began");
    }

    private static Said wrongUse(String... lines) {
        return new Said(
                2,
                "sopwith: slow was not started:\n    %s\n  Write: run slow who=...\n"
                        .formatted(lines[0]));
    }

    private void start() throws Exception {
        var log = folder.resolve("service.log");
        Files.writeString(log, "");
        service = Optional.of(process(List.of("up")).redirectOutput(log.toFile()).start());
        await(
                () -> {
                    var text = Files.readString(log);
                    assertThat(service.orElseThrow().isAlive()).as(text).isTrue();
                    return text.lines().anyMatch("ready"::equals);
                });
    }

    private void kill() throws InterruptedException {
        service.orElseThrow().destroyForcibly().waitFor();
    }

    private void stopCleanly() throws Exception {
        service.orElseThrow().destroy();
        assertThat(service.orElseThrow().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(service.orElseThrow().exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("service.log"))).endsWith("stopping\nstopped\n");
    }

    private Said cli(String... words) throws Exception {
        var process = process(List.of(words)).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private ProcessBuilder process(List<String> words) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("dev.sopwith.cli.Main");
        command.addAll(words);
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("SOPWITH_STATE");
        return builder.redirectErrorStream(true);
    }

    /** Something that becomes true in the end. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("out of time").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }
}
