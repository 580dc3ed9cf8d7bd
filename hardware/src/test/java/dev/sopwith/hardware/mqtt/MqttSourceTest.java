package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;

import dev.sopwith.engine.Peer;
import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.trigger.Channel;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Messages of a real broker, with everything that can happen to it and to us. */
@Tag("peer")
class MqttSourceTest {
    @TempDir Path folder;

    @BeforeAll
    static void needsABroker() {
        var lack = Mosquitto.lack();
        Peer.require(lack.isEmpty(), "no MQTT broker to test against: " + lack.orElse(""));
    }

    private Mosquitto broker() throws Exception {
        return Mosquitto.start(folder.resolve("broker"));
    }

    private Mosquitto careful() throws Exception {
        return Mosquitto.start(folder.resolve("broker"), Mosquitto.CAREFUL);
    }

    private MqttHouse house(Mosquitto broker) throws Exception {
        return new MqttHouse(folder.resolve("sops"), broker.url());
    }

    @Test
    void a_message_is_handed_over_with_where_it_came_from() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("deploy", "ops/+/deploy", "").start().hearing()) {
            MqttHouse.publish(broker.port(), "ops/web/deploy", "{\"version\": \"1.2\"}");
            Await.until("it comes", () -> house.taken.size() == 1);
            var arrival = house.taken.getFirst();
            assertThat(arrival.delivery().topic()).isEqualTo("ops/web/deploy");
            assertThat(arrival.delivery().payload().text()).isEqualTo("{\"version\": \"1.2\"}");
            assertThat(arrival.cause()).isEqualTo("mqtt ops/web/deploy from home");
            assertThat(arrival.channel())
                    .contains(new Channel.Broker("home", true, false, Optional.empty()));
            assertThat(house.detail()).contains("hears ops/+/deploy");
        }
    }

    @Test
    void equal_messages_are_two() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            MqttHouse.publish(broker.port(), "bell", "pressed", "pressed");
            Await.until("both come", () -> house.taken.size() == 2);
            assertThat(house.taken.get(0).key()).isNotEqualTo(house.taken.get(1).key());
        }
    }

    @Test
    void the_senders_own_id_is_the_key() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            var client = MqttHouse.somebody(broker.port(), "publisher");
            client.publishWith()
                    .topic("bell")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .userProperties()
                    .add("Idempotency-Key", "4711")
                    .applyUserProperties()
                    .send();
            client.disconnect();
            Await.until("it comes", () -> house.taken.size() == 1);
            assertThat(house.taken.getFirst().key()).contains("home 4711");
        }
    }

    @Test
    void what_comes_while_we_are_away_is_kept_for_us() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            house.stop();
            MqttHouse.publish(broker.port(), "bell", "1", "2", "3");
            house.start().hearing();
            Await.until("all come", () -> house.taken.size() >= 3);
            assertThat(house.payloads()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void while_the_store_is_away_nothing_is_acknowledged_or_lost() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            house.outages.set(Integer.MAX_VALUE);
            MqttHouse.publish(broker.port(), "bell", "1", "2");
            Await.until("it is said", () -> house.detail().contains("the disk is away"));
            assertThat(house.source().health().hears()).isFalse();
            house.stop();
            assertThat(house.taken).isEmpty();

            house.outages.set(2);
            house.start();
            Await.until("both come", () -> house.taken.size() >= 2);
            assertThat(house.payloads()).containsExactly("1", "2");
            house.hearing();
        }
    }

    @Test
    void a_full_queue_leaves_messages_at_the_broker() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            house.full.set(3);
            MqttHouse.publish(broker.port(), "bell", "1");
            Await.until("it is taken in", () -> house.taken.size() == 1);
            assertThat(house.full).hasValue(0);
        }
    }

    @Test
    void what_was_taken_in_is_not_taken_again_when_the_broker_repeats_it() throws Exception {
        try (var broker = careful();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            house.outages.set(6); // long enough for the broker to go and come meanwhile
            MqttHouse.publish(broker.port(), "bell", "pressed", "pressed");
            Await.until("it is said", () -> house.detail().contains("the disk is away"));
            broker.kill();
            broker.again();
            Await.until("both come", () -> house.taken.size() >= 2);
            house.hearing();
            MqttHouse.publish(broker.port(), "bell", "last");
            Await.until("the last comes", () -> house.payloads().contains("last"));
            assertThat(house.payloads()).containsExactly("pressed", "pressed", "last");
        }
    }

    @Test
    void twenty_thousand_messages_over_three_restarts_of_the_broker() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "load/#", "").start().hearing()) {
            int total = 20_000;
            int part = total / 4;
            for (int i = 0; i < 4; i++) {
                int from = i * part;
                flood(broker.port(), from, from + part);
                if (i < 3) {
                    broker.stop();
                    broker.again();
                }
            }
            Await.until("all come", () -> new HashSet<>(house.payloads()).size() == total);
            var expected = IntStream.range(0, total).mapToObj(Integer::toString).toList();
            assertThat(new HashSet<>(house.payloads())).isEqualTo(new HashSet<>(expected));
            assertThat(house.taken.size()).isEqualTo(total);
        }
    }

    /** Publishes numbers, many at a time, and waits until the broker has them. */
    private static void flood(int port, int from, int to) throws Exception {
        var client = MqttHouse.somebody(port, "flood").toAsync();
        var sent =
                IntStream.range(from, to)
                        .mapToObj(
                                i ->
                                        client.publishWith()
                                                .topic("load/" + i % 10)
                                                .qos(MqttQos.AT_LEAST_ONCE)
                                                .payload(
                                                        Integer.toString(i)
                                                                .getBytes(StandardCharsets.UTF_8))
                                                .send())
                        .toList();
        for (var it : sent) assertThat(it.get().getError()).isEmpty();
        client.disconnect().get();
    }

    @Test
    void a_broker_that_is_killed_loses_nothing_that_it_wrote_down() throws Exception {
        try (var broker = careful();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            for (int i = 0; i < 3; i++) {
                MqttHouse.publish(broker.port(), "bell", "a" + i, "b" + i);
                broker.kill();
                broker.again();
            }
            Await.until("all come", () -> new HashSet<>(house.payloads()).size() == 6);
            assertThat(house.payloads())
                    .contains("a0", "b0", "a1", "b1", "a2", "b2")
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void retained_messages_say_that_they_are() throws Exception {
        try (var broker = broker();
                var house =
                        house(broker)
                                .sop("state", "state", "")
                                .sop("boot", "state", "retained = true")) {
            var client = MqttHouse.somebody(broker.port(), "publisher");
            client.publishWith()
                    .topic("state")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload("ON".getBytes(StandardCharsets.UTF_8))
                    .retain(true)
                    .send();
            client.disconnect();
            house.start().hearing();
            Await.until("it comes", () -> house.taken.size() == 1);
            var arrival = house.taken.getFirst();
            assertThat(arrival.channel())
                    .contains(new Channel.Broker("home", true, true, Optional.empty()));
            var triggers =
                    List.of("retained = true", "").stream().map(MqttSourceTest::trigger).toList();
            assertThat(arrival.isLeftOutBy(triggers.get(0))).isFalse();
            assertThat(arrival.isLeftOutBy(triggers.get(1))).isTrue();
        }
    }

    private static Trigger trigger(String more) {
        var filter = ((Parsed.Ok<MqttFilter>) MqttFilter.parse("state")).value();
        return new Trigger.Mqtt(
                filter,
                Condition.ALWAYS,
                Collections.emptyMap(),
                Optional.empty(),
                1,
                more.contains("true"),
                Optional.empty());
    }

    @Test
    void what_cannot_be_read_says_why() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("bell", "bell", "").start().hearing()) {
            var client = MqttHouse.somebody(broker.port(), "publisher");
            for (var it : List.of(new byte[] {(byte) 0xff}, new byte[MqttIntake.PAYLOAD_MAX + 1])) {
                client.publishWith().topic("bell").qos(MqttQos.AT_LEAST_ONCE).payload(it).send();
            }
            client.disconnect();
            Await.until("both come", () -> house.taken.size() == 2);
            assertThat(house.taken.get(0).channel().orElseThrow().flaw())
                    .contains("the payload is no UTF-8");
            assertThat(house.taken.get(1).channel().orElseThrow().flaw())
                    .contains("the payload has 1,048,577 bytes, and 1,048,576 are read at most");
        }
    }

    @Test
    void the_broker_is_asked_for_what_the_sops_want_now() throws Exception {
        try (var broker = broker();
                var house = house(broker).sop("one", "one", "").start().hearing()) {
            house.sop("two", "two/#", "");
            Await.until("it asks", () -> house.detail().contains("one, two/#"));
            MqttHouse.publish(broker.port(), "two/x", "2");
            Await.until("it comes", () -> house.payloads().contains("2"));
            house.without("one");
            Await.until("it asks no more", () -> !house.detail().contains("one"));
            MqttHouse.publish(broker.port(), "one", "1");
            MqttHouse.publish(broker.port(), "two/x", "3");
            Await.until("it comes", () -> house.payloads().contains("3"));
            assertThat(house.payloads()).containsExactly("2", "3");
        }
    }

    @Test
    void what_was_asked_for_before_a_restart_is_asked_for_no_more() throws Exception {
        try (var broker = broker();
                var house =
                        house(broker)
                                .sop("one", "one", "")
                                .sop("two", "two", "")
                                .start()
                                .hearing()) {
            house.stop();
            house.without("one");
            house.start().hearing();
            MqttHouse.publish(broker.port(), "one", "1");
            MqttHouse.publish(broker.port(), "two", "2");
            Await.until("it comes", () -> house.payloads().contains("2"));
            assertThat(house.payloads()).containsExactly("2");
        }
    }

    @Test
    void a_broker_that_is_away_is_said_and_tried_again() throws Exception {
        try (var broker = broker()) {
            broker.stop();
            try (var house = house(broker).sop("bell", "bell", "").start()) {
                Await.until("it is said", () -> house.detail().contains("Connection refused"));
                assertThat(house.source().health().hears()).isFalse();
                broker.again();
                house.hearing();
            }
        }
    }

    @Test
    void who_owns_the_broker_is_behind_what_comes_from_it() throws Exception {
        var people =
                """
                people: {alice: {local: [alice]}, bob: {local: [bob]}}
                groups: {desk: [%s]}
                access: [{sops: "*", run: [everyone]}]
                ingress: {mqtt: {home: {url: "mqtt://127.0.0.1", owners: [desk]}}}
                """;
        try (var broker = broker();
                var house =
                        house(broker)
                                .roster(people.formatted("alice, bob"))
                                .sop("bell", "bell", "")
                                .start()
                                .hearing()) {
            MqttHouse.publish(broker.port(), "bell", "1");
            Await.until("it comes", () -> house.taken.size() == 1);
            assertThat(house.taken.getFirst().initiators()).containsOnly("alice", "bob");
            house.roster(people.formatted("bob"));
            MqttHouse.publish(broker.port(), "bell", "2");
            Await.until("it comes", () -> house.taken.size() == 2);
            assertThat(house.taken.getLast().initiators()).containsOnly("bob");
            house.roster(people.formatted(""));
            Await.until("it is said", () -> house.detail().contains("its owners are nobody: desk"));
            MqttHouse.publish(broker.port(), "bell", "3");
            house.roster(people.formatted("alice")).hearing();
            Await.until("what was kept comes", () -> house.taken.size() == 3);
            assertThat(house.taken.getLast().initiators()).containsOnly("alice");
        }
    }

    @Test
    void each_of_two_brokers_hears_its_own() throws Exception {
        try (var first = broker();
                var second = Mosquitto.start(folder.resolve("second"));
                var home = house(first).sop("any", "bell", "").start().hearing();
                var shop =
                        new MqttHouse(folder.resolve("shop"), second.url())
                                .named("shop")
                                .sop("any", "bell", "")
                                .sop("own", "own", "broker = \"shop\"")
                                .start()
                                .hearing()) {
            assertThat(home.detail()).contains("hears bell");
            assertThat(shop.detail()).contains("hears own").doesNotContain("bell");
            MqttHouse.publish(second.port(), "bell", "unheard");
            MqttHouse.publish(second.port(), "own", "2");
            MqttHouse.publish(first.port(), "bell", "1");
            Await.until("both come", () -> home.taken.size() + shop.taken.size() == 2);
            assertThat(home.payloads()).containsExactly("1");
            assertThat(shop.payloads()).containsExactly("2");
            first.stop();
            Await.until("one is away", () -> !home.source().health().hears());
            assertThat(shop.source().health().hears()).isTrue();
        }
    }

    @Test
    void a_message_that_fits_several_filters_comes_once() throws Exception {
        try (var broker = broker();
                var house =
                        house(broker)
                                .sop("all", "ops/#", "")
                                .sop("one", "ops/web/deploy", "qos = 2")
                                .sop("some", "ops/+/deploy", "")
                                .start()
                                .hearing()) {
            assertThat(house.detail()).contains("hears ops/#").doesNotContain("ops/+");
            MqttHouse.publish(broker.port(), "ops/web/deploy", "1");
            MqttHouse.publish(broker.port(), "ops", "2");
            Await.until("both come", () -> house.payloads().contains("2"));
            assertThat(house.payloads()).containsExactly("1", "2");
        }
    }

    @Test
    void a_refused_login_is_said() throws Exception {
        try (var broker =
                        Mosquitto.start(
                                folder.resolve("broker"), List.of("allow_anonymous false"));
                var house = house(broker).sop("bell", "bell", "").start()) {
            Await.until("it is said", () -> house.detail().contains("refused: not authorized"));
            assertThat(house.source().health().hears()).isFalse();
        }
    }

    @Test
    void another_client_of_the_same_name_is_said() throws Exception {
        try (var broker = broker();
                var house = house(broker).clientId("the-desk").sop("bell", "bell", "").start()) {
            house.hearing();
            var other = MqttHouse.somebody(broker.port(), "the-desk");
            Await.until("it is said", () -> house.detail().contains("the same name, the-desk"));
            other.disconnect();
            house.hearing();
            MqttHouse.publish(broker.port(), "bell", "1");
            Await.until("it comes", () -> house.payloads().contains("1"));
        }
    }
}
