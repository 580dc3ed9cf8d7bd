package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What is kept for 30 days, on a real store with real steps. */
@Timeout(120)
final class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final String STEPS =
            """
            1. **Run** — it.
               - tools: shell

               ```sh
               echo done
               ```
            2. **Look** — at it.
            """;

    @TempDir Path folder;
    private Store store;
    private House house;
    private ShellRunner shell;
    private StepReconciler steps;
    private Retention retention;

    @BeforeEach
    void open() {
        store = SqliteStore.open(folder.resolve("store"), new Random(1), _ -> {});
        house = new House(folder, store).sop("a", "max_concurrent = 9", STEPS);
        var epoch = store.<String>read(it -> it.node().epoch());
        shell = new ShellRunner(folder.resolve("state"), epoch, Set.of());
        var world = StepWorld.plain(Map.of("PATH", "/usr/bin:/bin"));
        steps = new StepReconciler(house.engine(), Map.of(Tool.SHELL, shell), world, house.clock);
        steps.start();
        retention = new Retention(house.engine(), shell, house.clock);
    }

    @AfterEach
    void close() {
        retention.close();
        steps.close();
        store.close();
    }

    @Test
    void a_run_that_ended_30_days_ago_leaves_its_place_in_the_chain_and_no_more() {
        run(1);
        house.finish(1);
        var rows = new Audit(store).verify().rows();
        retention.pass(after(30).minusMillis(1));
        assertThat(events(1)).isPositive();
        assertThat(directory("R-1.1.1.1")).exists();
        retention.pass(after(31));
        assertThat(events(1)).isZero();
        assertThat(folder.resolve("state/steps")).isEmptyDirectory();
        var report = new Audit(store).verify();
        assertThat(report.finding()).isEmpty();
        assertThat(report.rows()).as("one says what was erased").isEqualTo(rows + 1);
        retention.pass(after(32));
        assertThat(new Audit(store).verify().rows()).isLessThanOrEqualTo(rows + 2);
        assertThat(house.engine().state(new RunId(1))).get().isInstanceOf(RunState.Finished.class);
    }

    @Test
    void nothing_goes_of_a_run_that_has_not_ended() {
        run(1);
        retention.pass(after(400));
        assertThat(events(1)).isPositive();
        assertThat(directory("R-1.1.1.1")).exists();
        assertThat(directory("R-1.1.1.1.begun")).exists();
    }

    @Test
    void while_the_clock_is_in_doubt_nothing_goes() {
        run(1);
        house.finish(1);
        house.engine().doubtClock("it jumped", house.now);
        retention.pass(after(31));
        assertThat(events(1)).isPositive();
        assertThat(directory("R-1.1.1.1")).exists();
    }

    @Test
    void steps_of_a_run_that_nobody_knows_go_by_their_own_age() throws IOException {
        var unknown = Files.createDirectories(directory("R-77.1.1.1"));
        var mark = Files.createFile(directory("R-77.1.1.1.begun"));
        var other = Files.createFile(directory("notes"));
        Files.setLastModifiedTime(unknown, FileTime.from(house.now));
        Files.setLastModifiedTime(mark, FileTime.from(house.now));
        retention.pass(after(29));
        assertThat(unknown).exists();
        retention.pass(after(31));
        assertThat(unknown).doesNotExist();
        assertThat(mark).doesNotExist();
        assertThat(other).as("none of ours").exists();
    }

    private void run(long number) {
        house.ask("a");
        House.await("the step ends", () -> house.phase(number).equals("AtPerson"));
    }

    private Instant after(int days) {
        return house.now.plus(DAY.multipliedBy(days));
    }

    private int events(long run) {
        var overview = new Overview(house.engine(), StepWorld.plain(Map.of()));
        return overview.events(new RunId(run)).size();
    }

    private Path directory(String name) {
        return folder.resolve("state/steps").resolve(name);
    }
}
