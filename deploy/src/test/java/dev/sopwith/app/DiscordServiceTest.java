package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.discord.FakeDiscord;

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
        var start = discord.slash(house.alice, "sop run", Map.of("name", "deploy"));
        assertThat(start.answer()).contains("R-1");
        assertThat(start.isToldPrivately()).isTrue();

        var prompt = house.prompt("R-1");
        assertThat(prompt.path("mentions").findValuesAsString("username")).contains("bob");
        var own = discord.click(house.alice, FakeDiscord.id(prompt), "Approve");
        assertThat(own.answer()).contains("not counted: you started this run");
        assertThat(own.isToldPrivately()).isTrue();

        var other = discord.click(house.bob, FakeDiscord.id(prompt), "Approve");
        assertThat(other.firstWord().path("type").asInt(0)).isEqualTo(6);
        discord.awaitMessage("deployed by hand");
        discord.awaitMessage(it -> it.contains("deploy") && it.contains("completed"), "the end");
        discord.awaitState(
                "a closed prompt", FakeDiscord.id(prompt), it -> it.path("components").isEmpty());
    }

    private void start(String sop) {
        var _ = discord.slash(house.alice, "sop run", Map.of("name", sop)).answer();
    }

    private void awaitEnd(String run, String outcome) {
        var _ =
                discord.awaitMessage(
                        it -> it.startsWith(run) && it.contains(outcome), run + " " + outcome);
    }

    private boolean isClosed(ObjectNode prompt) {
        return discord.shown().stream()
                .filter(it -> FakeDiscord.id(it).equals(FakeDiscord.id(prompt)))
                .allMatch(it -> it.path("components").isEmpty());
    }

    @Test
    void what_is_critical_takes_the_code_in_a_modal() {
        start("wipe");
        var prompt = house.prompt("R-1");
        var click = discord.click(house.bob, FakeDiscord.id(prompt), "Approve");
        assertThat(click.firstWord().path("type").asInt(0)).isEqualTo(9);
        assertThat(discord.submit(click, Map.of("code", "zzzzz")).answer()).contains("code");

        var again = discord.click(house.bob, FakeDiscord.id(prompt), "Approve");
        var _ = discord.submit(again, Map.of("code", DiscordHouse.code(prompt))).firstWord();

        awaitEnd("R-1", "completed");
        // A mark proves no code.
        start("wipe");
        discord.react(house.bob, FakeDiscord.id(house.prompt("R-2")), "✅");
        var _ = discord.awaitMessage("this needs the typed code");
    }

    @Test
    void all_that_a_step_printed_comes_as_a_file() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var _ = discord.click(house.bob, FakeDiscord.id(prompt), "Approve").firstWord();
        awaitEnd("R-1", "completed");

        var asked = Map.of("run", "R-1", "step", "1", "full", "full");
        var log = discord.slash(house.alice, "sop log", asked);

        assertThat(log.answer()).contains("R-1 step 1", "all of it is in the file");
        var files = log.told().getLast().path("attachments");
        assertThat(files.findValuesAsString("filename")).containsExactly("R-1-step-1.txt");
        assertThat(files.get(0).path("size").asInt()).isEqualTo("deployed by hand\n".length());
    }

    @Test
    void a_no_has_a_reason_and_ends_the_run() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var click = discord.click(house.bob, FakeDiscord.id(prompt), "Deny");
        var _ = discord.submit(click, Map.of("reason", "not on a **Friday**")).firstWord();

        awaitEnd("R-1", "denied");
        var _ = discord.awaitMessage("not on a **Friday**");
        FakeDiscord.await("a closed prompt", () -> isClosed(prompt));
    }

    @Test
    void marks_count_and_can_be_taken_back_until_it_is_decided() {
        start("pair");
        var prompt = house.prompt("R-1");
        discord.react(house.bob, FakeDiscord.id(prompt), "✅");
        var _ =
                discord.awaitState(
                        "a vote", FakeDiscord.id(prompt), it -> shows(it, "votes: 1 of 2"));
        discord.unreact(house.bob, FakeDiscord.id(prompt), "✅");
        var _ =
                discord.awaitState(
                        "no vote", FakeDiscord.id(prompt), it -> shows(it, "votes: 0 of 2"));
        discord.react(house.bob, FakeDiscord.id(prompt), "✅");
        discord.react(house.carol, FakeDiscord.id(prompt), "✅");
        awaitEnd("R-1", "completed");
    }

    private long refusals() {
        return discord.shown().stream()
                .filter(it -> FakeDiscord.text(it).contains("not counted: you started this run"))
                .count();
    }

    private static boolean shows(JsonNode message, String words) {
        return FakeDiscord.text((ObjectNode) message).contains(words);
    }

    @Test
    void two_who_press_at_once_are_one_yes_each_and_the_step_runs_once() {
        start("deploy");
        var id = FakeDiscord.id(house.prompt("R-1"));
        var one = discord.click(house.bob, id, "Approve");
        var other = discord.click(house.carol, id, "Approve");
        assertThat(one.firstWord().path("type").asInt(0)).isEqualTo(6);
        assertThat(other.firstWord().path("type").asInt(0)).isEqualTo(6);
        awaitEnd("R-1", "completed");
        assertThat(discord.shown())
                .filteredOn(it -> FakeDiscord.text(it).contains("output of step 1"))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void votes_that_were_cast_while_the_service_was_down_count_once() throws Exception {
        start("pair");
        var prompt = house.prompt("R-1");
        discord.react(house.carol, FakeDiscord.id(prompt), "✅");
        var _ =
                discord.awaitState(
                        "a vote", FakeDiscord.id(prompt), it -> shows(it, "votes: 1 of 2"));
        house.stop();
        discord.react(house.bob, FakeDiscord.id(prompt), "✅");
        discord.unreact(house.carol, FakeDiscord.id(prompt), "✅");
        house.open();

        var _ =
                discord.awaitState(
                        "the other vote",
                        FakeDiscord.id(prompt),
                        it -> shows(it, "votes: 1 of 2: bob"));
        // Yesterday's button works as well.
        var _ = discord.click(house.carol, FakeDiscord.id(prompt), "Approve").firstWord();
        awaitEnd("R-1", "completed");
    }

    @Test
    void words_that_were_said_while_the_service_was_down_are_heard_in_their_order()
            throws Exception {
        start("deploy");
        var _ = house.prompt("R-1");
        house.stop();
        discord.mention(house.alice, house.room(), "cancel R-1 never mind");
        house.open();
        awaitEnd("R-1", "cancelled");
    }

    @Test
    void a_button_from_before_a_restore_is_dead() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press =
                discord.press(
                        house.bob,
                        FakeDiscord.id(prompt),
                        "s1:p:0000000000000000/run/1/step/1/1/gate/1/approve");
        assertThat(press.answer()).contains("from before a restore");
    }

    @Test
    void strangers_are_told_once_and_privately_and_nothing_is_done() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press = discord.click(house.mallory, FakeDiscord.id(prompt), "Approve");
        assertThat(press.answer()).contains("is not in the roster");
        assertThat(press.isToldPrivately()).isTrue();
        var again = discord.slash(house.mallory, "sop run", Map.of("name", "deploy"));
        assertThat(again.answer()).contains("done");
        assertThat(discord.suggestions(house.mallory, "sop run", Map.of("name", ""), "name"))
                .isEmpty();
        assertThat(discord.find("R-2")).isEmpty();
    }

    @Test
    void an_answer_that_comes_too_late_for_discord_is_told_in_the_room() {
        discord.nextIsLate();
        var late = discord.slash(house.alice, "sop run", Map.of("name", "deploy"));
        var _ = discord.awaitMessage("R-1");
        assertThat(late.first().isDone()).isFalse();
    }

    @Test
    void a_press_is_done_although_the_gateway_fails_at_that_very_moment() {
        start("deploy");
        var prompt = house.prompt("R-1");
        var press = discord.click(house.bob, FakeDiscord.id(prompt), "Approve");
        discord.gateway.cut();
        assertThat(press.firstWord().path("type").asInt(0)).isEqualTo(6);
        awaitEnd("R-1", "completed");
    }

    @Test
    void five_hundred_who_ask_at_once_are_all_answered() {
        discord.firstWordWithin = Duration.ofSeconds(60);
        var all = new ArrayList<FakeDiscord.Interaction>();
        for (int i = 0; i < 500; i++) {
            all.add(discord.slash(i % 2 == 0 ? house.alice : house.bob, "sop whoami", Map.of()));
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
        discord.delete(FakeDiscord.id(first));
        discord.mention(house.bob, house.room(), "approve " + DiscordHouse.code(first));
        FakeDiscord.await(
                "another prompt",
                () ->
                        house.openPrompt("R-1")
                                .filter(it -> !FakeDiscord.id(it).equals(FakeDiscord.id(first)))
                                .isPresent());
    }

    @Test
    void what_is_missing_is_asked_and_secrets_stand_nowhere() throws Exception {
        var asked = discord.slash(house.alice, "sop run", Map.of("name", "ask"));
        var modal = asked.firstWord().path("data");
        assertThat(modal.path("components").findValuesAsString("label"))
                .containsExactly("host", "pw");
        var form = discord.submit(asked, Map.of("host", "db1", "pw", "hunter2-of-mine"));
        assertThat(form.answer()).contains("R-1");
        var prompt = house.prompt("R-1");
        var _ = discord.click(house.bob, FakeDiscord.id(prompt), "Approve").firstWord();
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
        assertThat(discord.suggestions(alice, "sop run", Map.of("name", "d"), "name"))
                .containsExactly("deploy");
        assertThat(
                        discord.suggestions(
                                alice, "sop run", Map.of("name", "ask", "inputs", ""), "inputs"))
                .containsExactly("host=");
        start("deploy");
        var _ = house.prompt("R-1");
        assertThat(discord.suggestions(alice, "sop status", Map.of("run", "r"), "run"))
                .containsExactly("R-1");
        assertThat(discord.suggestions(alice, "sop deny", Map.of("gate", ""), "gate")).hasSize(2);
        assertThat(discord.suggestions(alice, "sop help", Map.of("verb", "un"), "verb"))
                .containsExactly("unvote", "unpause", "unfreeze");
    }

    @Test
    void mentions_and_replies_are_a_second_way() {
        discord.mention(house.alice, house.room(), "run deploy");
        var prompt = house.prompt("R-1");
        house.awaitKnown("R-1");
        discord.reply(house.alice, FakeDiscord.id(prompt), "approve");
        FakeDiscord.await("another refusal", () -> refusals() == 2);
        discord.mention(house.alice, house.room(), "aprove x");
        var _ = discord.awaitMessage("did you mean");
        discord.reply(house.bob, FakeDiscord.id(prompt), "approve");
        awaitEnd("R-1", "completed");
    }

    @Test
    void output_is_text_whatever_it_is_and_the_long_of_it_is_cut() {
        start("talk");
        var prompt = house.prompt("R-1");
        var _ = discord.click(house.bob, FakeDiscord.id(prompt), "Approve").firstWord();
        var log = discord.awaitMessage("3000\n@everyone **bold** <@1> ```");
        assertThat(log.path("mentions")).isEmpty();
        awaitEnd("R-1", "completed");
        discord.shown().forEach(FakeDiscord::text); // fails on what would be markup
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
        var _ = discord.click(house.bob, FakeDiscord.id(second), "Approve").firstWord();
        house.awaitSaid("completed", "status", "R-2");
    }

    @Test
    void a_token_that_is_revoked_ends_the_connector_and_not_the_service() throws Exception {
        discord.revoke();
        FakeDiscord.await(
                "word of it", () -> house.concerns.stream().anyMatch(it -> it.contains("revoked")));
        assertThat(house.say("runs")).isNotNull();
        assertThat(house.say("run", "deploy")).contains("R-1");
    }
}
