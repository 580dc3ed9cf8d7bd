package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.app.App;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The board as it is printed once, of a real service. */
class BoardCommandTest implements App.Listener {
    @TempDir private Path folder;

    @Test
    void what_waits_is_named_once_with_its_step_and_what_to_say() throws Exception {
        var cli =
                new Cli(folder)
                        .file(
                                "sops/look/SOP.toml",
                                "[sop]",
                                "name = \"look\"",
                                "description = \"d\"",
                                "[[triggers]]",
                                "type = \"manual\"")
                        .file("sops/look/SOP.md", "## Steps", "", "1. **Look** — is it there?");
        var state = folder.resolve("state");
        var settings =
                new App.Settings(
                        folder.resolve("sops"),
                        "sops",
                        state,
                        System.getProperty("user.name"),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of());
        try (var _ = App.open(settings, this, Clocks.right(Clock.systemUTC()));
                var client = LocalClient.connect(App.socket(state))) {
            client.ask(new Request(List.of("run", "look"), false), _ -> {});

            var board = cli.run("board", "--once", "--state-dir", state.toString());

            assertThat(board.exit()).isZero();
            assertThat(board.out().lines())
                    .anyMatch(line -> line.startsWith("R-1 look, step 1 (Look), until "))
                    .anyMatch(line -> line.matches("    approve \\w{5} \\| deny \\w{5}"));
        }
    }

    @Override
    public void heard(SopEvent event) {}

    @Override
    public void heard(RosterFile.Event event) {}

    @Override
    public void stopped(StoreException why) {
        throw new AssertionError(why);
    }
}
