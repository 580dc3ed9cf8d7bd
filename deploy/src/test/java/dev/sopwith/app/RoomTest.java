package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.ConnectorRegistry;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.runtime.Clocks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The whole service with a room: what it shows, what it hears, over a restart. */
class RoomTest {
    @TempDir private Path folder;
    private final FakeNetwork network = new FakeNetwork();

    private RunningApp open() throws Exception {
        return open(Clock.systemUTC());
    }

    private RunningApp open(Clock clock) throws Exception {
        Map<String, ConnectorRegistry.Factory> kinds =
                Map.of(ConnectorRegistry.DEFAULT_KIND, _ -> network.connect());
        return RunningApp.open(folder, Clocks.right(clock), kinds);
    }

    /** Waits until the room shows such a message. */
    private OutboundMessage shown(Predicate<String> isIt) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            var texts = network.messages().values();
            for (var it : texts) if (isIt.test(it.document().plain())) return it;
            var seen = texts.stream().map(it -> it.document().plain()).toList();
            assertThat(System.nanoTime()).as(seen.toString()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void a_run_is_shown_and_a_stranger_is_sent_away() throws Exception {
        RunningApp.write(folder, "go", "", "1. **Go** — home.\n");
        network.setTime(Instant.now());
        try (var app = open()) {
            app.ask("run", "go");
            shown(it -> it.startsWith("R-1 go, step 1 (Go) is for people"));
            network.asks("mallory", Optional.empty(), "done R-1");
            shown(it -> it.contains("fake:mallory is not in the roster"));
            assertThat(RunningApp.text(app.ask("status", "R-1"))).contains("waits for people");
        }
        shown(it -> it.startsWith("Sopwith stops"));
        assertThat(network.messages().values())
                .filteredOn(it -> it.document().plain().contains("is up: 1 SOP"))
                .hasSize(1);
        var before = ids();
        try (var app = open()) {
            app.ask("done", "R-1");
            var card = shown(it -> it.contains(" · record "));
            assertThat(card.document().plain()).startsWith("R-1 go: completed");
        }
        assertThat(ids()).containsAll(before);
    }

    @Test
    void what_a_step_printed_is_in_the_thread_of_its_run() throws Exception {
        RunningApp.write(
                folder,
                "go",
                "",
                "1. **Go** — home.\n   - tools: shell\n\n   ```sh\n   echo home\n   ```\n");
        try (var app = open()) {
            app.ask("run", "go");
            var log = shown(it -> it.contains("output of step 1"));
            assertThat(log.document().plain()).contains("    home");
            assertThat(log.threadId()).isPresent();
            app.await(it -> it.contains("completed"), "status", "R-1");
        }
    }

    @Test
    void a_schedule_starts_runs_and_what_it_missed_is_told() throws Exception {
        RunningApp.write(
                folder,
                "tick",
                """
                admission_policy = "drop"

                [[triggers]]
                type = "cron"
                expression = "* * * * * *"
                """,
                "1. **Look** — there.\n");
        try (var app = open()) {
            app.await(it -> it.contains("R-1"), "runs");
        }
        try (var _ = open(Clock.offset(Clock.systemUTC(), Duration.ofHours(2)))) {
            var missed = shown(it -> it.startsWith("tick: a scheduled start was missed"));
            assertThat(missed.document().plain())
                    .contains(" times before it, since ", "; nobody was here from ")
                    .endsWith("to start it now: run tick");
        }
    }

    private List<String> ids() {
        return List.copyOf(network.messages().keySet());
    }
}
