package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/** The ground goes away under a service that runs: what is lost is told, and the rest goes on. */
@Timeout(120)
class DiscordLossTest {
    @TempDir private Path folder;
    private DiscordHouse house;
    private FakeDiscord discord;

    @BeforeEach
    void open() throws Exception {
        house = new DiscordHouse(folder);
        discord = house.discord;
        var _ =
                discord.interactions
                        .slash(house.alice, "sop run", Map.of("name", "deploy"))
                        .answer();
        var _ = house.prompt("R-1");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void isToldAndTheTerminalGoesOn(String words) throws Exception {
        house.awaitSaid(words, "status", "--connectors");
        assertThat(house.say("cancel", "R-1", "enough")).contains("cancelled");
    }

    @Test
    void a_channel_that_is_deleted() throws Exception {
        discord.people.deleteChannel(house.room());
        assertThat(house.say("run", "pair")).contains("R-2");
        isToldAndTheTerminalGoesOn("there is no channel " + house.room());
    }

    @Test
    void a_guild_that_the_application_was_removed_from() throws Exception {
        discord.people.expel();
        assertThat(house.say("run", "pair")).contains("R-2");
        isToldAndTheTerminalGoesOn("cannot be used");
    }

    @Test
    void a_guild_that_it_is_invited_to_again() throws Exception {
        discord.people.expel();
        house.awaitSaid("cannot be used", "status", "--connectors");
        assertThat(house.say("run", "pair")).contains("R-2");
        discord.people.invite();
        var _ = house.prompt("R-2");
        house.awaitSaid("in guild " + discord.world.guildId, "status", "--connectors");
    }

    @Test
    void a_permission_that_is_taken_away_and_given_back() throws Exception {
        discord.faults.deny(FakeWorld.SEND);
        discord.faults.deny(FakeWorld.SEND_IN_THREADS);
        assertThat(house.say("run", "pair")).contains("R-2");
        house.awaitSaid("Send Messages", "status", "--connectors");
        discord.faults.allowAll();
        var prompt = house.prompt("R-2");
        assertThat(FakeScreen.text(prompt)).contains("needs a yes");
    }

    @Test
    void a_token_that_rest_alone_does_not_take_any_more() throws Exception {
        discord.faults.fail(
                "POST", ".*", 1000, 401, "{\"message\":\"401: Unauthorized\",\"code\":0}");
        assertThat(house.say("run", "pair")).contains("R-2");
        isToldAndTheTerminalGoesOn("the token was revoked");
        assertThat(house.concerns).anyMatch(it -> it.contains("the token was revoked"));
    }
}
