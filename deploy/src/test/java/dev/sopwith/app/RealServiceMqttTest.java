package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.Peer;
import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.hardware.mqtt.Mosquitto;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Messages without any id of their own, while the real service is killed under them: each is on
 * record once, also those that the broker sends again because it never heard that they had come.
 * {@code -Dsopwith.seed=N} chooses other moments.
 */
@Tag("peer")
@Timeout(300)
class RealServiceMqttTest {
    private static final int MESSAGES = Integer.getInteger("sopwith.messages", 3_000);
    private static final long SEED = Long.getLong("sopwith.seed", 20_261_201);
    private static final int KILLS = 6;

    @TempDir private Path folder;
    private RealService service;

    @BeforeAll
    static void needsABroker() {
        var lack = Mosquitto.lack();
        Peer.require(lack.isEmpty(), "no MQTT broker to test against: " + lack.orElse(""));
    }

    @BeforeEach
    void write() throws IOException {
        service = new RealService(folder);
        var bell =
                """
                max_concurrent = 100
                max_pending_approvals = 10

                [[triggers]]
                type = "mqtt"
                topic = "bell"
                """;
        service.sop("bell", bell, "1. **Go** — home.\n");
        service.sop(
                "last",
                bell.replace("topic = \"bell\"", "topic = \"last\""),
                "1. **Go** — home.\n");
    }

    @AfterEach
    void close() throws InterruptedException {
        service.close();
    }

    private void roster(Mosquitto broker) throws IOException {
        var roster =
                Files.writeString(
                        folder.resolve("roster.yaml"),
                        """
                        ingress:
                          mqtt:
                            home: {url: "%s"}
                        """
                                .formatted(broker.url()));
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void hearing() throws Exception {
        RealService.await(
                () -> service.ask("status", "--connectors").toString().contains("hears bell, last"),
                () -> service.log() + service.ask("status", "--connectors"));
    }

    @Test
    void equal_messages_without_an_id_are_on_record_once_each_whatever_was_killed()
            throws Exception {
        var random = new SplittableRandom(SEED);
        try (var broker = Mosquitto.start(folder.resolve("broker"))) {
            roster(broker);
            service.start();
            hearing();
            var all = IntStream.range(0, MESSAGES).mapToObj(_ -> "pressed").toArray(String[]::new);
            var sending = CompletableFuture.runAsync(() -> broker.publish("bell", all));
            for (int i = 0; i < KILLS; i++) {
                TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(400));
                service.kill();
                service.start();
                if (i % 2 == 0) hearing(); // else it is killed while it comes back
            }
            sending.get(200, TimeUnit.SECONDS);
            hearing();
            broker.publish("last", "now");
            RealService.await(
                    () -> service.ask("why", "last").toString().contains("started"),
                    () -> service.ask("why", "last").toString());
            service.kill();
            try (var store =
                    SqliteStore.open(App.store(service.state()), new SecureRandom(), _ -> {})) {
                assertThat(new Audit(store).verify().finding()).isEmpty();
                List<DeliveryRow> rows =
                        store.read(it -> it.deliveries().last("bell", 4 * MESSAGES));
                assertThat(rows).as("one row a message").hasSize(MESSAGES);
                assertThat(rows.stream().filter(it -> it.run().isPresent())).hasSize(10);
            }
        }
    }
}
