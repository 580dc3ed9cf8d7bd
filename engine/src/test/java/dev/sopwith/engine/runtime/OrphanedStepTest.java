package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunCommand.Settlement;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Processes;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.InMemoryStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A step goes on whose shim was killed: nobody watches it, and the run stands in doubt. */
@Timeout(120)
final class OrphanedStepTest {
    /** Writes down who it is, takes its time to end, and sees whether it is alone. */
    private static final String STEPS =
            """
            1. **Run** — it.
               - tools: shell
               - %s

               ```sh
               cd "$SOP_INPUT_PLACE"
               for other in R-*; do
                   [ ! -e "$other" ] || ! grep -q ') [^ZX] ' "/proc/$(cat "$other")/stat" || touch beside
               done
               echo "a=with ${SOP_INPUT_TOKEN-}" | tee "$SOP_OUTPUT"
               echo $$ > new && mv new "$SOP_RUN.$SOP_ATTEMPT"
               trap 'sleep 0.3; exit 9' TERM
               [ "$SOP_ATTEMPT" != 1 ] || while :; do sleep 0.05; done
               ```
            2. **Look** — at it.
            """;

    @TempDir Path folder;
    private final InMemoryStore store = new InMemoryStore(new Random(1));
    private Optional<StepReconciler> steps = Optional.empty();
    private House house;
    private Path place;

    @BeforeEach
    void makePlace() throws IOException {
        house = new House(folder, store);
        place = Files.createDirectory(folder.resolve("place"));
    }

