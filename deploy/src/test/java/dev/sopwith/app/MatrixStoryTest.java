package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.MatrixEvent;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a team does in a room of Matrix, with the real service and a real Synapse. */
@ExtendWith(SynapseExtension.class)
@Timeout(180)
@Tag("peer")
class MatrixStoryTest {
    @TempDir private Path folder;
    private MatrixHouse house;

    @BeforeEach
    void begin() throws Exception {
        house = MatrixHouse.open(folder, SynapseExtension.shared());
        house.sop(
                "deploy-prod",
                """
                priority = "high"

                [[inputs]]
                name = "version"
                type = "string"
                required = true
                """,
                """
                1. **Deploy** — brings it out.
                   - tools: shell
                   - requires_confirmation: true
                   - prompt: Deploy ${inputs.version}?

                   ```sh
                   echo "deployed $SOP_INPUT_VERSION" | tee -a '%s'
                   ```
                """
                        .formatted(deployed()));
    }

    @AfterEach
    void end() {
        house.close();
    }

    private Path deployed() {
        return folder.resolve("deployed");
    }

    private Shown asked() throws Exception {
        house.alice.say(house.room, "/sop run deploy-prod version=1.4.2");
        return house.awaitPrompt("R-1");
    }

    @Test
    void a_run_is_started_approved_by_the_right_person_and_seen_to_its_end() throws Exception {
        house.start();
        house.alice.say(house.room, "/sop run deploy-prod version=1.4.2");

        var card = house.awaitCard("R-1", "at gate");
        assertThat(card.thread()).as("the card is in the room itself").isEmpty();
        var prompt = house.awaitPrompt("R-1");
        assertThat(prompt.thread()).contains(card.id());
        assertThat(prompt.text()).contains("Deploy 1.4.2?", "deployed $SOP_INPUT_VERSION");
        assertThat(prompt.first().mentions())
                .containsExactlyInAnyOrder(house.bob.id(), house.carol.id());

        house.alice.react(house.room, prompt.id(), "✅");
        var refused = house.awaitText("not counted: you started this run");
        assertThat(refused.thread()).as("where everybody follows it").contains(card.id());
        assertThat(deployed()).doesNotExist();

        house.bob.react(house.room, prompt.id(), "✅");
        var counted = house.awaitText("counted 1 of 1: matrix:" + house.bob.id());
        assertThat(counted.thread()).contains(card.id());
        var output = house.awaitText("output of step 1");
        assertThat(output.thread()).contains(card.id());
        assertThat(output.text()).contains("deployed 1.4.2");

        var last = house.awaitCard("R-1", "completed");
        assertThat(last.id()).as("the same message to the end").isEqualTo(card.id());
        assertThat(Files.readAllLines(deployed())).containsExactly("deployed 1.4.2");
        var closed = house.awaitShown(it -> it.id().equals(prompt.id()) && it.marks().isEmpty());
        assertThat(closed.text()).contains("approved", house.bob.id());
    }

    @Test
    void a_prompt_notifies_those_who_can_act_and_a_card_nobody() throws Exception {
        house.start();
        var prompt = asked();

        assertThat(prompt.isNotice()).isFalse();
        Eventually.await(() -> house.bob.unread(house.room).mentions() == 1);
        var card = house.awaitCard("R-1", "at gate");
        assertThat(card.isNotice()).isTrue();
        assertThat(card.first().mentions()).isEmpty();
        assertThat(house.alice.unread(house.room).mentions()).as("cannot act").isZero();
    }

    @Test
    void every_way_to_address_the_service_is_heard_and_talk_is_not() throws Exception {
        house.start();
        var card = asked().thread().orElseThrow();
        var bot = house.bot.id();
        house.alice.say(house.room, "show talk-1");
        house.alice.say(house.room, "we !sop show talk-2 too often");
        house.alice.sayInThread(house.room, card, "skip lunch?");
        house.alice.sayInThread(house.room, card, "show talk-3");
        house.alice.say(house.room, "!sop show way-1");
        house.alice.say(house.room, "//sop show way-2");
        house.alice.say(house.room, "/sop show way-3");
        house.alice.mention(house.room, bot, "show way-4");
        house.alice.sayInThread(house.room, card, "!sop show way-5");
        house.alice.sayInThread(house.room, card, "cancel");

        for (int i = 1; i <= 5; i++) house.awaitText("way-" + i);
        house.awaitText("R-1 deploy-prod: cancelled");
        assertThat(house.awaitText("way-1").thread()).isEmpty();
        assertThat(house.awaitText("way-5").thread()).as("answered where asked").contains(card);
        assertThat(house.count("talk-")).isZero();
        assertThat(house.count("lunch")).isZero();
    }

    @Test
    void what_bots_say_and_what_is_edited_is_no_command() throws Exception {
        house.start();
        house.alice.sayAsNotice(house.room, "!sop run deploy-prod version=1");
        var first = house.alice.say(house.room, "!sop whoami");
        house.awaitText("matrix:" + house.alice.id());
        house.alice.edit(house.room, first, "!sop run deploy-prod version=2");
        house.awaitText("send it again");
        house.alice.say(house.room, "!sop runs");
        house.awaitText("no runs yet");
    }

