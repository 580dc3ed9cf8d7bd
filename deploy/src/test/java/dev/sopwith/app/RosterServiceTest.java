package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The whole service with a roster that changes while people are asked. */
@Timeout(180)
class RosterServiceTest implements App.Listener {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");
    private static final String ME = System.getProperty("user.name");

    @TempDir private Path folder;
    private final BlockingQueue<RosterFile.Event> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> concerns = new LinkedBlockingQueue<>();

    @Override
    public void heard(SopEvent event) {}

    @Override
    public void heard(RosterFile.Event event) {
        heard.add(event);
    }

    @Override
    public void concerned(String line) {
        concerns.add(line);
    }

    @Override
    public void stopped(StoreException why) {}

    @BeforeEach
    void writeSop() throws IOException {
        var sop = Files.createDirectories(folder.resolve("sops/go"));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "go"
                description = "d"
                execution_mode = "auto"

                [[triggers]]
                type = "manual"
                """);
        Files.writeString(
                sop.resolve("SOP.md"),
                "## Steps\n\n1. **Go** — home.\n   - requires_confirmation: true\n");
    }

    private void roster(String release, String more) throws IOException {
        var text =
                """
                people: {me: {local: [%s]}, bob: {local: [nobody]}, carol: {local: [carol]}}
                groups: {release: [%s]}
                access: [{sops: "*", run: [everyone]}]
                policies: {default: {approvers: [release]}}
                %s
                """
                        .formatted(ME, release, more);
        var draft = Files.writeString(folder.resolve("draft"), text);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                draft,
                folder.resolve("roster.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private App open() throws Exception {
        var roster = RosterFile.open(folder.resolve("roster.yaml"), "roster.yaml");
        return App.open(
                new App.Settings(
                        folder.resolve("sops"),
                        "sops",
                        folder.resolve("state"),
                        ME,
                        Optional.empty(),
                        Optional.of(roster),
                        Map.of()),
                this,
                Clocks.right(Clock.systemUTC()));
    }

    private String say(String... words) throws Exception {
        try (var client = LocalClient.connect(App.socket(folder.resolve("state").toRealPath()))) {
            Answer answer = client.ask(new Request(List.of(words), false), _ -> {});
            return String.join("\n", answer.lines());
        }
    }

    private static String code(String text) {
        var code = CODE.matcher(text);
        assertThat(code.find()).as(text).isTrue();
        return code.group(1);
    }

    @Test
    void a_broken_roster_stands_in_status_until_it_is_mended() throws Exception {
        roster("bob", "");
        try (var _ = open()) {
            assertThat(say("status")).doesNotContain("roster");
            roster("bob, nobody-knows", "");
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isInstanceOf(RosterFile.Event.Broke.class);

            assertThat(say("status"))
                    .contains("the roster on disk is broken, the last good one holds")
                    .contains("roster.yaml:2:", "nobody-knows", "config check");
            roster("bob", "");
            assertThat(heard.poll(60, TimeUnit.SECONDS))
                    .isInstanceOf(RosterFile.Event.Recovered.class);
            assertThat(say("status")).doesNotContain("roster");
        }
    }

    @Test
    void people_are_asked_anew_when_the_roster_says_others() throws Exception {
        roster("bob", "");
        try (var _ = open()) {
            var first = code(say("run", "go"));
            assertThat(say("approve", first)).contains("one of them could have said it");

            roster("me, bob", "single_operator: true");
            assertThat(heard.poll(60, TimeUnit.SECONDS))
                    .isInstanceOf(RosterFile.Event.Changed.class);

            assertThat(say("approve", first)).contains("replaced by revision 2");
            var second = code(say("status", "R-1"));
            assertThat(say("approve", second)).contains("waits for people");
        }
    }

    @Test
    void a_run_that_nobody_could_clear_is_refused_with_whom_it_lacks() throws Exception {
        roster("carol", "require: [{sops: go, policy: default}]");
        try (var _ = open()) {
            assertThat(say("run", "go")).contains("approve ");
        }
        roster("me", "require: [{sops: go, priority: high}]");
        try (var _ = open()) {
            assertThat(say("run", "go"))
                    .contains("not allowed", "step 1 needs 1 of default", "there is nobody", "me");
        }
    }

    @Test
    void what_a_sop_lacks_of_the_roster_is_told_at_the_start_and_at_each_change() throws Exception {
        roster("carol", "");
        try (var _ = open()) {
            assertThat(concerns).isEmpty();
            Files.writeString(
                    folder.resolve("sops/go/SOP.md"),
                    """
                    ## Steps

                    1. **Go** — home.
                       - requires_confirmation: true
                       - policy: prod
                    """);
            assertThat(concerns.poll(60, TimeUnit.SECONDS))
                    .contains("sops/go/SOP.md:3:1: error: the roster has no policy", "prod");
            assertThat(table("list"))
                    .contains("go  manual  auto  sops/go/SOP.md:3: the roster has");
            assertThat(say("show", "go")).contains("the roster has no policy");
            assertThat(say("plan", "go")).contains("the roster has no policy");
        }
        try (var _ = open()) {
            assertThat(concerns.poll()).contains("the roster has no policy");
            roster("carol", "require: [{sops: nothing, policy: default}]");
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(concerns).as("the same is not told twice").isEmpty();
        }
    }

    private String table(String... words) throws Exception {
        try (var client = LocalClient.connect(App.socket(folder.resolve("state").toRealPath()))) {
            return RunningApp.text(client.ask(new Request(List.of(words), false), _ -> {}));
        }
    }

    @Test
    void a_connector_that_needs_a_restart_is_told_and_stands_in_status() throws Exception {
        roster("carol", "");
        try (var _ = open()) {
            assertThat(say("status")).doesNotContain("connector");
            roster("carol", "connectors: {ops: {kind: tmux}}");
            assertThat(concerns.poll(60, TimeUnit.SECONDS))
                    .isEqualTo("connector ops: added in the roster; needs a restart");
            assertThat(concerns.poll(60, TimeUnit.SECONDS))
                    .isEqualTo("connector tmux: removed in the roster; needs a restart");
            assertThat(say("status")).contains("connector ops: added in the roster");
        }
        try (var _ = open()) {
            assertThat(say("status")).doesNotContain("connector");
        }
    }

    @Test
    void the_room_of_the_terminals_is_there_whatever_the_roster_names_and_routes()
            throws Exception {
        roster(
                "carol",
                """
                connectors: {ops: {kind: discord, discord: {channel_id: "1"}}}
                routes: [{sops: "*", to: [ops]}]
                """);
        try (var _ = open()) {
            say("run", "go");
            assertThat(seen(it -> it.startsWith("R-1 go"))).isTrue();
        }
    }

    @Test
    void a_room_of_terminals_that_the_roster_names_obeys_its_routes() throws Exception {
        roster(
                "carol",
                """
                connectors: {ops: {kind: discord, discord: {channel_id: "1"}}, here: {kind: tmux}}
                routes: [{sops: "g*", to: [ops]}]
                """);
        try (var _ = open()) {
            say("run", "go");
            RunningApp.write(folder, "home", "", "1. **Go** — home.\n");
            RealService.await(() -> table("list").contains("home"));
            say("run", "home");
            assertThat(seen(it -> it.startsWith("R-2 home"))).isTrue();
            assertThat(titles).noneMatch(it -> it.startsWith("R-1 go"));
        }
    }

    private final List<String> titles = new ArrayList<>();

    /** Follows the room until it shows such a message; all that it showed before is kept. */
    private boolean seen(Predicate<String> isIt) throws Exception {
        var feed =
                LocalFeed.subscribe(
                        App.socket(folder.resolve("state").toRealPath()),
                        dev.sopwith.bot.local.Room.Place.NEW);
        try {
            feed.follow(
                    frame -> {
                        titles.add(frame.title());
                        if (isIt.test(frame.title())) feed.close();
                    });
        } catch (IOException _) {
            // It was closed, because it was seen.
        }
        return titles.stream().anyMatch(isIt);
    }

    @Test
    void a_roster_that_others_may_write_starts_nothing() throws Exception {
        roster("me", "");
        Files.setPosixFilePermissions(
                folder.resolve("roster.yaml"), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThatThrownBy(this::open)
                .isInstanceOf(RosterFile.Unusable.class)
                .hasMessageContaining("can be changed by others");
    }
}
