package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The real service with simulated boards: set by hand, heard, killed in the middle. */
@Timeout(300)
class RealServiceBoardTest {
    @TempDir private Path folder;
    private RealService service;

    @BeforeEach
    void write() throws IOException {
        service = new RealService(folder);
        var trigger =
                """
                max_concurrent = 100

                [[triggers]]
                type = "peripheral"
                board = "hall"
                signal = "button"
                edge = "rising"
                condition = "> 0"
                """;
        service.sop(
                "flash",
                trigger,
                "1. **Flash** — now.\n   - tools: gpio\n\n   ```gpio\n   hall/lamp pulse 20m\n   ```\n");
        var roster =
                Files.writeString(
                        folder.resolve("roster.yaml"),
                        """
                        ingress:
                          boards:
                            hall:
                              chip: "sim:hall"
                              signals:
                                button: {line: BUTTON}
                                lamp: {line: LAMP, direction: out}
                        """);
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @AfterEach
    void close() throws InterruptedException {
        service.close();
    }

    private String text(String... words) throws Exception {
        return RunningApp.text(service.ask(words));
    }

    private void await(String what, String... words) throws Exception {
        RealService.await(() -> text(words).contains(what), () -> text(words));
    }

    private void startHearing() throws Exception {
        service.start();
        await("heard", "hardware", "list");
    }

    @Test
    void a_pulse_that_a_pin_began_is_in_doubt_after_a_kill_and_the_output_is_safe()
            throws Exception {
        startHearing();
        assertThat(service.log()).contains("boards: hall (sim:hall)");
        assertThat(service.ask("hardware", "set", "hall/button", "on").status())
                .isEqualTo(Answer.Status.OK);
        await("used by R-1.1.1.1", "hardware", "list");
        service.kill();
        startHearing();
        await("nobody knows what became of step 1", "status");
        assertThat(text("hardware", "list"))
                .contains("lamp  LAMP  out  off")
                .doesNotContain("used by");
        assertThat(text("why", "flash")).contains("hall/button went on").contains("started R-1");
        assertThat(text("runs")).doesNotContain("R-2");
        service.stop();
        try (var store =
                SqliteStore.open(App.store(service.state()), new SecureRandom(), _ -> {})) {
            assertThat(new Audit(store).verify().finding()).isEmpty();
        }
    }

    @Test
    void the_end_of_the_service_ends_a_pulse_in_doubt() throws Exception {
        startHearing();
        service.ask("hardware", "set", "hall/button", "on");
        await("used by R-1.1.1.1", "hardware", "list");
        service.stop();
        startHearing();
        await("nobody knows what became of step 1", "status");
    }

    @Test
    void whoever_watches_sees_what_is_set_and_heard() throws Exception {
        startHearing();
        var watching =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return service.cli(
                                        "hardware", "watch", "hall/button", "--count", "2");
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        // Levels go up and down until the watcher is there and has seen two.
        RealService.await(
                () -> {
                    service.ask("hardware", "set", "hall/button", "on");
                    service.ask("hardware", "set", "hall/button", "off");
                    return watching.isDone();
                });
        var said = watching.get(60, TimeUnit.SECONDS);
        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(said.text().lines())
                .hasSize(2)
                .allMatch(it -> it.matches("2\\S+Z  hall/button  (on|off)  seq [0-9]+"));
    }

    @Test
    void what_is_not_there_is_named() throws Exception {
        startHearing();
        var wrong = service.cli("hardware", "set", "hall/lmap", "on");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.text()).contains("hall has no signal lmap; did you mean hall/lamp?");
        var watch = service.cli("hardware", "watch", "hal");
        assertThat(watch.exit()).isEqualTo(2);
        assertThat(watch.text()).contains("there is no board hal; did you mean \"hall\"?");
        service.stop();
        var list = service.cli("hardware", "list");
        assertThat(list.exit()).isZero();
        assertThat(list.text())
                .contains("no service runs here")
                .contains("simulated by the service");
        assertThat(service.cli("hardware", "set", "hall/lamp", "on").exit()).isEqualTo(3);
    }
}