    @Test
    void a_stranger_is_told_once_and_does_nothing() throws Exception {
        house.start();
        var prompt = asked();
        house.mallory.react(house.room, prompt.id(), "✅");
        house.awaitText("matrix:" + house.mallory.id() + " is not in the roster");
        house.mallory.say(house.room, "!sop approve " + MatrixHouse.code(prompt));
        house.mallory.say(house.room, "!sop run deploy-prod version=9");
        house.alice.say(house.room, "!sop runs");
        house.awaitText("R-1");
        assertThat(house.count(" is not in the roster")).isEqualTo(1);
        assertThat(house.ask("status", "R-1")).contains("votes: 0 of 1");
        assertThat(house.ask("runs")).doesNotContain("R-2");
    }

    @Test
    void a_yes_is_taken_back_by_taking_the_mark_back() throws Exception {
        house.roster("require: [{sops: \"*\", policy: two}]");
        house.start();
        var prompt = asked();
        var mark = house.bob.react(house.room, prompt.id(), "✅");
        house.awaitText("counted 1 of 2: matrix:" + house.bob.id());
        house.bob.redact(house.room, mark);
        house.awaitShown(it -> it.id().equals(prompt.id()) && it.text().contains("votes: 0 of 2"));
        house.carol.react(house.room, prompt.id(), "✅");
        house.awaitText("counted 1 of 2: matrix:" + house.carol.id());
        assertThat(deployed()).doesNotExist();
    }

    @Test
    void variants_of_a_mark_are_the_mark_and_other_marks_are_nothing() throws Exception {
        house.start();
        var prompt = asked();
        house.bob.react(house.room, prompt.id(), "👍");
        house.bob.react(house.room, prompt.id(), "x".repeat(200));
        house.bob.react(house.room, house.alice.say(house.room, "not a prompt"), "✅");
        house.bob.react(house.room, prompt.id(), "✅\ufe0f");
        house.awaitText("counted 1 of 1: matrix:" + house.bob.id());
        house.awaitText("R-1 deploy-prod: completed");
    }

    @Test
    void what_was_approved_is_what_runs_when_the_sop_is_edited_meanwhile() throws Exception {
        house.start();
        var prompt = asked();
        var file = folder.resolve("sops/deploy-prod/SOP.md");
        Files.writeString(file, Files.readString(file).replace("deployed $SOP", "EVIL $SOP"));
        Eventually.await(() -> house.ask("plan", "deploy-prod", "version=1").contains("EVIL"));

        house.bob.react(house.room, prompt.id(), "✅");

        house.awaitText("R-1 deploy-prod: completed");
        assertThat(Files.readAllLines(deployed())).containsExactly("deployed 1.4.2");
    }

    @Test
    void hostile_text_stays_text_and_calls_nobody() throws Exception {
        house.start();
        var text = "@room <b>bold</b> <img src=x> \u202egnp.exe [a](http://evil.example)";
        house.alice.say(house.room, "!sop run deploy-prod version=\"" + text + "\"");

        var prompt = house.awaitPrompt("R-1");
        assertThat(prompt.text()).contains("@room <b>bold</b>", "\\u202e");
        var html = prompt.first().html();
        assertThat(html).contains("&lt;b&gt;bold&lt;/b&gt;").doesNotContain("<img", "\u202e");
        for (var it : house.shown()) {
            assertThat(it.first().content().path("m.mentions").path("room").asBoolean(false))
                    .isFalse();
            assertThat(it.first().html()).doesNotContain("<b>bold", "href=\"http://evil");
        }
        assertThat(prompt.first().mentions())
                .containsExactlyInAnyOrder(house.bob.id(), house.carol.id());
    }

    @Test
    void much_text_in_and_out_stays_within_what_a_server_takes() throws Exception {
        house.sop(
                "much",
                "",
                """
                1. **Print** — much.
                   - tools: shell

                   ```sh
                   head -c 200000 /dev/zero | tr '\\0' 'x' | fold -w 3000
                   ```
                """);
        house.start();
        house.alice.say(house.room, "!sop run deploy-prod version=" + "9".repeat(50_000));
        house.alice.say(house.room, "!sop run much");
        house.awaitText("much: completed");
        house.awaitText("output of step 1");
        for (var it : house.alice.events(house.room)) {
            if (!it.sender().equals(house.bot.id())) continue;
            assertThat(MatrixUser.weight(it)).as(it.type()).isLessThan(60 * 1024);
        }
        assertThat(house.shown()).filteredOn(it -> it.text().isBlank()).isEmpty();
    }

    @Test
    void a_room_shows_plain_text_to_whoever_has_no_markup() throws Exception {
        house.start();
        var prompt = asked();
        for (var it : house.shown()) {
            assertThat(it.first().body()).isNotBlank();
            if (it.first().html().isEmpty()) continue;
            assertThat(it.first().content().path("format").asString(""))
                    .isEqualTo("org.matrix.custom.html");
        }
        assertThat(prompt.first()).extracting(MatrixEvent::messageType).isEqualTo("m.text");
    }
}
