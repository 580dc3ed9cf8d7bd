package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Snapshots;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Trail;
import dev.sopwith.engine.store.Tx;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Steps when something is wrong: with a runner, with what they need, with the moment. */
@Timeout(60)
final class StepReconcilerTest {
    private static final String SHELL =
            """
            1. **Run** — it.
               - tools: shell
               - %s

               ```sh
               true
               ```
            """;

    @TempDir Path folder;
    private final InMemoryStore store = new InMemoryStore(new Random(1));
    private final FakeWorld world = new FakeWorld(true);
    private final Map<String, Secret> secrets = new HashMap<>();

    @Test
    void a_runner_that_throws_leaves_its_step_in_doubt() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("on_failure: fail"));
        try (var steps = steps(house, new Throwing())) {
            steps.start();
            house.ask("a");
            House.await("people are asked", () -> house.phase(1).equals("InDoubt"));
            assertThat(doubt(house)).contains("a bug in the service");
        }
    }

    @Test
    void a_repeatable_step_whose_runner_always_throws_ends_up_with_people() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("repeatable: true"));
        try (var steps = steps(house, new Throwing())) {
            steps.start();
            house.ask("a");
            House.await("people are asked", () -> house.phase(1).equals("InDoubt"));
        }
    }

    @Test
    void a_step_for_which_there_is_no_runner_does_not_begin() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("on_failure: fail"));
        try (var steps = new StepReconciler(house.engine(), Map.of(), world(), house.clock)) {
            steps.start();
            house.ask("a");
            House.await("the end", () -> house.phase(1).equals("FAILED"));
        }
        assertThat(((RunState.Finished) house.state(1)).reason())
                .isEqualTo("step 1 failed: it could not begin: nothing here does sh");
    }

    @Test
    void a_secret_that_is_not_granted_is_said_in_words() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("secrets: TOKEN"));
        try (var steps = steps(house, world)) {
            steps.start();
            house.ask("a");
            House.await("the end", () -> house.phase(1).equals("FAILED"));
        }
        assertThat(((RunState.Finished) house.state(1)).reason())
                .contains("it could not begin: the secret TOKEN is not granted to this SOP");
        assertThat(world.begun()).isEmpty();
    }

    @Test
    void what_still_runs_and_cannot_be_looked_for_is_ended_and_in_doubt() {
        secrets.put("TOKEN", Secret.of("correct horse"));
        world.hold(1);
        var house = new House(folder, store).sop("a", "", SHELL.formatted("secrets: TOKEN"));
        try (var steps = steps(house, world)) {
            steps.start();
            house.ask("a");
            House.await("it begins", () -> world.begun().size() == 1);
        }
        secrets.clear();
        var next = new House(folder, store).load();
        try (var steps = steps(next, world)) {
            steps.start();
            House.await("people are asked", () -> next.phase(1).equals("InDoubt"));
        }
        assertThat(world.isGoingOn(world.begun().getFirst())).isFalse();
        assertThat(doubt(next)).contains("TOKEN").contains("was ended");
    }

    @Test
    void a_run_whose_snapshot_is_gone_ends_and_asks_once() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("on_failure: fail"));
        house.ask("a");
        assertThat(house.phase(1)).isEqualTo("Ready");
        var blind = new House(folder, new BlindStore(store)).load();
        try (var steps = steps(blind, world)) {
            steps.start();
            House.await("the end", () -> house.phase(1).equals("FAILED"));
        }
        assertThat(((RunState.Finished) house.state(1)).reason()).contains("snapshot is missing");
        assertThat(store.<List<Trail.Entry>>read(it -> it.trail().ofKind("refusal"))).isEmpty();
    }

    @Test
    void a_cancel_between_the_beginning_and_the_process_is_not_forgotten() {
        world.hold(1);
        var house = new House(folder, store).sop("a", "", SHELL.formatted("on_failure: fail"));
        var late = new Late(world, () -> house.cancel(1));
        try (var steps = steps(house, late)) {
            steps.start();
            house.ask("a");
            House.await("the end", () -> house.phase(1).equals("CANCELLED"));
        }
    }

    @Test
    void parked_runs_need_no_thread_at_the_start() {
        var house = new House(folder, store).people("a", "max_concurrent = 99");
        for (int i = 0; i < 50; i++) house.ask("a");
        try (var steps = steps(house, world)) {
            steps.start();
            assertThat(steps.busy()).isZero();
        }
    }

    @Test
    void a_freeze_holds_for_a_step_that_was_about_to_begin() {
        var house = new House(folder, store).sop("a", "", SHELL.formatted("on_failure: fail"));
        house.ask("a");
        house.engine().freeze("release day", "local:alice", house.now);
        var begin = new RunCommand.Begin(new StepVisit(1, 1), 1, "here", "", house.now);
        assertThat(house.command(1, begin)).isInstanceOf(Decision.Refused.class);
    }

    private String doubt(House house) {
        var phase = ((RunState.Active) house.state(1)).phase();
        return ((RunState.Phase.InDoubt) phase).why();
    }

    private StepReconciler steps(House house, StepRunner runner) {
        return new StepReconciler(house.engine(), Map.of(Tool.SHELL, runner), world(), house.clock);
    }

    private StepWorld world() {
        return new StepWorld() {
            @Override
            public Optional<Secret> secret(String sop, String name) {
                return Optional.ofNullable(secrets.get(name));
            }

            @Override
            public Map<String, String> passEnv() {
                return Map.of();
            }

            @Override
            public Optional<String> runAs() {
                return Optional.empty();
            }
        };
    }

    /** A bug of a runner. */
    private static final class Throwing implements StepRunner {
        @Override
        public StepEnd run(StepOrder order) {
            throw new IllegalStateException("no luck");
        }

        @Override
        public Recovered recover(StepOrder order) {
            throw new IllegalStateException("no luck");
        }

        @Override
        public StepEnd attach(StepOrder order) {
            throw new IllegalStateException("no luck");
        }

        @Override
        public boolean stop(StepKey key, String why) {
            return true;
        }
    }

    /** Something happens after the beginning was stored and before there is a process. */
    private record Late(StepRunner runner, Runnable before) implements StepRunner {
        @Override
        public StepEnd run(StepOrder order) throws InterruptedException {
            before.run();
            TimeUnit.MILLISECONDS.sleep(100);
            return runner.run(order);
        }

        @Override
        public Recovered recover(StepOrder order) {
            return runner.recover(order);
        }

        @Override
        public StepEnd attach(StepOrder order) throws InterruptedException {
            return runner.attach(order);
        }

        @Override
        public boolean stop(StepKey key, String why) throws InterruptedException {
            return runner.stop(key, why);
        }
    }

    /** A store whose snapshots are gone. */
    private record BlindStore(Store disk) implements Store {
        @Override
        public <T> T commit(Work<T> work) {
            return disk.commit(tx -> work.run(blind(Tx.class, tx, Snapshots.Writable.class)));
        }

        @Override
        public <T> T read(Query<T> query) {
            return disk.read(reads -> query.ask(blind(Reads.class, reads, Snapshots.class)));
        }

        @Override
        public void close() {}

        private static <R extends Reads> R blind(Class<R> type, R real, Class<?> snapshots) {
            var none = proxy(snapshots, (_, _, _) -> Optional.empty());
            return type.cast(
                    proxy(
                            type,
                            (_, method, args) ->
                                    method.getName().equals("snapshots")
                                            ? none
                                            : method.invoke(real, args)));
        }

        private static Object proxy(Class<?> type, InvocationHandler handler) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
        }
    }
}
