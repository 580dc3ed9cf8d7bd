package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.Room;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Matrix, Discord and the terminals at once: a run is one run, wherever it is spoken of. */
@Timeout(180)
abstract class OneRunOnThreeNetworks {
    @TempDir private Path folder;

    /** The side of Matrix: a room in which the service is, with alice, bob and carol. */
    interface MatrixSide {
        DiscordHouse.Neighbour neighbour();

        void say(String person, String text) throws Exception;

        /** What the service shows there at the moment. */
        List<String> shown() throws Exception;
    }

    /** Opens it for one test. */
    protected abstract MatrixSide matrix() throws Exception;

    @Test
    void a_run_from_discord_is_decided_in_matrix_and_on_discord_and_the_terminal_sees_it()
            throws Exception {
        var matrix = matrix();
        try (var house = new DiscordHouse(folder, matrix.neighbour());
                var terminal = Terminal.open(App.socket(folder.resolve("state").toRealPath()))) {
            var discord = house.discord;
            var started =
                    discord.interactions.slash(house.alice, "sop run", Map.of("name", "pair"));
            assertThat(started.answer()).contains("R-1");
            var prompt = house.prompt("R-1");
            var code = DiscordHouse.code(prompt);
            await("the prompt in Matrix", () -> shows(matrix, "needs a yes", code));
            await("the prompt at the terminal", () -> terminal.shows("needs a yes"));

            // The first of two in Matrix: all see that one is missing.
            matrix.say("bob", "approve " + code);
            var _ =
                    discord.screen.awaitState(
                            "bob's vote",
                            FakeScreen.id(prompt),
                            it -> it.toString().contains("votes: 1 of 2: bob"));
            await("the vote at the terminal", () -> terminal.shows("votes: 1 of 2: bob"));

            // The same person elsewhere is the same person.
            var again = discord.interactions.click(house.bob, FakeScreen.id(prompt), "Approve");
            assertThat(again.firstWord()).isNotNull();
            assertThat(house.say("status", "R-1")).contains("votes: 1 of 2: bob (matrix:");

            // The second on Discord decides it, and everywhere nobody is asked any more.
            var _ =
                    discord.interactions
                            .click(house.carol, FakeScreen.id(prompt), "Approve")
                            .firstWord();
            var _ =
                    discord.screen.awaitMessage(
                            it -> it.startsWith("R-1") && it.contains("completed"), "the end");
            await("the end in Matrix", () -> shows(matrix, "R-1 pair: completed"));
            await("no prompt in Matrix", () -> !shows(matrix, "needs a yes"));
            await("no prompt at the terminal", () -> terminal.closed.size() == 1);
            await(
                    "no prompt on Discord",
                    () ->
                            discord.screen.shown().stream()
                                    .allMatch(it -> it.path("components").isEmpty()));
            assertThat(house.say("status", "R-1")).contains("completed");

            // The next one is started in Matrix, ended at the terminal, and over for all.
            matrix.say("alice", "run deploy");
            var second = house.prompt("R-2");
            assertThat(house.say("cancel", "R-2", "not today")).contains("R-2");
            await("the end in Matrix", () -> shows(matrix, "R-2 deploy: cancelled"));
            var _ =
                    discord.screen.awaitState(
                            "a closed prompt",
                            FakeScreen.id(second),
                            it -> it.path("components").isEmpty());
        }
    }

    /** Something that is not so yet. */
    private interface Condition {
        boolean isSo() throws Exception;
    }

    private static void await(String what, Condition condition) {
        FakeDiscord.await(
                what,
                () -> {
                    try {
                        return condition.isSo();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    private static boolean shows(MatrixSide matrix, String... words) throws Exception {
        return matrix.shown().stream()
                .anyMatch(it -> List.of(words).stream().allMatch(it::contains));
    }

    /** One who follows the room of the terminals. */
    private static final class Terminal implements AutoCloseable, LocalFeed.Listener {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final List<String> closed = new CopyOnWriteArrayList<>();
        private final LocalFeed feed;

        private Terminal(LocalFeed feed) {
            this.feed = feed;
        }

        static Terminal open(Path socket) throws IOException, LocalClient.Refused {
            var terminal = new Terminal(LocalFeed.subscribe(socket, Room.Place.NEW));
            Thread.ofVirtual().start(terminal::follow);
            return terminal;
        }

        private void follow() {
            try {
                feed.follow(this);
            } catch (IOException | LocalClient.Refused _) {
                // It was closed; who waits for something else runs out of time.
            }
        }

        @Override
        public void seen(Frame frame) {
            lines.add(frame.title());
            lines.addAll(frame.lines());
            if (frame.kind() == Frame.Kind.CLOSE) closed.add(frame.id());
        }

        boolean shows(String words) {
            return lines.stream().anyMatch(it -> it.contains(words));
        }

        @Override
        public void close() {
            feed.close();
        }
    }
}
