package dev.sopwith.engine.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Edge;
import dev.sopwith.engine.trigger.Channel.Broker;
import dev.sopwith.engine.trigger.Channel.Pin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which triggers hear what came by which way. */
class ChannelTest {
    private static Trigger mqtt(Optional<String> broker, boolean retained) {
        var filter = ((Parsed.Ok<MqttFilter>) MqttFilter.parse("bell")).value();
        return new Trigger.Mqtt(
                filter, Condition.ALWAYS, Map.of(), broker, 1, retained, Optional.empty());
    }

    private static Trigger pin(Edge edge) {
        return new Trigger.Peripheral(
                "hall", "button", Condition.ALWAYS, Map.of(), edge, Duration.ZERO);
    }

    private static Broker from(String name, boolean isStandard, boolean isRetained) {
        return new Broker(name, isStandard, isRetained, Optional.empty());
    }

    private static Arrival arrival(Channel channel) {
        return new Arrival(
                        new Delivery(Source.MQTT, "bell", Payload.NONE),
                        Optional.empty(),
                        Map.of(),
                        Set.of(),
                        false,
                        "mqtt bell from home",
                        Instant.EPOCH)
                .by(channel);
    }

    @ParameterizedTest
    @CsvSource({
        "home,true,home,true",
        "home,true,,true",
        "home,true,shop,false",
        "shop,false,shop,true",
        "shop,false,,false",
        "shop,false,home,false"
    })
    void a_message_is_for_those_of_its_broker(
            String from, boolean isStandard, String named, boolean isFor) {
        var trigger = mqtt(Optional.ofNullable(named), false);
        assertThat(arrival(from(from, isStandard, false)).mayStartBy(trigger)).isEqualTo(isFor);
    }

    @Test
    void who_asks_for_no_retained_messages_leaves_them_out_and_hears_them() {
        var retained = arrival(from("home", true, true));
        assertThat(retained.isLeftOutBy(mqtt(Optional.empty(), false))).isTrue();
        assertThat(retained.mayStartBy(mqtt(Optional.empty(), false))).isTrue();
        assertThat(retained.isLeftOutBy(mqtt(Optional.empty(), true))).isFalse();
        assertThat(arrival(from("home", true, false)).isLeftOutBy(mqtt(Optional.empty(), false)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "RISING,RISING,true",
        "RISING,FALLING,false",
        "RISING,BOTH,true",
        "FALLING,RISING,false",
        "FALLING,FALLING,true",
        "FALLING,BOTH,true"
    })
    void an_edge_is_for_those_who_asked_for_it(Edge edge, Edge asked, boolean isFor) {
        assertThat(arrival(new Pin(edge)).mayStartBy(pin(asked))).isEqualTo(isFor);
        assertThat(arrival(new Pin(edge)).isLeftOutBy(pin(asked))).isFalse();
    }

    @Test
    void what_comes_by_one_way_says_nothing_about_triggers_of_others() {
        assertThat(from("home", true, true).isFor(pin(Edge.RISING))).isTrue();
        assertThat(from("home", true, true).isLeftOut(pin(Edge.RISING))).isFalse();
        assertThat(new Pin(Edge.RISING).isFor(mqtt(Optional.empty(), false))).isTrue();
    }

    @Test
    void what_a_source_keeps_of_an_arrival_stays_with_it() {
        var mark = new Arrival.Mark("packet", "7");
        var arrival = arrival(from("home", true, false));
        assertThat(arrival.mark()).isEmpty();
        assertThat(arrival.marked(mark).mark()).contains(mark);
        assertThat(arrival.marked(mark).proving(Set.of()).by(new Pin(Edge.RISING)).mark())
                .contains(mark);
        assertThat(arrival.marked(mark).channel()).isEqualTo(arrival.channel());
    }
}
