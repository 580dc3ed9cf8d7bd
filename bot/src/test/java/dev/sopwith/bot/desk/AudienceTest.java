package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.room.House;
import dev.sopwith.engine.roster.Identity;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

/** R-1 is of deploy, which all may see; R-2 of db-copy, which is alice's alone. */
class AudienceTest {
    @TempDir private Path folder;
    private House house;
    private Audience audience;
    private String epoch;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        house.access("db-copy", "alice");
        house.start("deploy");
        house.start("db-copy");
        epoch = house.store.read(it -> it.node().epoch());
        audience = new Audience(new Rights(() -> house.roster, "svc"), house.overview, epoch);
    }

    @ParameterizedTest
    @CsvSource({
        "run/1/card, alice carol",
        "run/1/step/1/1/gate/1, alice carol",
        "run/2/card, alice",
        "run/2/step/1/1/1/log, alice",
        "run/2/event/3, alice",
        "run/3/card, ''",
        "service/1700000000000/start, alice carol",
        "service/1700000000000/accounts, alice carol",
        "service/1700000000000/R-2, alice",
        "service/1700000000000/missed/db-copy/0, alice",
        "service/1700000000000/other, ''",
        "answer/fake:carol/7, carol",
        "answer/fake:carolina/7, ''",
        "something/else, ''"
    })
    void a_post_is_for_those_who_may_see_what_it_is_about(String key, String who) {
        for (var person : new String[] {"alice", "carol"}) {
            var speaker = speaker(person, false);
            assertThat(audience.sees(speaker, epoch + "/" + key))
                    .as(person)
                    .isEqualTo((" " + who + " ").contains(" " + person + " "));
            assertThat(audience.sees(speaker, "0123456789abcdef/" + key)).isFalse();
        }
        assertThat(audience.sees(speaker("svc", true), epoch + "/" + key)).isTrue();
    }

    private static Speaker speaker(String name, boolean isOperator) {
        var identity = new Identity("fake", name);
        return new Speaker(identity, name, isOperator, Speaker.Surface.SOCKET);
    }
}
