package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.OpenApi;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorContract.Network;
import dev.sopwith.engine.chat.ConnectorContract.Shown;
import dev.sopwith.engine.secret.Secret;

import tools.jackson.databind.node.ObjectNode;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The fake as the contract of connectors sees a network. */
final class DiscordNetwork implements Network, AutoCloseable {
    final FakeDiscord fake = new FakeDiscord();
    private Optional<DiscordConnector> connector = Optional.empty();

    DiscordConnector connector() {
        return connector.orElseThrow();
    }

    @Override
    public Connector connect() {
        var opened =
                new DiscordConnector(
                        fake.settings(),
                        () -> Optional.of(Secret.of(FakeDiscord.TOKEN)),
                        person -> Set.of(fake.people.user(person).id()),
                        Deeds.offered(Speaker.Surface.ROOM),
                        _ -> {},
                        InstantSource.system());
        connector = Optional.of(opened);
        opened.connect();
        FakeDiscord.await("a connection", () -> opened.health().reachable());
        return opened;
    }

    @Override
    public String room() {
        return fake.world.channelId;
    }

    @Override
    public String says(String person, String text) {
        return fake.people.mention(fake.people.user(person), room(), text);
    }

    @Override
    public String reacts(String person, String messageId, String mark) {
        fake.people.react(fake.people.user(person), messageOf(messageId), mark);
        return "";
    }

    @Override
    public String takesBack(String person, String messageId, String mark) {
        fake.people.unreact(fake.people.user(person), messageOf(messageId), mark);
        return "";
    }

    private static String messageOf(String id) {
        return MessageId.parse(id).orElseThrow().message();
    }

    @Override
    public List<Shown> shown() {
        return fake.screen.shown().stream().map(this::shown).toList();
    }

    private Shown shown(ObjectNode message) {
        var channel = message.path("channel_id").asString("");
        var thread =
                channel.equals(room())
                        ? Optional.<String>empty()
                        : Optional.of(MessageId.of(room(), channel).toString());
        return new Shown(
                MessageId.of(channel, FakeScreen.id(message)).toString(),
                thread,
                FakeScreen.text(message),
                message.path("mentions").findValuesAsString("username"));
    }

    @Override
    public void goDown() {
        fake.faults.goDown();
        FakeDiscord.await("that it is noticed", () -> !connector().health().reachable());
    }

    @Override
    public void comeBack() {
        fake.faults.comeBack();
        FakeDiscord.await("a connection", () -> connector().health().reachable());
    }

    @Override
    public void revoke() {
        fake.faults.revoke();
        // Until Discord has said why it closes, it is only closed.
        FakeDiscord.await(
                "that it is noticed",
                () -> {
                    var health = connector().health();
                    return health.reachable() && !health.authenticated();
                });
    }

    @Override
    public void loseNextAnswer() {
        fake.faults.lose("POST", "/channels/\\d+/messages", 4);
    }

    @Override
    public boolean deletes(String messageId) {
        fake.people.delete(messageOf(messageId));
        return true;
    }

    /** Ends it, and holds all that was said against what Discord publishes. */
    @Override
    public void close() {
        connector.ifPresent(DiscordConnector::close);
        fake.close();
        assertThat(OpenApi.problems(fake.calls)).isEmpty();
    }
}
