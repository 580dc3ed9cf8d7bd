package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;

/** Which rooms it goes to, which it stays out of, and what it says where it may not speak. */
@ExtendWith(SynapseExtension.class)
@Timeout(180)
@Tag("peer")
class MatrixRoomsTest {
    @TempDir private Path folder;
    private MatrixHouse house;

    @BeforeEach
    void begin() throws Exception {
        house = open("");
    }

    private MatrixHouse open(String version) throws Exception {
        var house = MatrixHouse.open(folder, SynapseExtension.shared(), it -> it.version(version));
        house.ask();
        return house;
    }

    @AfterEach
    void end() {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "11", "12"})
    void rooms_of_all_versions_in_use_work(String version) throws Exception {
        house.close();
        house = open(version);
        house.start();
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitPrompt("R-1");
        house.bob.react(house.room, prompt.id(), "✅");
        house.awaitText("R-1 ask: completed");
    }

    @Test
    void only_people_of_the_roster_can_invite_it() throws Exception {
        house.start();
        var trap = house.mallory.createRoom(NewRoom.with(house.bot));
        var other = house.bob.createRoom(NewRoom.with(house.bot));
        Eventually.await(() -> "join".equals(house.bob.members(other).get(house.bot.id())));
        assertThat(house.mallory.members(trap).get(house.bot.id())).isNotEqualTo("join");
        house.mallory.say(trap, "!sop whoami");
        house.bob.say(other, "!sop whoami");
        Eventually.await(
                () ->
                        house.bob.events(other).stream()
                                .anyMatch(
                                        it ->
                                                it.sender().equals(house.bot.id())
                                                        && it.isMessage()));
        assertThat(house.count("matrix:" + house.bob.id())).as("answered where asked").isZero();
        assertThat(house.mallory.members(trap).get(house.bot.id())).isNotEqualTo("join");
    }

    @Test
    void a_room_that_says_it_has_moved_is_not_followed() throws Exception {
        house.start();
        var trap = house.mallory.createRoom(NewRoom.with());
        var rules = JsonMapper.shared().createObjectNode().put("join_rule", "public");
        house.mallory.setState(trap, "m.room.join_rules", "", rules);
        var tombstone = JsonMapper.shared().createObjectNode();
        tombstone.put("body", "moved").put("replacement_room", trap);
        house.alice.setState(house.room, "m.room.tombstone", "", tombstone);

        Eventually.await(() -> house.health().contains(trap), house::health);
        house.alice.say(house.room, "!sop whoami");
        house.awaitText("matrix:" + house.alice.id());
        assertThat(house.mallory.members(trap)).doesNotContainKey(house.bot.id());
    }

    @Test
    void who_is_thrown_out_says_so_and_comes_back_when_invited() throws Exception {
        house.start();
        house.alice.kick(house.room, house.bot.id());
        Eventually.await(() -> !house.isWell(), house::health);
        assertThat(house.health()).contains(house.room);
        var _ = house.ask("run", "ask");
        house.alice.invite(house.room, house.bot.id());
        var _ = house.awaitPrompt("R-1");
        house.awaitHealthy();
    }

    @Test
    void who_may_not_speak_says_which_power_is_missing() throws Exception {
        house.start();
        house.alice.setPowerFor(house.room, "m.room.message", 60);
        house.alice.say(house.room, "!sop whoami");
        Eventually.await(() -> house.health().contains("60"), house::health);
        house.alice.setPower(house.room, house.bot.id(), 60);
        house.awaitText("matrix:" + house.alice.id());
        house.awaitHealthy();
    }
}
