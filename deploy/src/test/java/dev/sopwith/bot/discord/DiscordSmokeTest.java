package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.secret.Secret;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A few words with Discord itself, where somebody gives a token and a channel for that. */
@EnabledIfEnvironmentVariable(named = "SOPWITH_DISCORD_TOKEN", matches = ".+")
@EnabledIfEnvironmentVariable(named = "SOPWITH_DISCORD_CHANNEL", matches = "\\d+")
@Timeout(120)
class DiscordSmokeTest {
    private final String channel =
            Optional.ofNullable(System.getenv("SOPWITH_DISCORD_CHANNEL")).orElse("");
    private final List<String> announced = new CopyOnWriteArrayList<>();

    private OutboundMessage message(String key, Optional<String> thread, String text) {
        return new OutboundMessage(key, channel, thread, Document.line(text), List.of());
    }

    @Test
    void a_message_and_its_thread_are_written_and_changed_once() {
        try (var connector =
                new DiscordConnector(
                        Map.of("channel_id", channel),
                        () ->
                                Optional.ofNullable(System.getenv("SOPWITH_DISCORD_TOKEN"))
                                        .map(Secret::of),
                        _ -> Set.of(),
                        Deeds.offered(Speaker.Surface.ROOM),
                        announced::add,
                        InstantSource.system())) {
            var _ = connector.subscribe(Optional.empty(), _ -> {});
            FakeDiscord.await("a connection", () -> connector.health().reachable());
            FakeDiscord.await("word of where it is", () -> !announced.isEmpty());
            assertThat(announced.getFirst()).doesNotContain("missing permissions");
            var key = UUID.randomUUID().toString();

            var card = connector.send(message(key, Optional.empty(), "smoke *test*"));
            var root = card.messageId();
            assertThat(card.error()).isEmpty();
            assertThat(connector.send(message(key, Optional.empty(), "smoke *test*")).messageId())
                    .isEqualTo(root);
            var inside = connector.send(message(key + "/thread", root, "in its thread"));
            assertThat(inside.error()).isEmpty();
            var changed = message(key, Optional.empty(), "smoke test, changed");
            assertThat(connector.update(root.orElseThrow(), changed).error()).isEmpty();
        }
    }
}
