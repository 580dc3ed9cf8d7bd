package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.ConnectorContract;

import org.junit.jupiter.api.AfterEach;

import java.util.ArrayList;
import java.util.List;

/** Discord keeps what all connectors promise, over real sockets. */
final class DiscordConnectorTest extends ConnectorContract {
    private final List<DiscordNetwork> networks = new ArrayList<>();

    @Override
    protected Network create() {
        var network = new DiscordNetwork();
        networks.add(network);
        return network;
    }

    @Override
    protected String account(String person) {
        return networks.getLast().fake.people.user(person).id();
    }

    @AfterEach
    void closeNetworks() {
        networks.forEach(DiscordNetwork::close);
    }
}
