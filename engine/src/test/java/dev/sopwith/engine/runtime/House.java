package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Trigger.Auth;
import dev.sopwith.engine.sop.Trigger.Credential;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** An engine in a house of its own: SOPs on a disk, a store, a clock that a test sets. */
final class House {
    static final Instant BEGINNING = Instant.parse("2026-11-21T03:00:00Z");
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(5);

    final Path folder;
    final Store store;
    Instant now = BEGINNING;
    final InstantSource clock = () -> now;
    EngineRules rules = EngineRules.standard("here");
    Policies policies = Policies.singleOperator("alice");
    private SopSet sops = SopSet.load(Path.of("nowhere"), "sops", clock);
    private Optional<Engine> engine = Optional.empty();

    House(Path folder, Store store) {
        this.folder = folder;
        this.store = store;
    }

    /** A SOP of people's steps, with these lines in its {@code [sop]} table. */
    House people(String name, String manifest) {
        return sop(name, manifest, "1. **Look** — is it there?\n2. **Go** — home.\n");
    }

    /** A SOP that starts by hand, and by a webhook with its name unless it requires inputs. */
    House sop(String name, String manifest, String steps) {
        write(name, manifest, steps);
        return load();
    }

    /** The same, unseen by the engine until it is told to {@link #load}. */
    void write(String name, String manifest, String steps) {
        var toml =
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                %s

                [[triggers]]
                type = "manual"
                """
                        .formatted(name, manifest);
        if (!manifest.contains("required")) toml += webhook(name);
        try {
            var place = Files.createDirectories(folder.resolve("sops").resolve(name));
            Files.writeString(place.resolve("SOP.toml"), toml);
            Files.writeString(place.resolve("SOP.md"), "# T\n\n## Steps\n\n" + steps);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the SOPs as they are on the disk. */
    House load() {
        sops = SopSet.load(folder.resolve("sops"), "sops", clock);
        assertThat(sops.diagnostics()).noneMatch(Diagnostic::isError);
        return this;
    }

    /** Takes the SOPs that another one has: reading them is slow. */
    House like(House other) {
        sops = other.sops;
        return this;
    }

    private static String webhook(String name) {
        return """

        [[triggers]]
        type = "webhook"
        path = "/sop/%s"
        condition = "$.env == prod"
        auth = "bearer"
        secret_env = "SOPWITH_WEBHOOK_TEST"
        """
                .formatted(name);
    }

    /** The SOPs as they were loaded last. */
    SopSet sops() {
        return sops;
    }

    Engine engine() {
        if (engine.isEmpty()) {
            try {
                var box = SecretBox.open(Optional.empty(), folder.resolve("key"));
                engine =
                        Optional.of(
                                new Engine(store, () -> sops, policies, box, rules, new Random(7)));
            } catch (SecretBox.BadKey | IOException e) {
                throw new AssertionError(e);
            }
        }
        return engine.get();
    }

    // Deliveries

    Outcome ask(String sop, String... inputs) {
        var given = new HashMap<String, String>();
        for (int i = 0; i < inputs.length; i += 2) given.put(inputs[i], inputs[i + 1]);
        var outcomes =
                engine().deliver(arrival(Source.MANUAL, sop, "", Optional.empty(), given, true));
        assertThat(outcomes).hasSize(1);
        return outcomes.getFirst();
    }

    Outcome hook(String sop, String payload, String key) {
        var outcomes =
                engine().deliver(
                                arrival(
                                        Source.WEBHOOK,
                                        "/sop/" + sop,
                                        payload,
                                        Optional.of(key),
                                        Map.of(),
                                        false));
        assertThat(outcomes).hasSize(1);
        return outcomes.getFirst();
    }

    Outcome hook(String sop) {
        return hook(sop, "{\"env\":\"prod\"}", "k" + System.nanoTime());
    }

    Arrival arrival(
            Source source,
            String topic,
            String payload,
            Optional<String> key,
            Map<String, String> given,
            boolean byPerson) {
        return new Arrival(
                        new Delivery(source, topic, Payload.of(payload)),
                        key,
                        given,
                        Set.of("alice"),
                        byPerson,
                        byPerson ? "asked by alice" : "webhook",
                        now)
                .proving(Set.of(new Credential(Auth.BEARER, "SOPWITH_WEBHOOK_TEST")));
    }

    // Runs

    static final Actor ALICE = new Actor("alice", "local:alice");

    RunState state(long run) {
        return store.read(reads -> StoredRuns.of(reads, run).state());
    }

    String phase(long run) {
        return switch (state(run)) {
            case RunState.NotStarted _ -> "not started";
            case RunState.Finished it -> it.outcome().name();
            case RunState.Active(_, var phase) -> phase.getClass().getSimpleName();
        };
    }

    Gate gate(long run) {
        var state = state(run);
        assertThat(state).isInstanceOf(RunState.Active.class);
        var phase = ((RunState.Active) state).phase();
        assertThat(phase).isInstanceOf(RunState.Phase.AtGate.class);
        return ((RunState.Phase.AtGate) phase).gate();
    }

    Decision approve(long run) {
        return command(run, new RunCommand.Approve(gate(run).ref(), ALICE, Optional.empty(), now));
    }

    Decision done(long run) {
        var state = state(run);
        assertThat(state).isInstanceOf(RunState.Active.class);
        var phase = ((RunState.Active) state).phase();
        assertThat(phase).isInstanceOf(RunState.Phase.AtPerson.class);
        var asked = (RunState.Phase.AtPerson) phase;
        return command(
                run,
                new RunCommand.Reply(
                        asked.step(), asked.attempt(), RunCommand.Answer.DONE, ALICE, "", now));
    }

    /** Does all steps of a run that people do. */
    void finish(long run) {
        while (phase(run).equals("AtPerson")) done(run);
        assertThat(phase(run)).isEqualTo("COMPLETED");
    }

    Decision cancel(long run) {
        return command(run, new RunCommand.Cancel(ALICE, "", now));
    }

    Decision command(long run, RunCommand command) {
        return engine().command(new RunId(run), command);
    }

    /** Waits until something is so; it must be so in the end. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
            try {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
