package dev.sopwith.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Connectors by kind. */
final class ConnectorRegistryTest {
    private final FakeNetwork network = new FakeNetwork();

    private static Optional<ConnectorConfig> config(String kind) {
        return Optional.of(new ConnectorConfig(kind, Map.of()));
    }

    @Test
    void a_factory_gets_what_the_roster_says() throws Exception {
        var given = new ArrayList<ConnectorConfig>();
        var registry =
                new ConnectorRegistry(
                        Map.of(
                                "matrix",
                                config -> {
                                    given.add(config);
                                    return network.connect();
                                }));
        var config = new ConnectorConfig("matrix", Map.of("room_id", "!room:internal"));

        try (var connector = registry.create(Optional.of(config))) {
            assertThat(connector.kind()).isEqualTo("fake");
        }
        assertThat(given).containsExactly(config);
        assertThat(registry.has("matrix")).isTrue();
        assertThat(registry.has("irc")).isFalse();
    }

    @Test
    void a_roster_without_a_connector_means_tmux() throws Exception {
        var given = new ArrayList<String>();
        var registry =
                new ConnectorRegistry(
                        Map.of(
                                "tmux",
                                config -> {
                                    given.add(config.kind());
                                    return network.connect();
                                }));

        registry.create(Optional.empty()).close();

        assertThat(given).containsExactly("tmux");
    }

    @Test
    void an_unregistered_kind_fails_with_its_name_and_the_known_ones() {
        var registry =
                new ConnectorRegistry(
                        Map.of("tmux", _ -> network.connect(), "matrix", _ -> network.connect()));

        assertThat(registry.kinds()).isEqualTo(List.of("matrix", "tmux"));
        assertThatThrownBy(() -> registry.create(config("irc")))
                .hasMessage("there is no connector of kind \"irc\"; known: matrix, tmux");
        assertThatThrownBy(() -> registry.create(config("Matirx")))
                .hasMessage(
                        "there is no connector of kind \"Matirx\"; did you mean \"matrix\"? known:"
                                + " matrix, tmux");
        assertThatThrownBy(() -> new ConnectorRegistry(Map.of()).create(Optional.empty()))
                .hasMessage("there is no connector of kind \"tmux\"; none is known");
    }
}
