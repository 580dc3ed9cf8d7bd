package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;

/** One row that nobody can read is one run's loss: it is said, and the rest goes on. */
final class UnreadableRunTest {
    private static final RunId BAD = new RunId(1);
    private static final RunId GOOD = new RunId(2);

    @TempDir private Path folder;
    private final FakeWorld world = new FakeWorld(true);
    private SqliteStore store;
    private House house;

    @BeforeEach
    void two_runs_in_the_middle_of_a_step_of_which_one_is_damaged() throws SQLException {
        store = open();
        house = new House(folder, store);
        house.sop(
                "work",
                "max_concurrent = 3\ntimeout_secs = 60",
                "1. **Go** — on.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n2. **Look** — at it.\n");
        world.hold(1);
        world.hold(2);
        try (var steps = steps()) {
            steps.start();
            house.ask("work");
            house.ask("work");
            House.await("both", () -> world.begun().size() == 2);
        }
        store.close();
        sql("update runs set state = '{\"type\":\"Of another world\"}' where number = 1");
        store = open();
        house = new House(folder, store).load();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_start_names_it_and_looks_at_the_others() {
        var overview = new Overview(house.engine(), NO_WORLD);
        assertThat(overview.executing()).extracting(Overview.Run::id).containsExactly(GOOD);
        assertThat(overview.active()).extracting(Overview.Run::id).containsExactly(GOOD);
        assertThat(overview.last(9)).extracting(Overview.Run::id).containsExactly(GOOD);
        assertThat(overview.run(BAD)).isEmpty();
        assertThat(overview.run(GOOD)).isPresent();
        assertThat(overview.activeCount()).as("it still holds its slot").isEqualTo(2);
        assertThat(overview.unreadable(_ -> true)).hasSize(1);
        assertThat(overview.unreadable(_ -> false)).isEmpty();
        assertThat(overview.unreadable(BAD).orElseThrow())
                .startsWith("R-1 stands still")
                .contains("Of another world")
                .contains("restore a backup");
        assertThat(overview.unreadable(GOOD)).isEmpty();
    }

    @Test
    void the_steps_of_the_others_go_on_and_deadlines_pass_for_them() {
        try (var steps = steps();
                var deadlines = new Deadlines(house.engine(), house.clock)) {
            steps.start();
            deadlines.prepare();
            world.release(1);
            world.release(2);
            House.await("the second step", () -> house.phase(2).equals("AtPerson"));
            house.now = House.BEGINNING.plusSeconds(60);
            deadlines.pass();
            deadlines.pass();
            assertThat(house.phase(2)).isEqualTo("TIMED_OUT");
        }
    }

    @Test
    void who_asks_something_of_it_is_told_and_new_runs_start() {
        assertThat(house.cancel(1))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        it -> assertThat(it.refusal().text()).contains("the run cannot go on"));
        assertThat(house.engine().rerun(BAD, 1, House.ALICE, house.now).toString())
                .contains("R-1 cannot be repeated");
        assertThat(house.ask("work")).hasToString("started R-3");
    }

    private static final StepWorld NO_WORLD = StepWorld.plain(Map.of());

    private StepReconciler steps() {
        return new StepReconciler(house.engine(), Map.of(Tool.SHELL, world), NO_WORLD, house.clock);
    }

    private SqliteStore open() {
        return SqliteStore.open(folder.resolve("store"), new Random(1), _ -> {});
    }

    private void sql(String text) throws SQLException {
        var file = folder.resolve("store").resolve("sopwith.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
