package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld.User;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.Map;

/** A role of the guild stands for a group: it is asked for by REST at the moment it counts. */
@Timeout(120)
class DiscordRolesTest {
    private static final String MEMBER = "/guilds/\\d+/members/\\d+";

    @TempDir private Path folder;
    private DiscordHouse house;
    private FakeDiscord discord;

    @BeforeEach
    void open() throws Exception {
        house = new DiscordHouse(folder);
        discord = house.discord;
        discord.people.give(house.bob, DiscordHouse.RELEASE_ROLE);
        discord.people.give(house.carol, DiscordHouse.RELEASE_ROLE);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private ObjectNode ship() {
        var _ = discord.interactions.slash(house.alice, "sop run", Map.of("name", "ship")).answer();
        return house.prompt("R-1");
    }

    private void approve(User user) {
        var id = FakeScreen.id(house.prompt("R-1"));
        var _ = discord.interactions.click(user, id, "Approve").firstWord();
    }

    private void awaitVotes(String count) {
        var _ =
                discord.screen.awaitState(
                        count,
                        FakeScreen.id(house.prompt("R-1")),
                        it -> FakeScreen.text((ObjectNode) it).contains("votes: " + count));
    }

    private void awaitEnd() {
        var _ =
                discord.screen.awaitMessage(
                        it -> it.startsWith("R-1") && it.contains("completed"), "the end");
    }

    @Test
    void who_holds_the_role_is_asked_for_when_the_last_yes_is_there() {
        var prompt = ship();
        assertThat(FakeScreen.text(prompt))
                .contains(
                        "bob, carol count only if they hold a role of release at the moment it is"
                                + " decided");
        approve(house.bob);
        awaitVotes("1 of 2");
        assertThat(discord.calls("GET", MEMBER)).isEmpty();
        approve(house.carol);
        awaitEnd();
        assertThat(discord.calls("GET", MEMBER)).hasSize(2);
    }

    @Test
    void a_role_that_is_taken_away_between_vote_and_decision_does_not_count() {
        var _ = ship();
        approve(house.bob);
        awaitVotes("1 of 2");
        discord.people.take(house.bob, DiscordHouse.RELEASE_ROLE);
        approve(house.carol);

        var _ = discord.screen.awaitMessage("not counted: holds no role of release; now 1 of 2");
        awaitVotes("1 of 2: carol");
        assertThat(discord.screen.find("output of step 1")).isEmpty();

        discord.people.give(house.bob, DiscordHouse.RELEASE_ROLE);
        approve(house.bob);
        awaitEnd();
    }

    @Test
    void as_long_as_discord_does_not_say_nothing_goes_on_and_people_are_told_why() {
        var _ = ship();
        discord.faults.fail("GET", MEMBER, 2, 500, "{\"message\":\"down\",\"code\":0}");
        approve(house.bob);
        approve(house.carol);

        var _ =
                discord.screen.awaitMessage(
                        it -> it.contains("nothing goes on") && it.contains("500"), "the reason");
        house.awaitSaid("waits until it is known whether bob, carol may approve", "status", "R-1");
        // It is asked again by itself.
        awaitEnd();
    }

    @Test
    void a_role_that_nobody_holds_lets_nobody_count() {
        var _ = ship();
        discord.people.take(house.bob, DiscordHouse.RELEASE_ROLE);
        discord.people.take(house.carol, DiscordHouse.RELEASE_ROLE);
        discord.people.give(house.bob, "9002");
        approve(house.bob);
        approve(house.carol);

        awaitVotes("0 of 2");
        assertThat(discord.screen.find("output of step 1")).isEmpty();
    }

    @Test
    void who_has_left_the_guild_holds_no_role() {
        var _ = ship();
        approve(house.bob);
        awaitVotes("1 of 2");
        discord.people.leave(house.bob);
        approve(house.carol);

        awaitVotes("1 of 2: carol");
    }

    @Test
    void votes_that_waited_for_an_answer_are_asked_about_after_a_restart() throws Exception {
        var _ = ship();
        discord.faults.fail("GET", MEMBER, 1000, 500, "{\"message\":\"down\",\"code\":0}");
        approve(house.bob);
        approve(house.carol);
        var _ = discord.screen.awaitMessage("nothing goes on");
        house.stop();
        discord.faults.healFaults();
        house.open();
        awaitEnd();
    }
}
