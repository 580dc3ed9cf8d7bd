package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.step.Await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** What a broker sends once more, and what only looks like it. */
class RepeatsTest {
    @TempDir Path folder;

    private MqttHouse house(ScriptedBroker broker) throws Exception {
        return new MqttHouse(folder.resolve("sops"), broker.url()).sop("bell", "bell", "");
    }

    @Test
    void a_repeat_that_comes_with_the_answer_to_the_login_is_known() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            broker.send(ScriptedBroker.message(1, false, "bell", "pressed"));
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 1);
            broker.isSessionPresent = true;
            broker.greeting = ScriptedBroker.message(1, true, "bell", "pressed");
            for (int i = 2; i < 5; i++) {
                int acknowledged = i;
                broker.drop();
                Await.until("it comes back", () -> broker.acknowledged.size() == acknowledged);
            }
            assertThat(house.payloads()).containsExactly("pressed");
        }
    }

    @Test
    void what_was_stored_and_not_confirmed_is_known_after_a_crash() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            broker.answersUnsubscribe = false;
            broker.send(ScriptedBroker.message(7, false, "bell", "pressed"));
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 1);
            for (int i = 2; i < 4; i++) {
                int acknowledged = i;
                house.stop(); // all that goes on is what the store has
                broker.isSessionPresent = true;
                broker.greeting = ScriptedBroker.message(7, true, "bell", "pressed");
                house.start();
                Await.until("it is acknowledged", () -> broker.acknowledged.size() == acknowledged);
            }
            broker.send(ScriptedBroker.message(8, false, "bell", "pressed"));
            Await.until("another press comes", () -> broker.acknowledged.size() == 4);
            assertThat(house.payloads()).containsExactly("pressed", "pressed");
        }
    }

    @Test
    void an_identifier_that_was_confirmed_is_free_for_an_equal_message() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            broker.send(ScriptedBroker.message(1, false, "bell", "pressed"));
            Await.until("it is confirmed", () -> house.setting("mqtt confirmed home").isPresent());
            house.stop();
            broker.isSessionPresent = true;
            broker.greeting = ScriptedBroker.message(1, true, "bell", "pressed");
            house.start();
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 2);
            assertThat(house.payloads()).containsExactly("pressed", "pressed");
        }
    }

    @Test
    void a_broker_that_has_forgotten_its_session_repeats_nothing() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            broker.answersUnsubscribe = false;
            broker.send(ScriptedBroker.message(1, false, "bell", "pressed"));
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 1);
            house.stop();
            broker.greeting = ScriptedBroker.message(1, true, "bell", "pressed");
            house.start();
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 2);
            assertThat(house.payloads()).containsExactly("pressed", "pressed");
            assertThat(house.setting("mqtt session home")).contains("2");
        }
    }

    @Test
    void what_found_the_queue_full_is_not_known_after_a_crash() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            house.full.set(Integer.MAX_VALUE);
            broker.send(ScriptedBroker.message(1, false, "bell", "pressed"));
            Await.until("it is said", () -> house.detail().contains("the queue is full"));
            house.stop();
            house.full.set(0);
            broker.isSessionPresent = true;
            broker.greeting = ScriptedBroker.message(1, true, "bell", "pressed");
            house.start();
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 1);
            assertThat(house.payloads()).containsExactly("pressed");
        }
    }

    @Test
    void a_broker_that_sends_more_than_it_may_is_told_no_limit_from_then_on() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            house.outages.set(Integer.MAX_VALUE); // nothing is acknowledged
            for (int i = 1; i <= MqttSource.WINDOW + 1; i++) {
                broker.send(ScriptedBroker.message(i, false, "bell", "pressed"));
            }
            Await.until("it goes on", () -> house.setting("mqtt flooding home").isPresent());
            Await.until("without a limit", () -> broker.limits.getLast() == 65_535);
            house.stop();
            int logins = broker.limits.size();
            house.start();
            Await.until("it is back", () -> broker.limits.size() > logins);
            assertThat(broker.limits.getLast()).isEqualTo(65_535);
            assertThat(broker.limits.getFirst()).isEqualTo(MqttSource.WINDOW);
        }
    }

    @Test
    void a_broker_that_gives_less_than_was_asked_or_refuses_says_so() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker)) {
            broker.subscribeCode = 0;
            house.start();
            Await.until("it is said", () -> house.detail().contains("bell only QoS 0"));
            house.stop();
            broker.subscribeCode = 0x87;
            house.start();
            Await.until(
                    "it is said", () -> house.detail().contains("bell refused: not authorized"));
            assertThat(house.source().health().hears()).isFalse();
            house.stop();
            broker.loginCode = 0x88;
            house.start();
            Await.until("it is said", () -> house.detail().contains("refused: server unavailable"));
        }
    }

    /** Red when another version of the library keeps elsewhere what it knows of packets. */
    @Test
    void the_library_still_has_what_it_knows_of_packets() {
        assertThat(PacketFacts.lack()).isEmpty();
    }
}
