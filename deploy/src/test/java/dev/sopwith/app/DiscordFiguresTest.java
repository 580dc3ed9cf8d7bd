package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What monitors are told of a connector. */
@Timeout(120)
class DiscordFiguresTest {
    private static final String MESSAGES = "/channels/\\d+/messages";

    @TempDir private Path folder;
    private DiscordHouse house;
    private FakeDiscord discord;

    @BeforeEach
    void open() throws Exception {
        var ingress = "ingress: {http: {listen: \"127.0.0.1:0\", observe: \"127.0.0.1:0\"}}";
        house =
                new DiscordHouse(
                        folder, new DiscordHouse.Neighbour(Map.of(), ingress, Map.of(), Map.of()));
        discord = house.discord;
    }

    @AfterEach
    void close() {
        house.close();
    }

    private Optional<Double> figure(String name, String more) {
        try {
            var begin = "sopwith_connector_%s{connector=\"chat\"%s} ".formatted(name, more);
            return house.metrics().stream()
                    .filter(it -> it.startsWith(begin))
                    .map(it -> Double.parseDouble(it.substring(begin.length())))
                    .findFirst();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private double posts(String result) {
        return figure("posts_total", ",result=\"%s\"".formatted(result)).orElseThrow();
    }

    private double own(String what) {
        return figure("figure", ",figure=\"%s\"".formatted(what)).orElseThrow();
    }

    private void run() {
        var _ =
                discord.interactions
                        .slash(house.alice, "sop run", Map.of("name", "deploy"))
                        .answer();
    }

    @Test
    void posts_and_what_was_heard_are_counted() {
        run();
        var prompt = FakeScreen.id(house.prompt("R-1"));
        var _ = discord.interactions.click(house.bob, prompt, "Approve").firstWord();
        var _ = discord.screen.awaitMessage("output of step 1");
        FakeDiscord.await("the posts", () -> posts("sent") >= 4 && posts("changed") >= 1);
        assertThat(figure("events_total", ""))
                .hasValueSatisfying(it -> assertThat(it).isGreaterThanOrEqualTo(2));
        assertThat(posts("failed")).isZero();
        assertThat(figure("reachable", "")).hasValue(1.0);
        assertThat(figure("authenticated", "")).hasValue(1.0);
        assertThat(figure("last_seen_timestamp_seconds", "").orElseThrow()).isGreaterThan(1.6e9);
        assertThat(own("gateway_ping_ms")).isGreaterThanOrEqualTo(-1);
    }

    @Test
    void what_fails_is_counted_too() {
        discord.faults.limit("POST", MESSAGES, 1, 1);
        discord.faults.fail("POST", MESSAGES, 2, 500, "{\"message\":\"no\",\"code\":0}");
        run();
        FakeDiscord.await("a failure", () -> posts("failed") >= 1);
        FakeDiscord.await("a limit", () -> own("rate_limits") >= 1);
        FakeDiscord.await("a request that failed", () -> own("requests_failed") >= 1);
        var _ = house.prompt("R-1");
    }

    @Test
    void a_network_that_is_down_and_one_that_needs_a_person_look_different() {
        discord.faults.goDown();
        FakeDiscord.await("an outage", () -> figure("reachable", "").orElseThrow() == 0);
        discord.faults.comeBack();
        FakeDiscord.await("it is back", () -> figure("reachable", "").orElseThrow() == 1);
        discord.faults.revoke();
        FakeDiscord.await(
                "it needs a person",
                () ->
                        figure("reachable", "").orElseThrow() == 1
                                && figure("authenticated", "").orElseThrow() == 0);
    }
}
