package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Access;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Person;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.roster.Route;
import dev.sopwith.engine.roster.SopPattern;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.RosterPolicies;
import dev.sopwith.engine.runtime.StepWorld;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A service without its wires: SOPs, people of fake networks, a store, an engine, and a clock that
 * a test sets.
 */
public final class House {
    public static final StepWorld WORLD = StepWorld.plain(Map.of());
    public static final Instant BEGINNING = Instant.parse("2026-11-21T03:00:00Z");

    public final InMemoryStore store = new InMemoryStore(new Random(7));
    public Instant now = BEGINNING;
    public final InstantSource clock = () -> now;
    public Roster roster;
    public SopSet sops;
    public final Engine engine;
    private final SecretBox box;
    private final Path folder;
    public final Overview overview;

    /** A house with people alice, bob and carol, of whom two decide. */
    public House(Path folder) throws IOException, SecretBox.BadKey {
        this(folder, "{approvers: [alice, bob, carol], quorum: 2}");
    }

    /**
     * @param policy the default one
     */
    public House(Path folder, String policy) throws IOException, SecretBox.BadKey {
        this.folder = folder;
        roster = roster(policy);
        sop(folder, "deploy", "");
        sop(folder, "work", "");
        Files.writeString(
                folder.resolve("sops/work/SOP.md"),
                """
                # T

                ## Steps

                1. **Work** — hard.
                   - tools: shell

                   ```sh
                   true
                   ```
                """);
        sop(folder, "db-copy", "");
        sop(
                folder,
                "secret",
                "\n[[inputs]]\nname = \"pw\"\ntype = \"string\"\nrequired = true\nsecret = true\n");
        sops = SopSet.load(folder.resolve("sops"), "sops", clock);
        assertThat(sops.diagnostics()).noneMatch(it -> it.isError());
        box = SecretBox.open(Optional.empty(), folder.resolve("key"));
        engine = engineOver(store);
        overview = new Overview(engine, WORLD);
    }

    /** Another engine, over a store that is this one in the end. */
    public Engine engineOver(Store store) {
        return new Engine(
                store,
                () -> sops,
                new RosterPolicies(() -> roster),
                box,
                EngineRules.standard("here"),
                new Random(7));
    }

    /** Waits until something is so; it must be so in the end. */
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** People do step 1, two say yes to step 2, people do it. */
    private static void sop(Path folder, String name, String more) throws IOException {
        var place = Files.createDirectories(folder.resolve("sops").resolve(name));
        Files.writeString(
                place.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                max_concurrent = 100

                [[triggers]]
                type = "manual"
                %s
                """
                        .formatted(name, more));
        Files.writeString(
                place.resolve("SOP.md"),
                """
                # T

                ## Steps

                1. **Look** — is it there?
                2. **Go** — home.
                   - requires_confirmation: true
                """);
    }

    private static Roster roster(String policy) {
        var text =
                """
                people: {alice: {local: [alice]}, bob: {local: [bob]}, carol: {local: [carol]}}
                access: [{sops: "*", run: [alice, bob], see: [carol]}]
                policies: {default: %s}
                """
                        .formatted(policy);
        var read = RosterReader.read(text.getBytes(StandardCharsets.UTF_8), "roster.yaml");
        var roster = read.roster().orElseThrow(() -> new AssertionError(read.toString()));
        var people = new TreeMap<String, Person>();
        for (var name : roster.people().keySet()) {
            people.put(name, Person.of(name, Set.of(new Identity("fake", name))));
        }
        return with(roster, people, roster.access(), List.of());
    }

    /** From now on these SOPs are shown in this room only. */
    public void route(String sops, String room) {
        roster =
                with(
                        roster,
                        new TreeMap<>(roster.people()),
                        roster.access(),
                        List.of(new Route(new SopPattern(sops), List.of(room))));
    }

    /** From now on this account is this person's too. */
    void account(String person, String account) {
        var people = new TreeMap<>(roster.people());
        var accounts = Set.of(new Identity("fake", person), new Identity("fake", account));
        people.put(person, Person.of(person, accounts));
        roster = with(roster, people, roster.access(), roster.routes());
    }

    /** From now on these SOPs are this person's alone. */
    public void access(String sops, String person) {
        var access = new ArrayList<>(roster.access());
        var pattern = new SopPattern(sops);
        access.addFirst(new Access(pattern, List.of(), List.of(person), Optional.empty()));
        roster = with(roster, new TreeMap<>(roster.people()), access, roster.routes());
    }

    private static Roster with(
            Roster it, SortedMap<String, Person> people, List<Access> access, List<Route> routes) {
        return new Roster(
                it.digest(),
                it.sopsDir(),
                it.singleOperator(),
                List.of(
                        ConnectorSettings.of("red", "fake", true, Map.of()),
                        ConnectorSettings.of("blue", "fake", true, Map.of())),
                people,
                it.groups(),
                access,
                it.policies(),
                it.floors(),
                routes,
                it.secrets(),
                it.engine(),
                it.ingress());
    }

    /** Whether runs of this SOP are shown in this room. */
    boolean shows(String room, String sop) {
        return roster.route(sop).stream().anyMatch(it -> it.name().equals(room));
    }

    public RunViews views(Store over) {
        return new RunViews(overview, over, new StepOutputs(folder), () -> roster);
    }

    // Runs

    /** Starts one, and does its first step. */
    public RunId atGate(String sop) {
        var run = start(sop);
        done(run, "alice");
        return run;
    }

    public RunId start(String sop) {
        var arrival =
                new Arrival(
                        new Delivery(Source.MANUAL, sop, Payload.NONE),
                        Optional.empty(),
                        Map.of(),
                        Set.of("alice"),
                        true,
                        "asked by alice",
                        now);
        return new RunId(engine.deliver(arrival).getFirst().run().orElseThrow());
    }

    public Optional<Phase> phase(RunId run) {
        return engine.state(run)
                .flatMap(
                        it ->
                                it instanceof Active(_, var phase)
                                        ? Optional.of(phase)
                                        : Optional.empty());
    }

    public Gate gate(RunId run) {
        return ((Phase.AtGate) phase(run).orElseThrow()).gate();
    }

    /** How it ended; empty while it goes on. */
    public String outcome(RunId run) {
        return engine.state(run).orElseThrow() instanceof RunState.Finished it
                ? it.outcome().name()
                : "";
    }

    public void approve(RunId run, String person) {
        command(run, new RunCommand.Approve(gate(run).ref(), actor(person), Optional.empty(), now));
    }

    void withdraw(RunId run, String person) {
        command(run, new RunCommand.Withdraw(gate(run).ref(), actor(person), now));
    }

    void deny(RunId run, String person) {
        command(run, new RunCommand.Deny(gate(run).ref(), actor(person), "no", now));
    }

    public void done(RunId run, String person) {
        var asked = (Phase.AtPerson) phase(run).orElseThrow();
        command(
                run,
                new RunCommand.Reply(
                        asked.step(),
                        asked.attempt(),
                        RunCommand.Answer.DONE,
                        actor(person),
                        "",
                        now));
    }

    void cancel(RunId run, String person) {
        command(run, new RunCommand.Cancel(actor(person), "", now));
    }

    void tick(RunId run) {
        command(run, new RunCommand.Tick(now));
    }

    public void command(RunId run, RunCommand command) {
        var _ = engine.command(run, command);
    }

    private static Actor actor(String person) {
        return new Actor(person, "fake:" + person);
    }
}
