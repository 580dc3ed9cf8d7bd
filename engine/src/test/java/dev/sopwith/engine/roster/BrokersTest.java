package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Objects;

/** The brokers of a roster: their addresses, their order, whose they are. */
class BrokersTest {
    private static final String PEOPLE =
            """
            people: {alice: {local: [alice]}}
            groups: {desk: [alice]}
            access: [{sops: "*", run: [everyone]}]
            """;

    private static String mqtt(String brokers) {
        return PEOPLE + "ingress: {mqtt: {" + brokers + "}}\n";
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt://127.0.0.1, mqtt://127.0.0.1:1883",
        "mqtts://broker.example, mqtts://broker.example:8883",
        "mqtts://broker.example:1/, mqtts://broker.example:1",
        "mqtt://[::1]:2000, mqtt://[::1]:2000"
    })
    void a_port_that_is_left_out_is_the_usual_one(String url, String means) {
        var settings = Rosters.roster(mqtt("home: {url: \"%s\"}".formatted(url))).ingress();
        assertThat(settings.brokers().get("home")).hasToString(means);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://broker",
                "mqtt://user:secret@broker",
                "mqtt://broker:70000",
                "mqtt://",
                "broker:1883",
                "mqtt://broker/path"
            })
    void what_is_no_address_is_said_with_its_place(String url) {
        assertThat(Rosters.findings(mqtt("home: {url: \"%s\"}".formatted(url))))
                .singleElement()
                .asString()
                .startsWith("roster.yaml:4:")
                .contains("error", "write mqtts://host:port");
    }

    @Test
    void the_first_broker_is_the_one_of_those_who_name_none() {
        var two = mqtt("shop: {url: \"mqtt://10.0.0.2\"}, home: {url: \"mqtt://10.0.0.1\"}");
        assertThat(Rosters.roster(two).ingress().standardBroker()).contains("shop");
        assertThat(IngressSettings.NONE.standardBroker()).isEmpty();
    }

    @Test
    void owners_are_people_or_groups_of_the_roster() {
        var owned = mqtt("home: {url: \"mqtt://127.0.0.1\", owners: [desk], client_id: the-desk}");
        var roster = Rosters.roster(owned);
        var broker = Objects.requireNonNull(roster.ingress().brokers().get("home"));
        assertThat(broker.owners()).isEqualTo(List.of("desk"));
        assertThat(broker.clientId()).contains("the-desk");
        assertThat(roster.persons(broker.owners())).containsExactly("alice");
        assertThat(Rosters.findings(mqtt("home: {url: \"mqtt://127.0.0.1\", owners: [alise]}")))
                .singleElement()
                .asString()
                .contains("alise", "did you mean \"alice\"?");
    }

    @Test
    void a_key_that_nobody_knows_is_an_error() {
        assertThat(Rosters.findings(mqtt("home: {url: \"mqtt://127.0.0.1\", clientid2: x}")))
                .singleElement()
                .asString()
                .contains("clientid2");
        assertThat(Rosters.findings(mqtt("home: {owners: [alice]}"))).isNotEmpty();
    }
}
