package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The whole service with a roster that changes while people are asked. */
class RosterServiceTest implements App.Listener {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");
    private static final String ME = System.getProperty("user.name");

    @TempDir private Path folder;
    private final BlockingQueue<RosterFile.Event> heard = new LinkedBlockingQueue<>();

    @Override
    public void heard(SopEvent event) {}

    @Override
    public void heard(RosterFile.Event event) {
        heard.add(event);
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
    void people_are_asked_anew_when_the_roster_says_others() throws Exception {
        roster("bob", "");
        try (var _ = open()) {
            var first = code(say("run", "go"));
            assertThat(say("approve", first)).contains("one of them could have said it");

            roster("me, bob", "single_operator: true");
            assertThat(heard.poll(60, TimeUnit.SECONDS))
                    .isInstanceOf(RosterFile.Event.Changed.class);

            assertThat(say("approve", first)).contains("no open gate has the code");
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
    void a_roster_that_others_may_write_starts_nothing() throws Exception {
        roster("me", "");
        Files.setPosixFilePermissions(
                folder.resolve("roster.yaml"), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThatThrownBy(this::open)
                .isInstanceOf(RosterFile.Unusable.class)
                .hasMessageContaining("can be changed by others");
    }
}
