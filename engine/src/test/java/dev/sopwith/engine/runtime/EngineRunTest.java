package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.Refusal;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Gates.VoteRow;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Trail;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Runs from their start to their end: on a real store, with real processes. */
@Timeout(180)
final class EngineRunTest {
    @TempDir Path folder;
    private Store store;
    private House house;
    private Optional<StepReconciler> reconciler = Optional.empty();

    @BeforeEach
    void open() {
        store = SqliteStore.open(folder.resolve("store"), new Random(1), _ -> {});
        house = new House(folder, store);
    }

    @AfterEach
    void close() {
        reconciler.ifPresent(StepReconciler::close);
        store.close();
    }

    @Test
    void a_run_goes_through_a_gate_a_process_and_a_person() {
        house.sop(
                "deploy",
                """
                [[inputs]]
                name = "version"
                type = "string"
                required = true
                """,
                """
                1. **Deploy** — it.
                   - requires_confirmation: true
                   - tools: shell

                   ```sh
                   echo "version=$SOP_INPUT_VERSION" > "$SOP_OUTPUT"
                   ```
                2. **Check** — what came.
                   - when: $.steps.1.version == "1.4.2"
                """);
        start();
        assertThat(house.ask("deploy", "version", "1.4.2")).hasToString("started R-1");
        assertThat(house.gate(1).code()).hasSize(5);
        house.approve(1);
        House.await("the process ends", () -> house.phase(1).equals("AtPerson"));
        house.finish(1);
        assertThat(new Audit(store).verify().finding()).isEmpty();
    }

    @Test
    void a_step_that_fails_ends_the_run_and_says_why() {
        house.sop("a", "", shell("exit 3"));
        start();
        house.ask("a");
        House.await("the end", () -> house.phase(1).equals("FAILED"));
        assertThat(((RunState.Finished) house.state(1)).reason())
                .isEqualTo("step 1 failed: exit code 3");
    }

    @Test
    void what_was_printed_is_shown_masked_when_the_secrets_are_erased() {
        house.sop(
                "a",
                """
                [[inputs]]
                name = "token"
                type = "string"
                secret = true
                required = true
                """,
                shell("echo \"with $SOP_INPUT_TOKEN.\""));
        start();
        house.ask("a", "token", "hunter2hunter2");
        House.await("the end", () -> house.phase(1).equals("COMPLETED"));
        var overview = new Overview(house.engine(), StepWorld.plain(Map.of()));
        var visit = new StepVisit(1, 1);
        assertThat(overview.order(new RunId(1), visit, 1)).as("it needs the secret").isEmpty();
        var outputs = new StepOutputs(folder.resolve("state"));
        assertThat(outputs.kept(overview.key(new RunId(1), visit, 1)).orElseThrow().head())
                .isEqualTo("with ***.\n");
    }

    @Test
    void a_cancel_ends_the_process() {
        house.sop("a", "", shell("sleep 600"));
        start();
        house.ask("a");
        House.await("the process begins", () -> house.phase(1).equals("Executing"));
        house.cancel(1);
        House.await("the end", () -> house.phase(1).equals("CANCELLED"));
    }

    @Test
    void a_step_goes_on_without_the_service_and_is_found_again() throws Exception {
        var go = folder.resolve("go");
        var times = folder.resolve("times");
        house.sop(
                "a",
                "",
                shell(
                        "echo once >> '%s'; while [ ! -e '%s' ]; do sleep 0.05; done"
                                .formatted(times, go)));
        start();
        house.ask("a");
        House.await("the process begins", () -> Files.exists(times));
        reconciler.orElseThrow().close();
        store.close();
        Files.createFile(go);

        store = SqliteStore.open(folder.resolve("store"), new Random(2), _ -> {});
        var next = new House(folder, store).sop("a", "", shell("exit 9"));
        reconciler = Optional.of(reconciler(next));
        reconciler.get().start();
        House.await("the end", () -> next.phase(1).equals("COMPLETED"));
        assertThat(Files.readAllLines(times)).containsExactly("once");
    }

    @Test
    void what_was_edited_after_the_start_is_not_what_runs() {
        house.sop(
                "a",
                "",
                shell("exit 0")
                        .replace("   - tools", "   - requires_confirmation: true\n   - tools"));
        start();
        house.ask("a");
        house.sop("a", "", shell("exit 9"));
        house.approve(1);
        House.await("the end", () -> house.phase(1).equals("COMPLETED"));
    }

