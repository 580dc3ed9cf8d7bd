package dev.sopwith.app;

import dev.sopwith.bench.synapse.SynapseExtension;
import dev.sopwith.engine.chat.ConnectorContract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    @AfterEach
    void closeNetworks() {
        networks.forEach(MatrixNetwork::close);
    }
}
