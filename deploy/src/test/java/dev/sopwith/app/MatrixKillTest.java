package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
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
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** The real process in a room of Matrix, killed while people act. */
@ExtendWith(SynapseExtension.class)
@Timeout(240)
@Tag("peer")
class MatrixKillTest {
    private static final int BURST = 40;

    @TempDir private Path folder;
    private MatrixHouse house;
    private RealService service;

    @BeforeEach
    void begin() throws Exception {
        house = MatrixHouse.open(folder, SynapseExtension.shared());
        house.sop(
                "deploy",
                "",
                """
                1. **Deploy** — brings it out.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   echo deployed >> '%s'
                   ```
                """
                        .formatted(deployed()));
        house.sop(
                "note",
                """

                [[inputs]]
                name = "n"
                type = "string"
                required = true
                """,
                "1. **Look** — at it.\n");
        service = house.process();
        service.start();
        house.awaitInRoom();
    }

    @AfterEach
    void end() throws InterruptedException {
        service.close();
        house.close();
    }

    private Path deployed() {
        return folder.resolve("deployed");
    }

    @Test
    void a_service_that_dies_between_vote_and_execution_does_what_was_approved_once()
            throws Exception {
        house.alice.say(house.room, "!sop run deploy");
        var prompt = house.awaitPrompt("R-1");
        // Nothing begins while it is frozen: the vote is there, and the step is not.
        var _ = house.ask("freeze");
        house.bob.react(house.room, prompt.id(), "✅");
        Eventually.await(() -> house.ask("log", "R-1").contains(house.bob.id()));
        service.kill();
        assertThat(deployed()).doesNotExist();

        service.start();
        var _ = house.ask("unfreeze");

        house.awaitText("R-1 deploy: completed");
        assertThat(Files.readAllLines(deployed())).containsExactly("deployed");
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
    }

    @Test
    void a_vote_that_nobody_had_heard_when_the_service_died_is_read_back_and_counted_once()
            throws Exception {
        house.alice.say(house.room, "!sop run deploy");
        var prompt = house.awaitPrompt("R-1");
        service.kill();
        house.bob.react(house.room, prompt.id(), "✅");

        service.start();

        house.awaitText("R-1 deploy: completed");
        assertThat(Files.readAllLines(deployed())).containsExactly("deployed");
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
    }

    @Test
    void a_vote_on_a_prompt_that_the_service_did_not_live_to_know_is_counted_once()
            throws Exception {
        var never = new CountDownLatch(1);
        house.proxy.fail(
                it -> it.isSend() && it.body().contains("needs a yes"),
                1,
                FaultProxy.holdAnswerUntil(never));
        house.alice.say(house.room, "!sop run deploy");
        var prompt = house.awaitShown(it -> it.text().contains("needs a yes"));
        house.bob.react(house.room, prompt.id(), "✅");
        house.awaitHeard();
        service.kill();
        assertThat(deployed()).doesNotExist();

        service.start();

        house.awaitText("R-1 deploy: completed");
        assertThat(Files.readAllLines(deployed())).containsExactly("deployed");
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
        var _ = house.awaitShown(it -> it.id().equals(prompt.id()) && it.marks().isEmpty());
        assertThat(house.count("needs a yes")).as("another prompt").isZero();
    }

    @Test
    void a_burst_of_commands_survives_a_kill_in_its_middle() throws Exception {
        for (int i = 1; i <= BURST; i++) {
            house.alice.say(house.room, "!sop run note n=" + i);
            if (i == BURST / 2) service.kill();
        }

        service.start();

        Eventually.await(() -> house.ask("runs").contains("R-" + BURST), () -> house.ask("runs"));
        for (int i : IntStream.rangeClosed(1, BURST).toArray()) {
            assertThat(house.ask("status", "R-" + i)).containsPattern("(?m)^ +input +n=" + i + "$");
        }
        assertThat(house.ask("runs")).doesNotContain("R-" + (BURST + 1));
        assertThat(house.ask("status")).contains("R-1");
    }
}
