package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeWorld;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.secret.Secret;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connector and the Discord of this machine, between which things go wrong. */
@Timeout(60)
abstract class OnTheWire {
    final DiscordNetwork network = new DiscordNetwork();
    final FakeDiscord fake = network.fake;
    final FakeWorld world = fake.world;
    final BlockingQueue<InboundEvent> heard = new LinkedBlockingQueue<>();
    DiscordConnector connector;

    @BeforeEach
    void connect() {
        connector = (DiscordConnector) network.connect();
        var _ = connector.subscribe(Optional.empty(), it -> heard.addAll(it.events()));
        FakeDiscord.await("the commands", fake.screen::hasCommands);
    }

    @AfterEach
    void close() {
        network.close();
    }

    InboundEvent next() throws InterruptedException {
        var event = heard.poll(FakeDiscord.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    static Document line(String text) {
        return Document.line(text);
    }

    OutboundMessage message(String key, String... thread) {
        return new OutboundMessage(
                key,
                world.channelId,
                thread.length == 0 ? Optional.empty() : Optional.of(thread[0]),
                line(key),
                List.of());
    }

    String sent(OutboundMessage message) {
        var result = connector.send(message);
        assertThat(result.error()).isEmpty();
        return result.messageId().orElseThrow();
    }

    static String messageOf(String id) {
        return MessageId.parse(id).orElseThrow().message();
    }

    static String channelOf(String id) {
        return MessageId.parse(id).orElseThrow().channel();
    }

    DiscordConnector other(Map<String, String> changes, String token) {
        var settings = new HashMap<>(fake.settings());
        settings.putAll(changes);
        return new DiscordConnector(
                settings,
                () -> token.isEmpty() ? Optional.empty() : Optional.of(Secret.of(token)),
                _ -> Set.of(),
                Deeds.offered(Speaker.Surface.ROOM),
                announced::add,
                InstantSource.system());
    }

    final List<String> announced = new CopyOnWriteArrayList<>();
}