    @AfterEach
    void endAll() throws IOException {
        goDown();
        for (var attempt : List.of("R-1.1", "R-1.2", "R-2.1")) {
            if (Files.exists(place.resolve(attempt)))
                process(attempt).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @ParameterizedTest
    @EnumSource(Settlement.class)
    void whatever_people_say_of_it_it_is_ended_before_the_run_goes_on(Settlement settlement) {
        inDoubt("on_failure: continue");
        settle(settlement);
        House.await("the run goes on", () -> house.phase(1).equals(after(settlement)));
        House.await("it is ended", () -> !isAlive("R-1.1"));
        assertThat(place.resolve("R-1.2").toFile().exists())
                .isEqualTo(settlement == Settlement.RETRY);
        assertThat(place.resolve("beside")).doesNotExist();
    }

    @Test
    void a_run_that_is_cancelled_ends_it() {
        inDoubt("on_failure: fail");
        house.cancel(1);
        House.await("it is ended", () -> !isAlive("R-1.1"));
    }

    @Test
    void what_is_repeated_unasked_is_not_repeated_beside_it() {
        begin("repeatable: true");
        killShim();
        House.await("the run goes on", () -> house.phase(1).equals("AtPerson"));
        assertThat(place.resolve("R-1.2")).exists();
        assertThat(place.resolve("beside")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Settlement.class)
    void a_service_that_dies_before_it_ended_it_does_so_when_it_is_back(Settlement settlement) {
        inDoubt("on_failure: continue");
        goDown();
        settle(settlement);
        assertThat(isAlive("R-1.1")).isTrue();
        comeUp();
        House.await("it is ended", () -> !isAlive("R-1.1"));
        House.await("the run goes on", () -> house.phase(1).equals(after(settlement)));
        assertThat(place.resolve("beside")).doesNotExist();
    }

    private static String after(Settlement settlement) {
        return settlement == Settlement.ABORT ? "CANCELLED" : "AtPerson";
    }

    @Test
    void a_cancel_is_done_as_well_when_the_service_is_back() {
        inDoubt("on_failure: fail");
        goDown();
        house.cancel(1);
        comeUp();
        House.await("it is ended", () -> !isAlive("R-1.1"));
    }

    @Test
    void the_next_run_with_its_lock_does_not_begin_beside_it() {
        house.write("a", "lock = 'one'\n" + INPUT, STEPS.formatted("on_failure: fail"));
        house.write("b", "lock = 'one'\n" + INPUT, STEPS.formatted("on_failure: fail"));
        house.load();
        begin();
        assertThat(house.ask("b", "place", place.toString())).hasToString("queued #1");
        killShim();
        House.await("people are asked", () -> house.phase(1).equals("InDoubt"));
        house.cancel(1);
        House.await("the next begins", () -> Files.exists(place.resolve("R-2.1")));
        assertThat(place.resolve("beside")).doesNotExist();
        house.cancel(2); // its shim writes into the folder that is to be removed
        House.await("no shim is left", () -> Processes.mentioning(folder.toString()).isEmpty());
    }

    @Test
    void what_it_printed_is_masked_also_when_its_secrets_are_erased() throws IOException {
        house.sop("a", INPUT, STEPS.formatted("on_failure: fail"));
        comeUp();
        house.ask("a", "place", place.toString(), "token", "hunter2hunter2");
        House.await("it begins", () -> Files.exists(place.resolve("R-1.1")));
        killShim();
        House.await("people are asked", () -> house.phase(1).equals("InDoubt"));
        house.cancel(1);
        var directory = folder.resolve("state/steps/R-1.1.1.1");
        House.await("it is hidden", () -> !Files.exists(directory.resolve("out.0")));
        assertThat(Files.readString(directory.resolve("printed"))).contains("with ***");
        House.await("so is this", () -> !Files.exists(directory.resolve("step/output")));
    }

    @Test
    void while_people_are_asked_nothing_is_touched() {
        inDoubt("on_failure: fail");
        goDown();
        comeUp();
        House.await("it was looked at", () -> steps.orElseThrow().busy() == 0);
        assertThat(isAlive("R-1.1")).isTrue();
        assertThat(house.phase(1)).isEqualTo("InDoubt");
    }

    @Test
    void where_it_cannot_be_ended_nothing_begins_and_people_hear_why() {
        house.sop("a", INPUT, STEPS.formatted("repeatable: true"));
        comeUp(new Immortal());
        house.ask("a", "place", place.toString());
        House.await("the end", () -> house.phase(1).equals("FAILED"));
        assertThat(((RunState.Finished) house.state(1)).reason())
                .isEqualTo(
                        "step 1 failed: it could not begin: R-1.1.1.1 still runs and cannot be"
                                + " ended from here; end it by hand");
    }

    private static final String INPUT =
            """
            [[inputs]]
            name = "place"
            type = "string"
            required = true

            [[inputs]]
            name = "token"
            type = "string"
            secret = true
            """;

    private void begin(String rule) {
        house.sop("a", INPUT, STEPS.formatted(rule));
        begin();
    }

    private void begin() {
        comeUp();
        house.ask("a", "place", place.toString());
        House.await("it begins", () -> Files.exists(place.resolve("R-1.1")));
    }

    private void inDoubt(String rule) {
        begin(rule);
        killShim();
        House.await("people are asked", () -> house.phase(1).equals("InDoubt"));
        assertThat(isAlive("R-1.1")).isTrue();
    }

    private void settle(Settlement settlement) {
        var doubt = (RunState.Phase.InDoubt) ((RunState.Active) house.state(1)).phase();
        house.command(
                1,
                new RunCommand.Settle(
                        doubt.step(), doubt.attempt(), settlement, House.ALICE, "", house.now));
    }

    private void comeUp() {
        var epoch = store.<String>read(it -> it.node().epoch());
        comeUp(new ShellRunner(folder.resolve("state"), epoch, Set.of()));
    }

    private void comeUp(StepRunner runner) {
        var world = StepWorld.plain(Map.of("PATH", "/usr/bin:/bin"));
        var reconciler =
                new StepReconciler(house.engine(), Map.of(Tool.SHELL, runner), world, house.clock);
        steps = Optional.of(reconciler);
        reconciler.start();
    }

    private void goDown() {
        steps.ifPresent(StepReconciler::close);
        house = new House(folder, store).load();
    }

    private void killShim() {
        try {
            var claim = Files.readString(folder.resolve("state/steps/R-1.1.1.1/claim"));
            long pid = Long.parseLong(claim.split(" ", -1)[2]);
            assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isAlive(String attempt) {
        return process(attempt).isPresent();
    }

    /** The first process of an attempt, unless it is over, also when nobody collects it. */
    private Optional<ProcessHandle> process(String attempt) {
        try {
            var pid = Files.readString(place.resolve(attempt)).strip();
            var stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.contains(") Z ") ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What it begins is lost at once, and never ends. */
    private static final class Immortal implements StepRunner {
        private volatile Set<StepKey> begun = Set.of();

        @Override
        public StepEnd run(StepOrder order) {
            begun = Set.of(order.key());
            return new StepEnd.Lost("what watched it was killed", StepOutput.NONE);
        }

        @Override
        public Recovered recover(StepOrder order) {
            return new Recovered.Unknown("what watched it was killed");
        }

        @Override
        public StepEnd attach(StepOrder order) {
            return run(order);
        }

        @Override
        public boolean stop(StepKey key, String why) {
            return false;
        }

        @Override
        public Set<StepKey> unsettled() {
            return begun;
        }
    }
}
