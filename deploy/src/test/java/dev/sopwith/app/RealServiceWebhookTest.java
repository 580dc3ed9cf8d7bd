package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Senders repeat themselves until they are answered, while the real service is killed under them.
 * What was answered is on record, once. {@code -Dsopwith.requests=N} and {@code -Dsopwith.seed=N}
 * choose how much and when.
 */
@Timeout(600)
class RealServiceWebhookTest {
    private static final int REQUESTS = Integer.getInteger("sopwith.requests", 10_000);
    private static final long SEED = Long.getLong("sopwith.seed", 20_261_130);
    private static final int SENDERS = 16;
    private static final int KILLS = 5;
    private static final String TOKEN = "a-bearer-token-of-32-characters!";
    private static final Pattern LISTENS = Pattern.compile("webhooks: (http://\\S+)");
    private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

    @TempDir private Path folder;
    private RealService service;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private volatile Optional<URI> address = Optional.empty();

    @BeforeEach
    void write() throws IOException {
        service = new RealService(folder).with(Map.of("SOPWITH_WEBHOOK_TOKEN", TOKEN));
        var webhook =
                """
                max_concurrent = 100
                max_pending_approvals = 50

                [[triggers]]
                type = "webhook"
                path = "/sop/go"
                """;
        service.sop("go", webhook, "1. **Go** — home.\n");
        var roster =
                Files.writeString(
                        folder.resolve("roster.yaml"),
                        """
                        ingress:
                          http:
                            listen: "127.0.0.1:0"
                            observe: "127.0.0.1:0"
                            requests_per_minute: 10000000
                        """);
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @AfterEach
    void close() throws InterruptedException {
        service.close();
    }

    private void start() throws Exception {
        service.start();
        var listens = LISTENS.matcher(service.log());
        assertThat(listens.find()).as(service.log()).isTrue();
        address = Optional.of(URI.create(listens.group(1) + "/sop/go"));
    }

    @Test
    void what_was_accepted_is_on_record_once_whatever_was_killed() throws Exception {
        var random = new SplittableRandom(SEED);
        start();
        try (var senders = Executors.newVirtualThreadPerTaskExecutor();
                var client = HttpClient.newHttpClient()) {
            var all = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < SENDERS; i++) {
                var own = random.split();
                all.add(() -> send(client, own));
            }
            var sending = all.stream().map(senders::submit).toList();
            for (int i = 1; i <= KILLS; i++) {
                int due = REQUESTS * i / (KILLS + 1) + random.nextInt(100);
                RealService.await(() -> answers.size() >= Math.min(due, REQUESTS - 1));
                service.kill();
                start();
            }
            for (var sender : sending) assertThat(sender.get(500, TimeUnit.SECONDS)).isTrue();
        }
        service.kill();
        requireOnRecord();
    }

    /** Sends the next requests until there are no more, each until it is answered. */
    private boolean send(HttpClient client, SplittableRandom random) throws Exception {
        for (int i = next.getAndIncrement(); i < REQUESTS; i = next.getAndIncrement()) {
            var key = "request-" + i;
            var answer = untilAnswered(client, key);
            answers.put(key, answer);
            // A repeat comes to nothing new.
            if (random.nextInt(10) == 0) {
                assertThat(untilAnswered(client, key)).startsWith("duplicate of ");
            }
        }
        return true;
    }

    private String untilAnswered(HttpClient client, String key) throws Exception {
        while (true) {
            try {
                var request =
                        HttpRequest.newBuilder(address.orElseThrow())
                                .timeout(Duration.ofSeconds(60))
                                .header("Content-Type", "application/json")
                                .header("Authorization", "Bearer " + TOKEN)
                                .header("Idempotency-Key", key)
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"key\":\"" + key + "\"}"))
                                .build();
                var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 202) {
                    var text = TEXT.matcher(response.body());
                    assertThat(text.find()).as(response.body()).isTrue();
                    return text.group(1);
                }
                assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
            } catch (IOException _) {
                // Killed, or not there yet: it is sent again.
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void requireOnRecord() {
        assertThat(answers).hasSize(REQUESTS);
        try (var store =
                SqliteStore.open(App.store(service.state()), new SecureRandom(), _ -> {})) {
            assertThat(new Audit(store).verify().finding()).isEmpty();
            List<DeliveryRow> rows = store.read(it -> it.deliveries().last("go", 4 * REQUESTS));
            var byKey =
                    rows.stream()
                            .filter(it -> it.dedupeKey().isPresent())
                            .collect(
                                    Collectors.toMap(
                                            it -> it.dedupeKey().get(), Function.identity()));
            assertThat(byKey).as("one row a key").hasSize(REQUESTS);
            answers.forEach(
                    (key, answer) -> {
                        var row = byKey.get("WEBHOOK/go/SOPWITH_WEBHOOK_TOKEN " + key);
                        assertThat(row).as(key).isNotNull();
                        var outcome = Objects.requireNonNull(row).outcome().orElseThrow();
                        // Killed between commit and answer: then the repeat is told of the first.
                        if (!answer.startsWith("duplicate of "))
                            assertThat(answer).startsWith(outcome);
                        assertThat(outcome).isIn("started", "refused");
                    });
            long started = byKey.values().stream().filter(it -> it.run().isPresent()).count();
            assertThat(started).isEqualTo(50);
            assertThat(store.<Integer>read(it -> it.runs().active().size())).isEqualTo(50);
        }
    }
}
