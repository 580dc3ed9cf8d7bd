package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.Peer;
import dev.sopwith.engine.step.Await;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates, users and passwords, against a real broker. */
@Tag("peer")
class BrokerLoginTest {
    @TempDir Path folder;
    private KeyPairs.Pair server = new KeyPairs.Pair(Path.of(""), Path.of(""));

    @BeforeAll
    static void needsABroker() {
        var lack = Mosquitto.lack();
        Peer.require(lack.isEmpty(), "no MQTT broker to test against: " + lack.orElse(""));
    }

    @BeforeEach
    void makeCertificate() throws Exception {
        server = KeyPairs.make(folder, "server", "ip:127.0.0.1");
    }

    private Mosquitto broker(String... more) throws Exception {
        var lines = new ArrayList<String>();
        lines.add("allow_anonymous true");
        lines.add("certfile " + server.certificate());
        lines.add("keyfile " + server.key());
        lines.addAll(List.of(more));
        return Mosquitto.start(folder.resolve("broker"), lines);
    }

    private MqttHouse house(Mosquitto broker) throws Exception {
        return new MqttHouse(folder.resolve("sops"), "mqtts://127.0.0.1:" + broker.port())
                .sop("bell", "bell", "");
    }

    @Test
    void a_broker_with_a_known_certificate_is_heard() throws Exception {
        try (var broker = broker();
                var house =
                        house(broker)
                                .environment(
                                        "MQTT_HOME_CA_FILE", server.certificate().toString())) {
            house.start().hearing();
        }
    }

    @Test
    void a_broker_with_another_certificate_is_not_trusted() throws Exception {
        try (var broker = broker();
                var house = house(broker).start()) {
            Await.until("it is said", () -> house.detail().contains("certification path"));
            assertThat(house.source().health().hears()).isFalse();
        }
    }

    @Test
    void a_certificate_for_another_name_is_refused() throws Exception {
        server = KeyPairs.make(folder, "elsewhere", "dns:broker.example.org");
        try (var broker = broker();
                var house =
                        house(broker)
                                .environment("MQTT_HOME_CA_FILE", server.certificate().toString())
                                .start()) {
            Await.until("it is said", () -> house.detail().contains("127.0.0.1"));
            Await.until("it says why", () -> house.detail().contains("subject alternative names"));
        }
    }

    @Test
    void the_service_shows_its_own_certificate() throws Exception {
        var own = KeyPairs.make(folder, "sopwith", "dns:sopwith");
        try (var broker = broker("require_certificate true", "cafile " + own.certificate())) {
            try (var house =
                    house(broker)
                            .environment("MQTT_HOME_CA_FILE", server.certificate().toString())
                            .start()) {
                Await.until(
                        "it is not let in", () -> house.detail().contains("certificate_required"));
                assertThat(house.source().health().hears()).isFalse();
            }
            try (var house =
                    house(broker)
                            .environment("MQTT_HOME_CA_FILE", server.certificate().toString())
                            .environment("MQTT_HOME_CERT_FILE", own.certificate().toString())
                            .environment("MQTT_HOME_KEY", Files.readString(own.key()))) {
                house.start().hearing();
            }
        }
    }

    @Test
    void what_cannot_be_used_is_named() throws Exception {
        try (var house = new MqttHouse(folder.resolve("sops"), "mqtts://127.0.0.1:1")) {
            house.environment("MQTT_HOME_CA", "no certificate").start();
            Await.until(
                    "it is said",
                    () -> house.detail().contains("MQTT_HOME_CA holds no certificate"));
        }
        try (var house = new MqttHouse(folder.resolve("sops"), "mqtts://127.0.0.1:1")) {
            house.environment("MQTT_HOME_CERT_FILE", server.certificate().toString()).start();
            Await.until("it is said", () -> house.detail().contains("belong together"));
        }
        try (var house = new MqttHouse(folder.resolve("sops"), "mqtts://127.0.0.1:1")) {
            house.environment("MQTT_HOME_CERT_FILE", server.certificate().toString())
                    .environment("MQTT_HOME_KEY", "-----BEGIN EC PRIVATE KEY-----")
                    .start();
            Await.until("it is said", () -> house.detail().contains("openssl pkcs8"));
        }
        try (var house = new MqttHouse(folder.resolve("sops"), "mqtt://127.0.0.1:1")) {
            house.environment("MQTT_HOME_PASSWORD", "secret").start();
            Await.until("it is said", () -> house.detail().contains("MQTT_HOME_USER is not"));
        }
    }

    @Test
    void user_and_password_let_in() throws Exception {
        var passwords = Files.writeString(folder.resolve("passwords"), "desk:open sesame\n");
        Mosquitto.hash(passwords);
        var lines = List.of("allow_anonymous false", "password_file " + passwords);
        try (var broker = Mosquitto.start(folder.resolve("broker"), lines)) {
            try (var house =
                    new MqttHouse(folder.resolve("sops"), broker.url())
                            .environment("MQTT_HOME_USER", "desk")
                            .environment("MQTT_HOME_PASSWORD", "wrong")
                            .start()) {
                Await.until("it is said", () -> house.detail().contains("refused"));
                assertThat(house.detail()).doesNotContain("wrong");
            }
            try (var house =
                    new MqttHouse(folder.resolve("sops"), broker.url())
                            .environment("MQTT_HOME_USER", "desk")
                            .environment("MQTT_HOME_PASSWORD", "open sesame")) {
                house.start().hearing();
            }
        }
    }
}
