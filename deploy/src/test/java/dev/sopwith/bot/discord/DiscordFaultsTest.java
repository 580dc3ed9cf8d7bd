package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.engine.chat.InboundEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** What goes wrong between a connector and Discord, on the wire. */
class DiscordFaultsTest extends OnTheWire {
    // Limits and lost answers

    @Test
    void limits_that_were_met_and_requests_that_failed_are_counted() {
        assertThat(connector.health().facts()).containsEntry("rate limits met", "0");
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 1);
        sent(message("a"));
        fake.faults.fail(
                "POST", "/channels/\\d+/messages", 1, 403, "{\"message\":\"x\",\"code\":50013}");
        assertThat(connector.send(message("b")).delivered()).isFalse();

        assertThat(connector.health().facts())
                .containsEntry("rate limits met", "1")
                .containsEntry("requests failed", "1")
                .containsKeys("is", "ping");
        assertThat(connector.health().detail()).isEmpty();
    }

    @Test
    void too_much_is_waited_out_and_nothing_is_lost_or_swapped() {
        fake.faults.callsPerSecond = 5;
        for (int i = 0; i < 12; i++) sent(message("m" + i));
        assertThat(fake.screen.shown())
                .extracting(FakeScreen::text)
                .containsExactly(
                        "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11");
    }

    @Test
    void a_limit_longer_than_anybody_waits_is_told_and_the_message_comes_later() {
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 30);
        var result = connector.send(message("a"));
        assertThat(result.delivered()).isFalse();
        assertThat(result.retryAfter().orElse(Duration.ZERO)).isPositive();
    }

    @Test
    void a_server_that_stumbles_is_asked_again() {
        fake.faults.fail(
                "POST", "/channels/\\d+/messages", 1, 503, "{\"message\":\"x\",\"code\":0}");
        sent(message("a"));
        assertThat(fake.screen.shown()).hasSize(1);
    }

    @Test
    void an_answer_that_was_lost_is_found_by_what_the_gateway_told() {
        network.loseNextAnswer();
        var lost = message("a");
        assertThat(connector.send(lost).delivered()).isFalse();
        FakeDiscord.await("the echo", () -> connector.find(lost).isPresent());
        assertThat(messageOf(connector.find(lost).orElseThrow()))
                .isEqualTo(FakeScreen.id(fake.screen.shown().getFirst()));
        assertThat(connector.find(message("b"))).isEmpty();
    }

    @Test
    void the_end_is_quick_and_loses_nothing_that_was_confirmed() {
        for (int i = 0; i < 5; i++) sent(message("m" + i));
        fake.faults.limit("POST", "/channels/\\d+/messages", 1, 30);
        Thread.ofVirtual().start(() -> connector.send(message("late")));
        FakeDiscord.await(
                "the limit", () -> fake.calls.stream().anyMatch(it -> it.status() == 429));
        long begun = System.nanoTime();
        connector.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        assertThat(fake.screen.shown()).hasSize(5);
    }

    // The gateway

    @ParameterizedTest
    @ValueSource(ints = {1001, 4000, 4007, 4009})
    void a_session_that_is_closed_goes_on_without_a_gap(int code) throws Exception {
        fake.gateway.close(code);
        fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void a_session_that_is_moved_goes_on_without_a_gap() throws Exception {
        fake.gateway.askToReconnect();
        fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        FakeDiscord.await("a RESUME", () -> fake.gateway.received(6) > 0);
    }

    @Test
    void a_session_that_was_forgotten_begins_anew_and_reads_back() throws Exception {
        fake.people.mention(fake.people.user("alice"), world.channelId, "one");
        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        fake.gateway.forgetSessions();
        fake.gateway.cut();
        var id = fake.people.mention(fake.people.user("alice"), world.channelId, "two");

        assertThat(next().eventId()).isEqualTo(id);
        assertThat(fake.gateway.received(2)).isGreaterThan(1);
    }

    @Test
    void a_gateway_that_was_gone_for_some_attempts_is_found_again() throws Exception {
        fake.faults.goDown();
        FakeDiscord.await("an outage", () -> !connector.health().reachable());
        fake.people.mention(fake.people.user("alice"), world.channelId, "runs");
        fake.faults.comeBack();

        assertThat(next()).isInstanceOf(InboundEvent.Message.class);
        FakeDiscord.await("a connection", () -> connector.health().reachable());
        assertThat(heard).isEmpty();
    }

    @Test
    void a_peer_that_is_silent_is_left() {
        connector.close();
        fake.gateway.heartbeatMillis = 200;
        var again = network.connect();
        fake.gateway.acknowledges = false;
        FakeDiscord.await("another session", () -> fake.gateway.received(6) > 0);
        fake.gateway.acknowledges = true;
        FakeDiscord.await("a connection", () -> again.health().reachable());
    }
}
