package dev.sopwith.app;

import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorContract.Shown;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Matrix as a network in memory, so that it runs everywhere; Discord and terminals on the wire. */
final class ThreeNetworksTest extends OneRunOnThreeNetworks {
    @Override
    protected MatrixSide matrix() {
        return new InMemory();
    }

    private static final class InMemory implements MatrixSide {
        private final FakeNetwork network = new FakeNetwork();

        private static String account(String person) {
            return "@" + person + ":example.org";
        }

        private static String entry(String person) {
            return "matrix: [\"%s\"]".formatted(account(person));
        }

        @Override
        public DiscordHouse.Neighbour neighbour() {
            return new DiscordHouse.Neighbour(
                    Map.of("alice", entry("alice"), "bob", entry("bob"), "carol", entry("carol")),
                    "  there: {kind: matrix, matrix: {homeserver_url: \"https://example.org\","
                            + " user_id: \"@sopwith:example.org\", room_id: \"!r:example.org\"}}",
                    Map.of(),
                    Map.of("matrix", _ -> new Named(network.connect())));
        }

        @Override
        public void say(String person, String text) {
            network.setTime(Instant.now()); // what is old starts nothing
            network.asks(person, Optional.empty(), text);
        }

        @Override
        public List<String> shown() {
            return network.shown().stream().map(Shown::text).toList();
        }
    }

    /** The network's connector, with people named as in Matrix. */
    private record Named(Connector fake) implements Connector {
        @Override
        public String kind() {
            return "matrix";
        }

        @Override
        public String room() {
            return fake.room();
        }

        @Override
        public Capabilities capabilities() {
            return fake.capabilities();
        }

        @Override
        public SendResult send(OutboundMessage message) {
            return fake.send(message);
        }

        @Override
        public SendResult update(String messageId, OutboundMessage message) {
            return fake.update(messageId, message);
        }

        @Override
        public Optional<String> find(OutboundMessage message) {
            return fake.find(message);
        }

        @Override
        public Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
            return fake.subscribe(since, it -> inbox.accept(named(it)));
        }

        private static Heard named(Heard heard) {
            var events =
                    heard.events().stream()
                            .map(InboundEvent.Message.class::cast)
                            .map(Named::named)
                            .toList();
            return new Heard(List.copyOf(events), heard.position());
        }

        private static InboundEvent named(InboundEvent.Message it) {
            var sender = "matrix:" + InMemory.account(it.sender().replaceFirst("^fake:", ""));
            return new InboundEvent.Message(
                    it.eventId(),
                    it.room(),
                    it.threadId(),
                    it.replyTo(),
                    sender,
                    it.isAddressed(),
                    it.text(),
                    it.at());
        }

        @Override
        public ConnectorHealth health() {
            return fake.health();
        }

        @Override
        public void close() {
            fake.close();
        }
    }
}
