package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/** More is missing than fits into one form of Discord. */
@Timeout(120)
class DiscordFormsTest {
    @TempDir private Path folder;
    private DiscordHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new DiscordHouse(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void six_are_too_many_and_it_is_said_what_to_do() {
        var asked =
                house.discord.interactions.slash(house.alice, "sop run", Map.of("name", "many"));
        assertThat(asked.answer())
                .contains("in1", "key1", "a form takes five", "inputs: in1=")
                .doesNotContain("R-1");
        assertThat(asked.isToldPrivately()).isTrue();
    }

    @Test
    void once_one_is_given_the_other_five_are_asked_and_the_secret_one_is_among_them()
            throws Exception {
        var asked =
                house.discord.interactions.slash(
                        house.alice, "sop run", Map.of("name", "many", "inputs", "in1=a"));
        var labels = asked.firstWord().path("data").path("components").findValuesAsString("label");
        assertThat(labels).containsExactly("in2", "in3", "in4", "in5", "key1");
        var form =
                house.discord.interactions.submit(
                        asked, Map.of("in2", "b", "in3", "c", "in4", "d", "in5", "e", "key1", "k"));
        assertThat(form.answer()).contains("R-1");
    }

    @Test
    void six_secrets_cannot_be_asked_here_and_it_is_said_where() {
        var asked =
                house.discord.interactions.slash(house.alice, "sop run", Map.of("name", "vault"));
        assertThat(asked.answer())
                .contains("key1", "a form takes five", "terminal")
                .doesNotContain("R-1");
    }
}
