package dev.sopwith.bot.tmux;

import dev.sopwith.engine.chat.ConnectorContract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The room of the local terminals keeps what all connectors promise, over a real socket. */
final class TmuxConnectorTest extends ConnectorContract {
    private final List<LocalNetwork> networks = new ArrayList<>();

    @TempDir private Path folder;

    @Override
    protected Network create() {
        var network = new LocalNetwork(folder);
        networks.add(network);
        return network;
    }

    @Override
    protected String accounts() {
        return "local";
    }

    @AfterEach
    void closeNetworks() {
        networks.forEach(LocalNetwork::close);
    }
}
