package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.SynapseExtension;
import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.OutboundMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Matrix keeps what all connectors promise, with a real Synapse at the other end. */
@Tag("peer")
@ExtendWith(SynapseExtension.class)
final class MatrixConnectorTest extends ConnectorContract {
    private final List<MatrixNetwork> networks = new ArrayList<>();

    @TempDir private Path folder;

    @Override
    protected Network create() {
        try {
            var network = new MatrixNetwork(folder, SynapseExtension.shared());
            networks.add(network);
            return network;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void it_tells_once_when_what_failed_may_get_through_again() throws Exception {
        var network = create();
        try (var connector = network.connect()) {
            var told = new AtomicInteger();
            connector.whenBack(told::incrementAndGet);
            assertThat(connector.send(message("k1", connector.room())).delivered()).isTrue();
            network.goDown();
            assertThat(connector.send(message("k2", connector.room())).delivered()).isFalse();
            assertThat(told).as("nothing failed, or nobody is back").hasValue(0);

            network.comeBack();

            Eventually.await(() -> told.get() > 0);
            assertThat(connector.send(message("k2", connector.room())).delivered()).isTrue();
            assertThat(told).hasValue(1);
        }
    }

    private static OutboundMessage message(String key, String room) {
        return new OutboundMessage(
                key, room, Optional.empty(), Document.line("text of " + key), List.of());
    }

    @AfterEach
    void closeNetworks() {
        networks.forEach(MatrixNetwork::close);
    }
}
