package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.app.App;
import dev.sopwith.app.Demo;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A stage that did not happen is never told as if it had. */
class DemoWalkTest {
    @TempDir private Path folder;

    private static final class Deaf implements Demo.Listener {
        @Override
        public void made(Path root) {}

        @Override
        public void stopped() {}
    }

    private List<String> played(String... before) throws Exception {
        var page = new ArrayList<String>();
        var nowhere = new Screen(Writer.nullWriter(), 0, false);
        var clock = Clock.systemUTC();
        var here = new Surroundings(nowhere, nowhere, folder, clock, false, DiagnosticCode::page);
        try (var demo = Demo.open(folder, Optional.empty(), new Deaf(), Clocks.right(clock))) {
            try (var client = LocalClient.connect(App.socket(demo.alice()))) {
                for (var word : before) {
                    var _ = client.ask(new Request(List.of(word), false), _ -> {});
                }
            }
            assertThat(new DemoWalk(demo, here, page::add, Duration.ofSeconds(1)).play()).isFalse();
        }
        return page;
    }

    @Test
    void a_start_that_is_refused_ends_it_with_the_stage_the_reason_and_the_room() throws Exception {
        assertThat(played("freeze"))
                .containsSubsequence(
                        "alice> run deploy-prod version=1.4.2",
                        "The demo FAILED at this stage: alice starts a deployment. Before its"
                                + " first step somebody must say yes.",
                        "  \"run deploy-prod version=1.4.2\" should be answered with OK",
                        "All that the room has shown:");
    }
}
