package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** After a restore, and after a long time away, nothing happens that people do not know of. */
@Timeout(120)
final class RestoredTest {
    private static final String SHELL =
            "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";

    @TempDir Path folder;

    @Test
    void a_restored_store_has_every_run_paused_and_starts_nothing_from_its_queue() {
        var backup = folder.resolve("backup");
        try (var store = SqliteStore.open(folder.resolve("old"), new Random(1), _ -> {})) {
            var house = new House(folder, store);
            house.sop("gated", "", "1. **A** — b.\n   - kind: checkpoint\n2. **B** — c.\n");
            house.sop("slow", "", SHELL);
            house.ask("gated");
            house.ask("slow");
            house.ask("slow");
            assertThat(house.phase(2)).isEqualTo("Ready");
            store.backup(backup);
        }
        var place = folder.resolve("new");
        SqliteStore.restore(backup, place, new Random(2), House.BEGINNING.toEpochMilli() + 1);
        var world = new FakeWorld(true);
        try (var store = SqliteStore.open(place, new Random(3), _ -> {})) {
            var house = new House(folder, store).load();
            try (var steps = steps(house, world)) {
                steps.start();
                assertThat(house.phase(1)).isEqualTo("Paused");
                assertThat(house.phase(2)).isEqualTo("Paused");
                assertThat(outcomes(store)).containsExactly("stale", "started");
                resume(house, 1);
                assertThat(house.gate(1).revision()).isEqualTo(2);
                house.approve(1);
                assertThat(house.phase(1)).isEqualTo("AtPerson");
                resume(house, 2);
                House.await("the step", () -> house.phase(2).equals("COMPLETED"));
                assertThat(world.begun()).hasSize(1);
                assertThat(house.ask("gated")).hasToString("started R-1003");
            }
            assertThat(new Audit(store).verify().finding()).isEmpty();
        }
        try (var store = SqliteStore.open(place, new Random(4), _ -> {})) {
            var house = new House(folder, store).load();
            house.engine();
            assertThat(house.phase(1)).as("only once").isEqualTo("AtPerson");
        }
    }

    @Test
    void a_gate_whose_deadline_passed_while_the_service_was_down_stays_open_a_little() {
        var store = new InMemoryStore(new Random(1));
        var before = new House(folder, store);
        before.sop("gated", "", "1. **A** — b.\n   - kind: checkpoint\n2. **B** — c.\n");
        before.ask("gated");
        var house = new House(folder, store).load();
        house.now = House.BEGINNING.plus(Duration.ofDays(3));
        try (var deadlines = new Deadlines(house.engine(), house.clock)) {
            deadlines.prepare();
            deadlines.pass();
            assertThat(house.gate(1).deadline()).isEqualTo(house.now.plus(Duration.ofMinutes(15)));
            house.now = house.now.plus(Duration.ofMinutes(15));
            deadlines.pass();
            assertThat(house.phase(1)).isEqualTo("DENIED");
        }
    }

    private static void resume(House house, long run) {
        assertThat(house.command(run, new RunCommand.Resume(House.ALICE, house.now)))
                .isInstanceOf(Decision.Accepted.class);
    }

    private static List<String> outcomes(Store store) {
        List<DeliveryRow> rows = store.read(it -> it.deliveries().last("slow", 9));
        return rows.stream().map(DeliveryRow::outcome).map(Optional::orElseThrow).toList();
    }

    private static StepReconciler steps(House house, FakeWorld world) {
        return new StepReconciler(
                house.engine(), Map.of(Tool.SHELL, world), StepWorld.plain(Map.of()), house.clock);
    }
}
