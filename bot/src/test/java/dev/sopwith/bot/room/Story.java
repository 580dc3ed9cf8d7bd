package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Digest;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunMachine;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One run that a test plays through the real machine, to look at what a room shows of it. */
final class Story {
    static final Instant BEGINNING = Instant.parse("2026-11-21T03:00:00Z");

    final Sop sop;
    private final List<RunEvent> events = new ArrayList<>();
    private RunState state = new RunState.NotStarted();
    private Instant now = BEGINNING;
    private Optional<String> action = Optional.empty();
    private boolean isForgotten;

    private Story(Sop sop) {
        this.sop = sop;
    }

    /** A SOP named deploy with these lines in its table and these steps, numbered by the caller. */
    static Story of(String manifest, String steps) {
        var toml =
                """
                [sop]
                name = "deploy"
                description = "d"
                version = "1.2.0"
                %s

                [[triggers]]
                type = "manual"
                """
                        .formatted(manifest);
        var files = new LinkedHashMap<String, SopFiles.File>();
        files.put("SOP.toml", file(toml));
        files.put("SOP.md", file("# Deploy\n\n## Steps\n\n" + steps));
        var result = SopReader.read(new SopFiles(files), "sops/deploy", BEGINNING);
        assertThat(result.diagnostics()).noneMatch(it -> it.isError());
        return new Story(result.sop().orElseThrow());
    }

    private static SopFiles.File file(String text) {
        return new SopFiles.File(text.getBytes(StandardCharsets.UTF_8), false);
    }

    Story start(String... inputs) {
        return start(Set.of("alice"), Set.of(), inputs);
    }

    Story start(Set<String> initiators, Set<String> secret, String... inputs) {
        var map = new TreeMap<String, String>();
        for (int i = 0; i < inputs.length; i += 2) map.put(inputs[i], inputs[i + 1]);
        var start =
                new RunStart(
                        new RunId(12),
                        sop.name(),
                        sop.version(),
                        Digest.of("", 0, Map.of(), "", ""),
                        sop.priority(),
                        sop.executionMode(),
                        map,
                        secret,
                        "",
                        initiators.isEmpty() ? "cron 2026-11-21T03:00:00Z" : "asked by alice",
                        initiators,
                        Optional.empty(),
                        Optional.empty());
        return says(new RunCommand.Start(start, now));
    }

    private Story says(RunCommand command) {
        var decision = RunMachine.decide(sop, state, command);
        assertThat(decision).isInstanceOf(Decision.Accepted.class);
        var accepted = (Decision.Accepted) decision;
        events.addAll(accepted.events());
        state = accepted.state();
        return this;
    }

    Story after(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** Time passes, and what is due happens. */
    Story tick(Duration time) {
        now = now.plus(time);
        return says(new RunCommand.Tick(now));
    }

    // Gates

    static GatePolicy policy(int needed, String... persons) {
        return policy(needed, Assurance.CLICK, false, Optional.empty(), persons);
    }

    static GatePolicy policy(
            int needed,
            Assurance assurance,
            boolean excludeInitiator,
            Optional<Set<String>> escalateTo,
            String... persons) {
        return new GatePolicy(
                List.of(new GatePolicy.Quorum("release", Set.of(persons), needed)),
                excludeInitiator,
                assurance,
                Duration.ofHours(24),
                List.of(Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)),
                escalateTo);
    }

    Story open(GatePolicy policy) {
        return open(policy, "k7p2q", "what it does");
    }

    Story open(GatePolicy policy, String code, String what) {
        var wanted = (Phase.GateWanted) phase();
        var digest = Digest.of("", wanted.step().step(), Map.of(), "", what);
        return says(
                new RunCommand.OpenGate(
                        wanted.step(), wanted.revision(), policy, digest, code, now));
    }

    Story revise(String why) {
        var gate = gate();
        return says(new RunCommand.ReviseGate(gate.at(), gate.revision(), why, now));
    }

    Story approve(String person) {
        return says(new RunCommand.Approve(gate().ref(), actor(person), Optional.empty(), now));
    }

    Story type(String person) {
        var code = Optional.of(gate().code());
        return says(new RunCommand.Approve(gate().ref(), actor(person), code, now));
    }

    Story withdraw(String person) {
        return says(new RunCommand.Withdraw(gate().ref(), actor(person), now));
    }

    Story deny(String person, String reason) {
        return says(new RunCommand.Deny(gate().ref(), actor(person), reason, now));
    }

    Gate gate() {
        return ((Phase.AtGate) phase()).gate();
    }

    // Machines and people

    Story begin() {
        if (phase() instanceof Phase.SlotWanted) says(new RunCommand.Grant(now));
        var ready = (Phase.Ready) phase();
        return says(
                new RunCommand.Begin(ready.step(), ready.attempt(), "node", digest(ready), now));
    }

    private static String digest(Phase.Ready ready) {
        return ready.cleared()
                .map(RunState.Cleared::digest)
                .orElseGet(() -> Digest.of("", ready.step().step(), Map.of(), "", ""));
    }

    Story succeed(String... outputs) {
        var run = (Phase.Executing) phase();
        var map = new TreeMap<String, String>();
        for (int i = 0; i < outputs.length; i += 2) map.put(outputs[i], outputs[i + 1]);
        return says(new RunCommand.Succeed(run.step(), run.attempt(), map, now));
    }

    Story fail(String reason) {
        var run = (Phase.Executing) phase();
        return says(new RunCommand.Fail(run.step(), run.attempt(), reason, now));
    }

    Story doubt(String why) {
        var run = (Phase.Executing) phase();
        return says(new RunCommand.Doubt(run.step(), run.attempt(), why, now));
    }

    Story settle(RunCommand.Settlement settlement, String note) {
        var doubt = (Phase.InDoubt) phase();
        return says(
                new RunCommand.Settle(
                        doubt.step(), doubt.attempt(), settlement, actor("bob"), note, now));
    }

    Story reply(RunCommand.Answer answer, String note) {
        var asked = (Phase.AtPerson) phase();
        return says(
                new RunCommand.Reply(
                        asked.step(), asked.attempt(), answer, actor("bob"), note, now));
    }

    Story cancel(String reason) {
        return says(new RunCommand.Cancel(actor("alice"), reason, now));
    }

    Story pause(String why) {
        return says(new RunCommand.Pause(why, now));
    }

    Story resume() {
        return says(new RunCommand.Resume(actor("bob"), now));
    }

    private Phase phase() {
        return ((Active) state).phase();
    }

    private static Actor actor(String person) {
        return new Actor(person, "matrix:@%s:example.org".formatted(person));
    }

    // Looking

    /** What steps do, with all values in it; as it stands in SOP.md when nothing is said. */
    Story does(String action) {
        this.action = Optional.of(action);
        return this;
    }

    /** Retention has erased what happened. */
    Story forget() {
        isForgotten = true;
        return this;
    }

    RunView view() {
        var ended = state instanceof Finished it ? Optional.of(it.at()) : Optional.<Instant>empty();
        var run =
                new Overview.Run(
                        new RunId(12), sop.name(), state, Optional.of(sop), BEGINNING, ended);
        return new RunView(
                run,
                isForgotten ? List.of() : events,
                this::action,
                Set.of("alice", "bob"),
                ended.map(_ -> "9f3b2c1a"));
    }

    private Optional<String> action(StepVisit visit) {
        return action.or(() -> sop.steps().get(visit.step() - 1).block().map(Step.Block::text));
    }
}
