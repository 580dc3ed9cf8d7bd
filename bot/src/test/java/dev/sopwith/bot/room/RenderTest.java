package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.step.StepOutput;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a room shows of a run, one file a situation under {@code src/test/resources/room}. After a
 * change of the words: {@code mvn -pl .,engine,bot test -Dtest=RenderTest -Dsopwith.write}, and the
 * diff is what people will read.
 */
final class RenderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/room");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final String STEPS =
            """
            1. **Build** — the image.
               - tools: shell
               ```sh
               make image
               ```
            2. **Deploy** — it.
               - tools: shell
               - requires_confirmation: true
               - prompt: Ship ${steps.1.tag} to ${inputs.host}?
               ```sh
               ssh "$SOP_INPUT_HOST" deploy
               ```
            3. **Look** — at the dashboard for a while.
            """;

    private static final String INPUTS =
            """
            execution_mode = "auto"
            [[inputs]]
            name = "host"
            type = "string"
            """;

    private static final String HTTP =
            """
            1. **Tell** — the load balancer.
               - tools: http
               - requires_confirmation: true
               ```http
               POST https://lb.example.org/drain/${inputs.host}
               ```
            """;

    /** Text that would like to be more than text. */
    private static final String HOSTILE =
            "\u001b[2J\u001b]0;x\u0007\u202e @everyone <b>b</b> **b** `c` \n## h ${secrets.x} %s";

    private static Story deploy() {
        return Story.of(INPUTS, STEPS).start("host", "web-1");
    }

    private static Story atGate() {
        return deploy().begin()
                .after(MINUTE)
                .succeed("tag", "v7")
                .open(Story.policy(2, "bob", "carol", "dave"))
                .after(MINUTE);
    }

    private static Story approved() {
        return atGate().approve("bob").after(MINUTE).type("carol");
    }

    private static Story looking() {
        return approved().begin().after(MINUTE).succeed();
    }

    private static Map<String, Supplier<Story>> situations() {
        var all = new LinkedHashMap<String, Supplier<Story>>();
        all.put("begins", RenderTest::deploy);
        all.put("runs", () -> deploy().begin());
        all.put("at-gate", RenderTest::atGate);
        all.put("half-approved", () -> atGate().approve("bob"));
        all.put("taken-back", () -> atGate().approve("bob").after(MINUTE).withdraw("bob"));
        all.put("reminded", () -> atGate().approve("bob").tick(Duration.ofMinutes(20)));
        all.put("approved", RenderTest::approved);
        all.put("denied", () -> atGate().approve("bob").deny("carol", "not on a Friday"));
        all.put("expired", () -> atGate().tick(Duration.ofDays(2)));
        all.put(
                "own-run-and-code",
                () ->
                        deploy().begin()
                                .succeed("tag", "v7")
                                .open(
                                        Story.policy(
                                                1,
                                                Assurance.TYPED,
                                                true,
                                                Optional.empty(),
                                                "alice",
                                                "bob")));
        all.put("escalated", () -> escalating().tick(Duration.ofHours(25)));
        all.put("will-escalate", RenderTest::escalating);
        all.put(
                "revised",
                () ->
                        atGate().approve("bob")
                                .revise("the roster has changed")
                                .open(Story.policy(1, "carol", "erin"), "m3n4p", "else"));
        all.put("person", RenderTest::looking);
        all.put(
                "completed",
                () ->
                        looking()
                                .after(MINUTE)
                                .reply(RunCommand.Answer.DONE, "green for ten minutes"));
        all.put("failed", () -> deploy().begin().after(MINUTE).fail("exit code 3"));
        all.put(
                "failed-and-goes-on",
                () ->
                        Story.of(
                                        INPUTS,
                                        STEPS.replaceFirst(
                                                "- tools: shell",
                                                "- tools: shell\n   - on_failure: continue"))
                                .start("host", "web-1")
                                .begin()
                                .fail("exit code 3")
                                .open(Story.policy(1, "bob")));
        all.put("retries", () -> retrying().begin().fail("exit code 7"));
        all.put("cancelled", () -> atGate().cancel("wrong host"));
        all.put("in-doubt", () -> deploy().begin().after(MINUTE).doubt("the machine was lost"));
        all.put(
                "doubt-settled",
                () ->
                        deploy().begin()
                                .doubt("the machine was lost")
                                .settle(RunCommand.Settlement.DONE, "the image is there"));
        all.put("paused", () -> atGate().pause("restored from a backup"));
        all.put("resumed", () -> atGate().pause("restored from a backup").after(MINUTE).resume());
        all.put("forgotten", () -> looking().forget());
        all.put(
                "http",
                () ->
                        Story.of(INPUTS, HTTP)
                                .start(Set.of(), Set.of("host"), "host", "0a1b2c")
                                .does("POST https://lb.example.org/drain/***")
                                .open(Story.policy(1, "bob")));
        all.put("hostile", RenderTest::hostile);
        all.put("hostile-ended", () -> hostile().deny("bob", HOSTILE));
        return all;
    }

    private static Story escalating() {
        return deploy().begin()
                .succeed("tag", "v7")
                .open(
                        Story.policy(
                                1,
                                Assurance.CLICK,
                                false,
                                Optional.of(Set.of("erin", "frank")),
                                "bob"));
    }

    private static Story retrying() {
        return Story.of(
                        "execution_mode = \"auto\"",
                        """
                        1. **Pull** — it.
                           - tools: shell
                           - on_failure: retry:2 30s
                           ```sh
                           git pull
                           ```
                        """)
                .start();
    }

    private static Story hostile() {
        return Story.of(INPUTS, STEPS)
                .start("host", HOSTILE)
                .begin()
                .succeed("tag", HOSTILE)
                .does("ssh " + HOSTILE)
                .open(Story.policy(1, "bob"));
    }

    private static RunView view(String name) {
        return Optional.ofNullable(situations().get(name)).orElseThrow().get().view();
    }

    static Stream<String> names() {
        return situations().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_room_shows(String name) throws IOException {
        var page = page(view(name));
        var file = GOLDEN.resolve(name + ".txt");
        if (System.getProperty("sopwith.write") != null) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file)).isEqualTo(page);
    }

    @Test
    void no_golden_file_is_left_over() throws IOException {
        try (var files = Files.list(GOLDEN)) {
            assertThat(files.map(it -> it.getFileName().toString().replace(".txt", "")))
                    .containsExactlyInAnyOrderElementsOf(situations().keySet());
        }
    }

    private static String page(RunView view) {
        var parts = new ArrayList<String>();
        for (var post : Render.posts(view, true)) {
            var place = post.isInThread() ? "thread" : "room";
            var open = post.isClosed() ? "closed" : "open";
            parts.add(
                    "== %s (%s, %s)%n%s".formatted(post.key(), place, open, text(post.document())));
        }
        for (var notice : Notices.of(view)) {
            parts.add(
                    "== %s (once, until %s)%n%s"
                            .formatted(notice.key(), notice.expiresAt(), text(notice.document())));
        }
        return String.join("\n\n", parts) + "\n";
    }

    private static String text(Document document) {
        var lines = new ArrayList<String>();
        lines.add(document.plain());
        if (!document.mentions().isEmpty()) {
            lines.add("-- calls " + String.join(", ", document.mentions()));
        }
        if (!document.controls().isEmpty()) {
            lines.add(
                    document.controls().stream()
                            .map(it -> "[%s: %s]".formatted(it.label(), it.ask()))
                            .collect(Collectors.joining(" ", "-- ", "")));
        }
        if (document.isLoud()) lines.add("-- loud");
        return String.join("\n", lines);
    }

    // What holds for all of them

    @ParameterizedTest
    @MethodSource("names")
    void whatever_is_shown_is_plain_text_and_calls_only_persons_who_can_act(String name) {
        var view = view(name);
        for (var document : documents(view)) {
            assertThat(document.plain().replace("\n", "")).matches("[^\\p{Cc}\\p{Cf}\\p{Cs}]*");
            assertThat(document.title()).doesNotContain("everyone");
            assertThat(document.mentions())
                    .isSubsetOf("alice", "bob", "carol", "dave", "erin", "frank");
            for (var control : document.controls()) {
                assertThat(control.id()).startsWith("run/12/").hasSizeLessThan(80);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void what_is_closed_has_no_controls_and_calls_nobody(String name) {
        for (var post : Render.posts(view(name), true)) {
            if (!post.isClosed()) continue;
            assertThat(post.document().controls()).isEmpty();
            assertThat(post.document().mentions()).isEmpty();
            assertThat(post.document().isLoud()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_key_is_one_post_and_the_same_state_the_same_post(String name) {
        var view = view(name);
        assertThat(Render.posts(view, true)).extracting(Post::key).doesNotHaveDuplicates();
        assertThat(Notices.of(view)).extracting(Notice::key).doesNotHaveDuplicates();
        assertThat(Render.posts(view(name), true)).isEqualTo(Render.posts(view, true));
    }

    private static List<Document> documents(RunView view) {
        var all = new ArrayList<Document>();
        Render.posts(view, true).forEach(it -> all.add(it.document()));
        Notices.of(view).forEach(it -> all.add(it.document()));
        return all;
    }

    @Test
    void a_command_of_200_kilobytes_is_cut_and_says_so() {
        var prompt =
                Render.posts(
                                Story.of(INPUTS, STEPS)
                                        .start("host", "x".repeat(30_000))
                                        .begin()
                                        .succeed("tag", "v7")
                                        .does("echo " + "y".repeat(200_000))
                                        .open(Story.policy(1, "bob"))
                                        .view(),
                                true)
                        .getLast()
                        .document();
        assertThat(prompt.plain())
                .hasSizeLessThan(20_000)
                .contains("the last 192,005 characters are not shown: read SOP.md");
        assertThat(prompt.blocks()).hasAtLeastOneElementOfType(Block.Code.class);
    }

    @Test
    void nobody_is_told_to_click_where_nothing_can_be_clicked() {
        var view = atGate().view();
        assertThat(Render.posts(view, true).getLast().document().plain()).contains("or a click");
        assertThat(Render.posts(view, false).getLast().document().plain())
                .contains("yes: approve ")
                .doesNotContain("click");
        assertThat(Render.open(view).orElseThrow().plain()).doesNotContain("click");
    }

    // Other documents

    @Test
    void a_log_shows_the_last_twenty_lines() {
        var text =
                IntStream.rangeClosed(1, 30)
                        .mapToObj(it -> "line " + it)
                        .collect(Collectors.joining("\n"));
        var output = new StepOutput(231, 0, text, "", Optional.empty());
        assertThat(Render.log(deploy().view(), 1, output).plain())
                .startsWith(
                        "R-12 deploy: output of step 1\nthe last lines of 231 bytes; all of it: log"
                                + " R-12 1 full\n    line 11\n")
                .endsWith("    line 30");
        assertThat(Render.log(deploy().view(), 1, StepOutput.NONE).plain())
                .endsWith("it printed nothing");
    }

    @Test
    void the_service_says_one_line() {
        assertThat(Notices.started(7, 1, 2).plain())
                .isEqualTo("Sopwith is up: 7 SOPs, 1 broken; 2 runs going on");
        assertThat(Notices.interrupted(deploy().begin().view()).plain())
                .isEqualTo("R-12 deploy was interrupted; now: does step 1 (Build)");
        assertThat(Notices.missed("backup", "03:05 UTC; nobody was here", true).plain())
                .isEqualTo(
                        """
                        backup: a scheduled start was missed
                        03:05 UTC; nobody was here
                        to start it now: run backup""");
        assertThat(Notices.stopped().plain()).startsWith("Sopwith stops");
    }
}
