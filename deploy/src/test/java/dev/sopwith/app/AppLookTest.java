package dev.sopwith.app;

import static dev.sopwith.app.RunningApp.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import dev.sopwith.engine.runtime.Clocks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/** What people see who ask what happened, or why nothing did. */
@Timeout(180)
class AppLookTest {
    private static final String SHELL = "1. **Run** — it.\n   - tools: shell\n";

    @TempDir private Path folder;

    @Test
    void each_attempt_shows_what_it_printed() throws Exception {
        RunningApp.write(
                folder,
                "twice",
                "",
                SHELL
                        + """
                           - on_failure: retry:1

                           ```sh
                           echo "attempt $SOP_ATTEMPT"
                           head -c 20000 /dev/zero | tr '\\0' x
                           echo end of $SOP_ATTEMPT
                           [ "$SOP_ATTEMPT" = 2 ]
                           ```
                        """);
        try (var app = open()) {
            app.ask("run", "twice");
            app.await(it -> it.contains("completed"), "status", "R-1");
            var log = app.ask("log", "R-1", "1");
            assertThat(text(log))
                    .containsSubsequence(
                            "step 1 started",
                            "step 1 failed: exit code 1",
                            "it printed 20,019 bytes:",
                            "| attempt 1",
                            "[...]",
                            "end of 1",
                            "step 1 started, attempt 2",
                            "step 1 completed",
                            "| attempt 2",
                            "end of 2");
            var attempts = log.data().path("attempts");
            assertThat(attempts.size()).isEqualTo(2);
            assertThat(attempts.path(1).path("attempt").asInt()).isEqualTo(2);
            assertThat(attempts.path(1).path("output_head").asString("")).startsWith("attempt 2");
        }
    }

    @Test
    void of_a_step_that_the_procedure_does_not_have_nothing_is_on_record() throws Exception {
        RunningApp.write(folder, "one", "", SHELL + "\n   ```sh\n   true\n   ```\n");
        try (var app = open()) {
            app.ask("run", "one");
            app.await(it -> it.contains("completed"), "status", "R-1");
            assertThat(text(app.ask("log", "R-1", "7")))
                    .contains("R-1 has nothing on record about step 7");
        }
    }

    @Test
    void a_step_that_runs_shows_what_it_has_printed_so_far() throws Exception {
        RunningApp.write(
                folder, "slow", "", SHELL + "\n   ```sh\n   echo begun\n   sleep 600\n   ```\n");
        try (var app = open()) {
            app.ask("run", "slow");
            app.await(it -> it.contains("| begun"), "log", "R-1", "1");
            app.ask("cancel", "R-1");
            app.await(it -> it.contains("cancelled"), "status", "R-1");
            assertThat(text(app.ask("log", "R-1", "1"))).contains("| begun");
        }
    }

    @Test
    void an_answer_is_shown_after_a_restart_too() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var bytes = "the pump is stuck".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(503, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        var block =
                "\n   ```http\n   GET http://127.0.0.1:%d/pump\n   ```\n"
                        .formatted(server.getAddress().getPort());
        RunningApp.write(folder, "pump", "", SHELL.replace("shell", "http") + block);
        try (var app = open()) {
            app.ask("run", "pump");
            app.await(it -> it.contains("failed"), "status", "R-1");
        } finally {
            server.stop(0);
        }
        try (var app = open()) {
            assertThat(text(app.ask("log", "R-1", "1")))
                    .containsSubsequence(
                            "HTTP 503", "the answer had 17 bytes", "| the pump is stuck");
        }
    }

    @Test
    void why_names_who_is_in_the_way_and_until_when() throws Exception {
        var person = "1. **Look** — is it there?\n";
        RunningApp.write(folder, "cool", "cooldown_secs = 3600", person);
        RunningApp.write(
                folder, "held", "admission_policy = \"hold\"\nlock = \"the valve\"", person);
        RunningApp.write(folder, "dropped", "admission_policy = \"drop\"\nlock = \"it\"", person);
        try (var app = open()) {
            app.ask("run", "cool");
            app.ask("done", "R-1");
            app.ask("run", "cool");
            assertThat(app.ask("why", "cool").table()).hasSize(3);
            assertThat(text(app.ask("why", "cool")))
                    .containsSubsequence(
                            "cooldown until 20", "asked by alice (local:", "started R-1");

            app.ask("run", "held");
            app.ask("run", "held");
            var why = app.ask("why", "held");
            assertThat(text(why))
                    .contains("queued #1; waits for a slot: R-2 holds the lock the valve");
            assertThat(why.data().path("deliveries").path(0).path("in_the_way").asString(""))
                    .isEqualTo("R-2 holds the lock the valve");
            app.ask("done", "R-2");
            assertThat(text(app.ask("why", "held"))).contains("started R-3").doesNotContain("wait");

            app.ask("run", "dropped");
            app.ask("run", "dropped");
            assertThat(text(app.ask("why", "dropped")))
                    .contains("dropped: no slot: R-4 holds the lock it");

            app.ask("freeze", "release", "day");
            app.ask("run", "cool");
            assertThat(text(app.ask("why", "cool"))).contains("frozen: release day");
        }
    }

    private RunningApp open() throws Exception {
        return RunningApp.open(folder, Clocks.right(InstantSource.system()));
    }
}
