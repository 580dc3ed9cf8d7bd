package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.runtime.StoredRuns;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Far more deliveries at once than anybody expects; {@code -Dsopwith.burst=N} says how many. */
@Timeout(600)
class RealServiceBurstTest {
    private static final int BURST = Integer.getInteger("sopwith.burst", 10_000);
    private static final int CLIENTS = 32;

    @TempDir private Path folder;
    private RealService service;

    @BeforeEach
    void makeService() {
        service = new RealService(folder);
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    @Test
    void every_delivery_of_a_burst_is_answered_once_and_kept() throws Exception {
        service.sop("person", "", "1. **Look** — is it there?\n");
        service.start();

        assertThat(burst("person")).isEqualTo(Map.of("started", (long) BURST));
        service.kill();
        service.start();
        service.stop();
        try (var store = SqliteStore.view(service.database())) {
            assertThat(new Audit(store).verify().finding()).isEmpty();
            assertThat(StoredRuns.of(store)).hasSize(BURST);
        }
    }

    @Test
    void what_does_not_find_room_waits_for_it() throws Exception {
        service.sop(
                "busy",
                "",
                """
                1. **Work** — until it may end.
                   - tools: shell

                   ```sh
                   until [ -e '%s/go' ]; do sleep 0.2; done
                   ```
                """
                        .formatted(folder));
        service.start();

        assertThat(burst("busy")).isEqualTo(Map.of("started", 1L, "queued", BURST - 1L));
        service.kill();
        service.start();
        assertThat(service.ask("status").data().path("queued").asInt()).isEqualTo(BURST - 1);
        service.ask("cancel", "R-1");
        RealService.await(() -> service.ask("status").data().path("queued").asInt() == BURST - 2);
    }

    /** Starts it so often; answers how often there was which outcome. */
    private Map<String, Long> burst(String sop) throws Exception {
        var calls = new ArrayList<Callable<List<String>>>();
        for (int i = 0; i < CLIENTS; i++) {
            int count = BURST / CLIENTS + (i < BURST % CLIENTS ? 1 : 0);
            calls.add(() -> outcomes(sop, count));
        }
        long begun = System.nanoTime();
        var outcomes = new TreeMap<String, Long>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answers : clients.invokeAll(calls)) {
                answers.get().forEach(it -> outcomes.merge(it, 1L, Long::sum));
            }
        }
        System.out.printf(
                "%,d deliveries for %s: %.1f s%n", BURST, sop, (System.nanoTime() - begun) / 1e9);
        return outcomes;
    }

    private List<String> outcomes(String sop, int count) throws IOException, LocalClient.Refused {
        var outcomes = new ArrayList<String>();
        try (var client = service.connect()) {
            for (int i = 0; i < count; i++) {
                Answer answer = client.ask(RealService.request("run", sop), _ -> {});
                outcomes.add(answer.data().path("outcome").asString());
            }
        }
        return outcomes;
    }
}
