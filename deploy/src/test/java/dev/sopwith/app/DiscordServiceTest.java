package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.Interaction;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;

/** What people do on Discord, with the whole service behind it. */
@Timeout(120)
class DiscordServiceTest {
    @TempDir private Path folder;
    private DiscordHouse house;
    private FakeDiscord discord;

    @BeforeEach
    void open() throws Exception {
        house = new DiscordHouse(folder);
        discord = house.discord;
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void a_run_is_started_approved_by_another_and_shown_to_its_end() {
        var start = discord.interactions.slash(house.alice, "sop run", Map.of("name", "deploy"));
        assertThat(start.answer()).contains("R-1");
        assertThat(start.isToldPrivately()).isTrue();

        var prompt = house.prompt("R-1");
        assertThat(prompt.path("mentions").findValuesAsString("username")).contains("bob");
        var own = discord.interactions.click(house.alice, FakeScreen.id(prompt), "Approve");
        assertThat(own.answer()).contains("not counted: you started this run");
        assertThat(own.isToldPrivately()).isTrue();

        var other = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve");
        assertThat(other.firstWord().path("type").asInt(0)).isEqualTo(6);
        discord.screen.awaitMessage("deployed by hand");
        discord.screen.awaitMessage(
                it -> it.contains("deploy") && it.contains("completed"), "the end");
        discord.screen.awaitState(
                "a closed prompt", FakeScreen.id(prompt), it -> it.path("components").isEmpty());
    }

    private void start(String sop) {
        var _ = discord.interactions.slash(house.alice, "sop run", Map.of("name", sop)).answer();
    }

    private void awaitEnd(String run, String outcome) {
        var _ =
                discord.screen.awaitMessage(
                        it -> it.startsWith(run) && it.contains(outcome), run + " " + outcome);
    }

    private boolean isClosed(ObjectNode prompt) {
        return discord.screen.shown().stream()
                .filter(it -> FakeScreen.id(it).equals(FakeScreen.id(prompt)))
                .allMatch(it -> it.path("components").isEmpty());
    }

    @Test
    void what_is_critical_takes_the_code_in_a_modal() {
        start("wipe");
        var prompt = house.prompt("R-1");
        var click = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve");
        assertThat(click.firstWord().path("type").asInt(0)).isEqualTo(9);
        assertThat(discord.interactions.submit(click, Map.of("code", "zzzzz")).answer())
                .contains("code");

        var again = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve");
        var _ =
                discord.interactions
                        .submit(again, Map.of("code", DiscordHouse.code(prompt)))
                        .firstWord();

        awaitEnd("R-1", "completed");
        // A mark proves no code.
        start("wipe");
        discord.people.react(house.bob, FakeScreen.id(house.prompt("R-2")), "✅");
        var _ = discord.screen.awaitMessage("this needs the typed code");
    }

    @Test
    void all_that_a_step_printed_comes_as_a_file() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var _ = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve").firstWord();
        awaitEnd("R-1", "completed");

        var asked = Map.of("run", "R-1", "step", "1", "full", "full");
        var log = discord.interactions.slash(house.alice, "sop log", asked);

        assertThat(log.answer()).contains("R-1 step 1", "all of it is in the file");
        var files = log.told().getLast().path("attachments");
        assertThat(files.findValuesAsString("filename")).containsExactly("R-1-step-1.txt");
        assertThat(files.get(0).path("size").asInt()).isEqualTo("deployed by hand\n".length());
    }

    @Test
    void a_no_has_a_reason_and_ends_the_run() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var click = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Deny");
        var _ =
                discord.interactions
                        .submit(click, Map.of("reason", "not on a **Friday**"))
                        .firstWord();

