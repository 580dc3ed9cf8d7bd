package dev.sopwith.bench.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.Peer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The fake is no library's own idea of Discord: discord.js works with it as well. */
@Timeout(180)
@Tag("peer")
class SecondClientTest {
    private static final String LIBRARY = "discord.js@14.28.1";
    private static final Path FOLDER = Path.of("target", "discord-js").toAbsolutePath();

    private final List<String> said = new CopyOnWriteArrayList<>();

    @Test
    void another_library_has_a_short_session() throws Exception {
        install();
        try (var fake = new FakeDiscord();
                var client = start(fake)) {
            var alice = fake.people.user("alice");
            FakeDiscord.await("READY of " + said, () -> said.contains("READY"));

            var listed = fake.interactions.slash(alice, "sop list", Map.of());
            assertThat(listed.answer()).isEqualTo("listed");
            assertThat(listed.isToldPrivately()).isTrue();

            var prompt = fake.screen.awaitMessage("a prompt");
            var press = fake.interactions.click(alice, FakeScreen.id(prompt), "Press");
            assertThat(press.answer()).isEqualTo("pressed");
            var _ = fake.screen.awaitMessage("closed");

            fake.gateway.cut();
            fake.people.mention(alice, fake.world.channelId, "after the cut");
            FakeDiscord.await(
                    "the words among " + said,
                    () -> said.stream().anyMatch(it -> it.endsWith("after the cut")));
            assertThat(fake.gateway.received(6)).isPositive();
            assertThat(fake.screen.find("in the thread")).isPresent();
            assertThat(OpenApi.problems(fake.calls)).isEmpty();
            client.stop();
        }
    }

    /** Fetches the library once; without Node the test says loudly that it did not run. */
    private static void install() throws IOException, InterruptedException {
        if (Files.exists(FOLDER.resolve("node_modules/discord.js/package.json"))) return;
        Files.createDirectories(FOLDER);
        var reason = "discord.js cannot be fetched: no npm here, or no registry";
        boolean isThere = false;
        try {
            var npm =
                    new ProcessBuilder(
                                    "npm",
                                    "install",
                                    "--no-audit",
                                    "--no-fund",
                                    "--ignore-scripts",
                                    "--prefix",
                                    FOLDER.toString(),
                                    LIBRARY)
                            .redirectErrorStream(true)
                            .redirectOutput(FOLDER.resolve("npm.log").toFile())
                            .start();
            isThere = npm.waitFor(120, TimeUnit.SECONDS) && npm.exitValue() == 0;
            npm.destroy();
        } catch (IOException e) {
            reason = "npm does not start: " + e.getMessage();
        }
        if (!isThere) System.err.println("NOT RUN: the second client of Discord; " + reason);
        Peer.require(isThere, reason);
    }

    private record Running(Process process) implements AutoCloseable {
        /** It ends when nobody writes to it any more. */
        void stop() throws IOException, InterruptedException {
            process.getOutputStream().close();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private Running start(FakeDiscord fake) throws IOException {
        var script = FOLDER.resolve("second-client.js");
        try (var in = SecondClientTest.class.getResourceAsStream("second-client.js")) {
            Files.write(script, Optional.ofNullable(in).orElseThrow().readAllBytes());
        }
        var process =
                new ProcessBuilder(
                                "node",
                                script.toString(),
                                fake.restUrl().replaceFirst("/v10/$", ""),
                                FakeDiscord.TOKEN,
                                fake.world.channelId)
                        .redirectErrorStream(true)
                        .start();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
                                lines.lines().forEach(said::add);
                            } catch (IOException e) {
                                said.add("no more: " + e.getMessage());
                            }
                        });
        return new Running(process);
    }
}