    @Test
    void a_retry_of_a_second_visit_is_still_what_was_approved() {
        var tries = folder.resolve("tries");
        var run =
                shell(
                                """
                                echo x >> 'TRIES'
                                echo "own=[${SOP_STEP_1_OWN:-}]" >> 'TRIES'
                                [ "$(grep -c x 'TRIES')" != 2 ] || exit 1
                                echo own=1 > "$SOP_OUTPUT"\
                                """
                                        .replace("TRIES", tries.toString())
                                        .replace("\n", "\n   "))
                        .replace(
                                "   - tools",
                                """
                                   - requires_confirmation: true
                                   - on_failure: retry:1
                                   - tools\
                                """);
        house.sop(
                "a",
                "",
                run
                        + """
                        2. **Look** — at it.
                           - switch: again>$.steps.1.own == "1">1; end>>3
                        3. **End** — it.
                        """);
        start();
        house.ask("a");
        house.approve(1);
        House.await("the first visit ends", () -> house.phase(1).equals("AtPerson"));
        house.done(1);
        house.approve(1);
        House.await("the second visit ends", () -> house.phase(1).equals("AtPerson"));
        assertThat(tries)
                .content()
                .as("a step does not see what it handed on itself")
                .isEqualTo("x\nown=[]\n".repeat(3));
    }

    @Test
    void a_refusal_is_on_record_and_a_gate_is_found_by_its_code() {
        house.sop("a", "", "1. **A** — b.\n   - kind: checkpoint\n2. **B** — c.\n");
        house.ask("a");
        var gate = house.gate(1);
        var mallory = new Actor("mallory", "matrix:@mallory:example.org");
        var vote = new RunCommand.Approve(gate.ref(), mallory, Optional.empty(), house.now);
        assertThat(house.command(1, vote))
                .isEqualTo(
                        new Decision.Refused(
                                new Refusal(Refusal.Reason.NOT_AN_APPROVER, "not in operator")));
        assertThat(store.<List<Trail.Entry>>read(it -> it.trail().ofKind("refusal"))).hasSize(1);
        Optional<GateRow> open = store.read(it -> it.gates().openByCode(gate.code()));
        assertThat(open).map(row -> row.key().run()).contains(1L);
        house.approve(1);
        assertThat(store.<List<GateRow>>read(it -> it.gates().open())).isEmpty();
        assertThat(store.<List<VoteRow>>read(it -> it.gates().votes(open.orElseThrow().key())))
                .hasSize(1);
    }

    @Test
    void while_frozen_no_new_step_begins() {
        house.sop(
                "a",
                "",
                shell("exit 0")
                        .replace("   - tools", "   - requires_confirmation: true\n   - tools"));
        start();
        house.ask("a");
        house.engine().freeze("release day", "local:alice", house.now);
        house.approve(1);
        assertThat(house.phase(1)).isEqualTo("SlotWanted");
        house.engine().unfreeze("local:alice", house.now);
        House.await("the end", () -> house.phase(1).equals("COMPLETED"));
    }

    @Test
    void deadlines_pass_also_while_nobody_looks() {
        house.sop("a", "timeout_secs = 60", "1. **A** — b.\n");
        house.ask("a");
        try (var deadlines = new Deadlines(house.engine(), house.clock)) {
            deadlines.start();
            assertThat(dueBy(House.BEGINNING.plusSeconds(60).minusMillis(1))).isEmpty();
            assertThat(dueBy(House.BEGINNING.plusSeconds(60))).containsExactly(1L);
            house.now = Instant.parse("2026-11-22T00:00:00Z");
            House.await("the end", () -> house.phase(1).equals("TIMED_OUT"));
        }
    }

    @Test
    void the_prompt_of_an_older_revision_is_dead() {
        house.sop("a", "", "1. **A** — b.\n   - kind: checkpoint\n");
        house.ask("a");
        var old = house.gate(1).ref();
        house.command(1, new RunCommand.ReviseGate(old.at(), 1, "the roster changed", house.now));
        assertThat(house.gate(1).revision()).isEqualTo(2);
        var vote = new RunCommand.Approve(old, House.ALICE, Optional.empty(), house.now);
        assertThat(house.command(1, vote)).isInstanceOf(Decision.Refused.class);
        var now = new Gate.Ref(old.at(), 2, house.gate(1).digest());
        assertThat(
                        house.command(
                                1,
                                new RunCommand.Approve(
                                        now, House.ALICE, Optional.empty(), house.now)))
                .isInstanceOf(Decision.Accepted.class);
    }

    private List<Long> dueBy(Instant at) {
        return store.read(it -> it.runs().dueBy(at.toEpochMilli()));
    }

    private static String shell(String script) {
        return "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   %s\n   ```\n".formatted(script);
    }

    private void start() {
        reconciler = Optional.of(reconciler(house));
        reconciler.get().start();
    }

    private StepReconciler reconciler(House house) {
        var epoch = store.<String>read(it -> it.node().epoch());
        StepRunner shell = new ShellRunner(folder.resolve("state"), epoch, Set.of());
        return new StepReconciler(
                house.engine(),
                Map.of(Tool.SHELL, shell),
                StepWorld.plain(Map.of("PATH", System.getenv("PATH"))),
                house.clock);
    }
}