        awaitEnd("R-1", "denied");
        var _ = discord.screen.awaitMessage("not on a **Friday**");
        FakeDiscord.await("a closed prompt", () -> isClosed(prompt));
    }

    @Test
    void marks_count_and_can_be_taken_back_until_it_is_decided() {
        start("pair");
        var prompt = house.prompt("R-1");
        discord.people.react(house.bob, FakeScreen.id(prompt), "✅");
        var _ =
                discord.screen.awaitState(
                        "a vote", FakeScreen.id(prompt), it -> shows(it, "votes: 1 of 2"));
        discord.people.unreact(house.bob, FakeScreen.id(prompt), "✅");
        var _ =
                discord.screen.awaitState(
                        "no vote", FakeScreen.id(prompt), it -> shows(it, "votes: 0 of 2"));
        discord.people.react(house.bob, FakeScreen.id(prompt), "✅");
        discord.people.react(house.carol, FakeScreen.id(prompt), "✅");
        awaitEnd("R-1", "completed");
    }

    private long refusals() {
        return discord.screen.shown().stream()
                .filter(it -> FakeScreen.text(it).contains("not counted: you started this run"))
                .count();
    }

    private static boolean shows(JsonNode message, String words) {
        return FakeScreen.text((ObjectNode) message).contains(words);
    }

    @Test
    void two_who_press_at_once_are_one_yes_each_and_the_step_runs_once() {
        start("deploy");
        var id = FakeScreen.id(house.prompt("R-1"));
        var one = discord.interactions.click(house.bob, id, "Approve");
        var other = discord.interactions.click(house.carol, id, "Approve");
        assertThat(one.firstWord().path("type").asInt(0)).isEqualTo(6);
        assertThat(other.firstWord().path("type").asInt(0)).isEqualTo(6);
        awaitEnd("R-1", "completed");
        var _ = discord.screen.awaitMessage("output of step 1");
        assertThat(discord.screen.shown())
                .filteredOn(it -> FakeScreen.text(it).contains("output of step 1"))
                .hasSize(1);
    }

    @Test
    void votes_that_were_cast_while_the_service_was_down_count_once() throws Exception {
        start("pair");
        var prompt = house.prompt("R-1");
        discord.people.react(house.carol, FakeScreen.id(prompt), "✅");
        var _ =
                discord.screen.awaitState(
                        "a vote", FakeScreen.id(prompt), it -> shows(it, "votes: 1 of 2"));
        house.stop();
        discord.people.react(house.bob, FakeScreen.id(prompt), "✅");
        discord.people.unreact(house.carol, FakeScreen.id(prompt), "✅");
        house.open();

        var _ =
                discord.screen.awaitState(
                        "the other vote",
                        FakeScreen.id(prompt),
                        it -> shows(it, "votes: 1 of 2: bob"));
        // Yesterday's button works as well.
        var _ =
                discord.interactions
                        .click(house.carol, FakeScreen.id(prompt), "Approve")
                        .firstWord();
        awaitEnd("R-1", "completed");
    }

    @Test
    void words_that_were_said_while_the_service_was_down_are_heard_in_their_order()
            throws Exception {
        start("deploy");
        var _ = house.prompt("R-1");
        house.stop();
        discord.people.mention(house.alice, house.room(), "cancel R-1 never mind");
        house.open();
        awaitEnd("R-1", "cancelled");
    }

    @Test
    void a_button_from_before_a_restore_is_dead() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press =
                discord.interactions.press(
                        house.bob,
                        FakeScreen.id(prompt),
                        "s1:p:0000000000000000/run/1/step/1/1/gate/1/approve");
        assertThat(press.answer()).contains("from before a restore");
    }

    @Test
    void after_a_restore_an_old_button_hits_nothing_and_the_run_waits_for_people()
            throws Exception {
        start("deploy");
        var prompt = house.prompt("R-1");
        house.awaitKnown("R-1");
        var backup = folder.resolve("backup.db");
        assertThat(house.say("backup", backup.toString())).contains("backup");
        // Since the backup the run was decided and ended; of that the restored store knows nothing.
        var _ = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve").firstWord();
        awaitEnd("R-1", "completed");
        var button = "s1:p:%s/run/1/step/1/1/gate/1/approve".formatted(epoch(prompt));
        house.restore(backup);

        var press = discord.interactions.press(house.bob, FakeScreen.id(prompt), button);

        assertThat(press.answer()).contains("from before a restore");
        assertThat(press.isToldPrivately()).isTrue();
        house.awaitSaid("paused", "status", "R-1");
    }

    /** The number of the store that stands in each button of this prompt. */
    private static String epoch(ObjectNode prompt) {
        var button = prompt.path("components").path(0).path("components").path(0);
        return button.path("custom_id").asString("").replaceFirst("^s1:p:([0-9a-f]+)/.*", "$1");
    }

    @Test
    void strangers_are_told_once_and_privately_and_nothing_is_done() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press = discord.interactions.click(house.mallory, FakeScreen.id(prompt), "Approve");
        assertThat(press.answer()).contains("is not in the roster");
        assertThat(press.isToldPrivately()).isTrue();
        var again = discord.interactions.slash(house.mallory, "sop run", Map.of("name", "deploy"));
        assertThat(again.answer()).contains("done");
        assertThat(
                        discord.interactions.suggestions(
                                house.mallory, "sop run", Map.of("name", ""), "name"))
                .isEmpty();
        assertThat(discord.screen.find("R-2")).isEmpty();
    }

    @Test
    void an_answer_that_comes_too_late_for_discord_is_told_in_the_room() {
        discord.interactions.nextIsLate();
        var late = discord.interactions.slash(house.alice, "sop run", Map.of("name", "deploy"));
        var _ = discord.screen.awaitMessage("R-1");
        assertThat(late.first().isDone()).isFalse();
    }

    @Test
    void a_press_is_done_although_the_gateway_fails_at_that_very_moment() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve");
        discord.gateway.cut();
        assertThat(press.firstWord().path("type").asInt(0)).isEqualTo(6);
        awaitEnd("R-1", "completed");
    }

    @Test
    void five_hundred_who_ask_at_once_are_all_answered() {
        discord.interactions.firstWordWithin = Duration.ofSeconds(60);
        var all = new ArrayList<Interaction>();
        for (int i = 0; i < 500; i++) {
            all.add(
                    discord.interactions.slash(
                            i % 2 == 0 ? house.alice : house.bob, "sop whoami", Map.of()));
        }
        for (var it : all) {
            assertThat(it.answer()).contains("discord:" + it.user().id());
            assertThat(it.isToldPrivately()).isTrue();
        }
    }

    @Test
    void a_prompt_that_a_moderator_deletes_is_asked_again() {
        start("pair");
        var first = house.prompt("R-1");
        discord.people.delete(FakeScreen.id(first));
        discord.people.mention(house.bob, house.room(), "approve " + DiscordHouse.code(first));
        FakeDiscord.await(
                "another prompt",
                () ->
                        house.openPrompt("R-1")
                                .filter(it -> !FakeScreen.id(it).equals(FakeScreen.id(first)))
                                .isPresent());
    }

    @Test
    void what_is_missing_is_asked_and_secrets_stand_nowhere() throws Exception {
        var asked = discord.interactions.slash(house.alice, "sop run", Map.of("name", "ask"));
        var modal = asked.firstWord().path("data");
        assertThat(modal.path("components").findValuesAsString("label"))
                .containsExactly("host", "pw");
        var form =
                discord.interactions.submit(asked, Map.of("host", "db1", "pw", "hunter2-of-mine"));
        assertThat(form.answer()).contains("R-1");
        var prompt = house.prompt("R-1");
        var _ = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve").firstWord();
        awaitEnd("R-1", "completed");
        var said =
                discord.calls.stream().map(it -> it.body() + " " + it.answer()).toList().toString();
        assertThat(said).contains("db1").doesNotContain("hunter2-of-mine");
        house.stop();
        try (var files = Files.walk(folder.resolve("state"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(text).as(file.toString()).doesNotContain("hunter2-of-mine");
            }
        }
    }

    @Test
    void names_runs_and_inputs_are_suggested() {
        var alice = house.alice;
        assertThat(discord.interactions.suggestions(alice, "sop run", Map.of("name", "d"), "name"))
                .containsExactly("deploy");
        assertThat(
                        discord.interactions.suggestions(
                                alice, "sop run", Map.of("name", "ask", "inputs", ""), "inputs"))
                .containsExactly("host=");
        start("deploy");
        var _ = house.prompt("R-1");
        assertThat(discord.interactions.suggestions(alice, "sop status", Map.of("run", "r"), "run"))
                .containsExactly("R-1");
        assertThat(discord.interactions.suggestions(alice, "sop deny", Map.of("gate", ""), "gate"))
                .hasSize(2);
        assertThat(
                        discord.interactions.suggestions(
                                alice, "sop help", Map.of("verb", "un"), "verb"))
                .containsExactly("unvote", "unpause", "unfreeze");
    }

    @Test
    void mentions_and_replies_are_a_second_way() {
        discord.people.mention(house.alice, house.room(), "run deploy");
        var prompt = house.prompt("R-1");
        house.awaitKnown("R-1");
        discord.people.reply(house.alice, FakeScreen.id(prompt), "approve");
        FakeDiscord.await("another refusal", () -> refusals() == 2);
        discord.people.mention(house.alice, house.room(), "aprove x");
        var _ = discord.screen.awaitMessage("did you mean");
        discord.people.reply(house.bob, FakeScreen.id(prompt), "approve");
        awaitEnd("R-1", "completed");
    }

    @Test
    void output_is_text_whatever_it_is_and_the_long_of_it_is_cut() {
        start("talk");
        var prompt = house.prompt("R-1");
        var _ = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve").firstWord();
        var log = discord.screen.awaitMessage("3000\n@everyone **bold** <@1> ```");
        assertThat(log.path("mentions")).isEmpty();
        awaitEnd("R-1", "completed");
        discord.screen.shown().forEach(FakeScreen::text); // fails on what would be markup
    }

    @Test
    void a_run_is_decided_in_the_terminal_and_closed_on_discord() throws Exception {
        start("deploy");
        var prompt = house.prompt("R-1");
        assertThat(house.say("cancel", "R-1", "seen here")).contains("R-1");
        FakeDiscord.await("a closed prompt", () -> isClosed(prompt));
        awaitEnd("R-1", "cancelled");
        start("deploy");
        var second = house.prompt("R-2");
        var _ = discord.interactions.click(house.bob, FakeScreen.id(second), "Approve").firstWord();
        house.awaitSaid("completed", "status", "R-2");
    }

    @Test
    void a_token_that_is_revoked_ends_the_connector_and_not_the_service() throws Exception {
        discord.faults.revoke();
        FakeDiscord.await(
                "word of it", () -> house.concerns.stream().anyMatch(it -> it.contains("revoked")));
        assertThat(house.say("runs")).isNotNull();
        assertThat(house.say("run", "deploy")).contains("R-1");
    }
}
