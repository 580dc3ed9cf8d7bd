package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.trigger.Outcome.Kind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Nothing starts a SOP that somebody has paused. */
class EnginePauseTest {
    private static final String ALICE = "local:alice";

    @TempDir private Path folder;
    private House house;

    @BeforeEach
    void open() {
        house = new House(folder, new InMemoryStore(new Random(7)));
        house.write("a", "max_concurrent = 1\nmax_queue_secs = 3600", STEPS);
        house.write("b", "", STEPS);
        house.load();
    }

    private static final String STEPS =
            "1. **Work** — hard.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";

    private void pause() {
        assertThat(house.engine().pause("a", ALICE, house.now)).isTrue();
    }

    private boolean unpause() {
        return house.engine().unpause("a", ALICE, house.now);
    }

    private List<String> trail(String kind) {
        return house.store.<List<String>>read(
                it ->
                        it.trail().ofKind(kind).stream()
                                .map(row -> row.body().orElseThrow().text())
                                .toList());
    }

    @Test
    void whatever_comes_in_for_it_is_told_who_paused_it_and_others_start() {
        pause();

        assertThat(house.ask("a"))
                .hasToString("frozen: paused by local:alice since 2026-11-21T03:00:00Z");
        assertThat(house.hook("a").kind()).isEqualTo(Kind.FROZEN);
        assertThat(house.ask("b").kind()).isEqualTo(Kind.STARTED);
        unpause();
        assertThat(house.ask("a").kind()).isEqualTo(Kind.STARTED);
    }

    @Test
    void what_waits_goes_on_waiting_and_starts_when_the_pause_ends() {
        house.ask("a");
        assertThat(house.ask("a").kind()).isEqualTo(Kind.QUEUED);
        pause();
        house.cancel(1);
        house.command(1, stopped());
        house.engine().fillSlots(house.now);
        assertThat(house.store.<Integer>read(it -> it.deliveries().queueLength())).isOne();

        unpause();

        assertThat(house.phase(2)).isEqualTo("Ready");
    }

    private RunCommand stopped() {
        return new RunCommand.Fail(new StepVisit(1, 1), 1, "no", house.now);
    }

    @Test
    void what_waits_for_longer_than_its_sop_allows_ends_all_the_same() {
        house.ask("a");
        house.ask("a");
        pause();
        house.now = house.now.plus(Duration.ofHours(2));
        house.engine().fillSlots(house.now);

        assertThat(house.store.<Integer>read(it -> it.deliveries().queueLength())).isZero();
        assertThat(trail("outcome")).last().asString().contains("stale");
    }

    @Test
    void an_earlier_run_is_not_repeated_either() {
        house.ask("a");
        house.cancel(1);
        house.command(1, stopped());
        pause();

        var outcome = house.engine().rerun(new RunId(1), 1, House.ALICE, house.now);

        assertThat(outcome.kind()).isEqualTo(Kind.FROZEN);
    }

    @Test
    void runs_that_have_begun_go_on() {
        house.people("c", "");
        house.ask("c");
        house.engine().pause("c", ALICE, house.now);

        house.finish(1);
    }

    @Test
    void it_holds_for_the_next_service_and_is_on_the_trail_once() {
        pause();
        assertThat(house.engine().pause("a", "local:bob", house.now)).isFalse();

        var next = new House(folder, house.store).load();

        assertThat(next.ask("a").detail()).startsWith("paused by local:alice");
        assertThat(trail("pause")).containsExactly("{\"sop\":\"a\",\"by\":\"local:alice\"}");
        assertThat(next.engine().unpause("a", "local:bob", next.now)).isTrue();
        assertThat(unpause()).isFalse();
        assertThat(trail("unpause")).containsExactly("{\"sop\":\"a\",\"by\":\"local:bob\"}");
    }
}
