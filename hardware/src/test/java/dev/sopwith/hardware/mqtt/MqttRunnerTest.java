package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.Peer;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.step.FailureReason;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Steps that publish, against a real broker and against none. */
@Tag("peer")
class MqttRunnerTest {
    @TempDir Path folder;

    @BeforeAll
    static void needsABroker() {
        var lack = Mosquitto.lack();
        Peer.require(lack.isEmpty(), "no MQTT broker to test against: " + lack.orElse(""));
    }

    private static MqttRunner runner(String url) {
        var brokers = new LinkedHashMap<String, Broker>();
        brokers.put("home", Broker.of(url, List.of(), Optional.empty()).orElseThrow());
        var settings = new IngressSettings(Optional.empty(), brokers, new LinkedHashMap<>());
        return new MqttRunner(() -> settings, new SecretSources(Map.of()));
    }

    private static StepOrder order(String text, Duration timeout) {
        return new StepOrder(
                new StepKey("e1", 12, 3, 1, 1),
                "lamp",
                "1",
                new Step.Block("mqtt", Tool.MQTT, text, 1, 1),
                Optional.empty(),
                new SopFiles(Map.of()),
                Map.of(),
                List.of(),
                new byte[0],
                Map.of(),
                List.of(),
                timeout,
                Map.of(),
                Optional.empty());
    }

    @Test
    void a_message_is_published_and_confirmed() throws Exception {
        try (var broker = Mosquitto.start(folder.resolve("broker"));
                var house =
                        new MqttHouse(folder.resolve("sops"), broker.url())
                                .sop("lamp", "hall/lamp/set", "")
                                .start()
                                .hearing()) {
            var end =
                    runner(broker.url())
                            .run(order("topic: hall/lamp/set\n{\"on\": true}", Duration.ZERO));
            assertThat(end)
                    .isInstanceOfSatisfying(
                            StepEnd.Succeeded.class,
                            it -> assertThat(it.how()).isEqualTo("confirmed by home"));
            Await.until("it comes", () -> house.taken.size() == 1);
            assertThat(house.payloads()).containsExactly("{\"on\": true}");
            assertThat(house.taken.getFirst().key())
                    .contains("home " + new StepKey("e1", 12, 3, 1, 1).idempotencyKey());
        }
    }

    @Test
    void a_broker_that_is_away_has_heard_nothing() throws Exception {
        var end = runner("mqtt://127.0.0.1:1").run(order("topic: a\nb", Duration.ofSeconds(20)));
        assertThat(reason(end))
                .isInstanceOfSatisfying(
                        FailureReason.NoAnswer.class,
                        it -> {
                            assertThat(it.mayHaveHappened()).isFalse();
                            assertThat(it.why()).contains("home at mqtt://127.0.0.1:1");
                        });
    }

    @Test
    void a_broker_that_says_nothing_is_not_waited_for_for_ever() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var runner = runner("mqtt://127.0.0.1:" + silent.getLocalPort());
            var end = runner.run(order("topic: a\nb", Duration.ofMillis(300)));
            assertThat(reason(end)).isEqualTo(new FailureReason.TimedOut(Duration.ofMillis(300)));
        }
    }

    @Test
    void whoever_stops_it_ends_it() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var runner = runner("mqtt://127.0.0.1:" + silent.getLocalPort());
            var order = order("topic: a\nb", Duration.ofMinutes(5));
            var end =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return runner.run(order);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Await.until("it goes on", () -> runner.recover(order) instanceof Recovered.Running);
            assertThat(runner.stop(order.key(), "cancelled by alice")).isTrue();
            assertThat(reason(end.get(10, TimeUnit.SECONDS)))
                    .isEqualTo(new FailureReason.Stopped("cancelled by alice"));
        }
    }

    @Test
    void without_a_broker_nothing_is_started() throws Exception {
        var runner = new MqttRunner(() -> IngressSettings.NONE, new SecretSources(Map.of()));
        assertThat(reason(runner.run(order("topic: a\nb", Duration.ZERO))))
                .isEqualTo(
                        new FailureReason.NotStarted(
                                "the roster names no broker under ingress.mqtt"));
    }

    @Test
    void the_broker_that_is_named_gets_it() throws Exception {
        var end =
                runner("mqtt://127.0.0.1:1").run(order("broker: shop\ntopic: a\nb", Duration.ZERO));
        assertThat(reason(end))
                .isEqualTo(new FailureReason.NotStarted("the roster names no broker shop"));
        try (var broker = Mosquitto.start(folder.resolve("broker"))) {
            var brokers = new LinkedHashMap<String, Broker>();
            for (var it : List.of("mqtt://127.0.0.1:1", broker.url())) {
                brokers.put(
                        brokers.isEmpty() ? "home" : "shop",
                        Broker.of(it, List.of(), Optional.empty()).orElseThrow());
            }
            var settings = new IngressSettings(Optional.empty(), brokers, new LinkedHashMap<>());
            var runner = new MqttRunner(() -> settings, new SecretSources(Map.of()));
            assertThat(runner.run(order("broker: shop\ntopic: a\nb", Duration.ZERO)))
                    .isInstanceOfSatisfying(
                            StepEnd.Succeeded.class,
                            it -> assertThat(it.how()).isEqualTo("confirmed by shop"));
        }
    }

    @Test
    void after_a_crash_nobody_can_say() {
        var runner = runner("mqtt://127.0.0.1:1");
        assertThat(runner.recover(order("topic: a\nb", Duration.ZERO)))
                .isInstanceOf(Recovered.Unknown.class);
    }

    private static FailureReason reason(StepEnd end) {
        return ((StepEnd.Failed) end).reason();
    }
}
