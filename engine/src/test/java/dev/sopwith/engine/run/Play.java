package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

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

/**
 * One run that a test plays through: it says what people, machines and the clock do, and looks at
 * what became of it. Every step checks that the state is the fold of all events.
 */
final class Play {
    static final Instant BEGINNING = Instant.parse("2026-11-21T03:00:00Z");

    final Sop sop;
    final List<RunEvent> events = new ArrayList<>();
    RunState state = new RunState.NotStarted();
    Instant now = BEGINNING;
    Decision last = new Decision.Accepted(List.of(), state);

    private Play(Sop sop) {
        this.sop = sop;
    }

    /** A run of a SOP with these steps, each an item without its number, begun at once. */
    static Play steps(String... steps) {
        return sop("execution_mode = \"auto\"", steps).start(Map.of());
    }

    /** A SOP with these lines in its {@code [sop]} table and these steps. */
    static Play sop(String manifest, String... steps) {
        var toml =
                """
                [sop]
                name = "s"
                description = "d"
                %s

                [[triggers]]
                type = "manual"
                """
                        .formatted(manifest);
        var md = new StringBuilder("# S\n\n## Steps\n\n");
        for (int i = 0; i < steps.length; i++) {
            var lines = steps[i].strip().split("\n", -1);
            md.append(i + 1).append(". **").append(lines[0]).append("**\n");
            for (int k = 1; k < lines.length; k++) md.append("   ").append(lines[k]).append('\n');
        }
        return new Play(read(toml, md.toString()));
    }

    private static Sop read(String toml, String md) {
        var files = new LinkedHashMap<String, SopFiles.File>();
        files.put("SOP.toml", new SopFiles.File(toml.getBytes(StandardCharsets.UTF_8), false));
        files.put("SOP.md", new SopFiles.File(md.getBytes(StandardCharsets.UTF_8), false));
        var result = SopReader.read(new SopFiles(files), "sops/s", BEGINNING);
        assertThat(result.diagnostics()).noneMatch(Diagnostic::isError);
        return result.sop().orElseThrow();
    }

    Play start(Map<String, String> inputs) {
        return start(inputs, "", Optional.empty());
    }

    Play start(Map<String, String> inputs, String payload, Optional<RunStart.Rerun> rerun) {
        var start =
                new RunStart(
                        new RunId(12),
                        sop.name(),
                        sop.version(),
                        "snapshot",
                        sop.priority(),
                        sop.executionMode(),
                        inputs,
                        Set.of(),
                        payload,
                        "asked by alice",
                        Set.of("alice"),
                        Optional.empty(),
                        rerun);
        return says(new RunCommand.Start(start, now));
    }

    Play says(RunCommand command) {
        last = RunMachine.decide(sop, state, command);
        if (last instanceof Decision.Accepted(var more, var next)) {
            events.addAll(more);
            state = next;
            assertThat(more).isNotEmpty();
            assertThat(RunHistory.replay(events)).isEqualTo(state);
            assertThat(phaseOrNothing()).isNotInstanceOf(RunState.Phase.Moving.class);
        }
        return this;
    }

    Play after(Duration time) {
        now = now.plus(time);
        return says(new RunCommand.Tick(now));
    }

    // Gates

    static final GatePolicy ONE_OF_TWO = policy(1, "bob", "carol");
    static final GatePolicy ONE_OF_TWO_BY_ROLE = byRole(1, Set.of("bob", "carol"));
    static final GatePolicy TWO_OF_THREE = policy(2, "alice", "bob", "carol");

    static GatePolicy policy(int needed, String... persons) {
        return new GatePolicy(
                List.of(new GatePolicy.Quorum("release", Set.of(persons), needed)),
                false,
                Assurance.CLICK,
                Duration.ofHours(24),
                List.of(Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)),
                Optional.empty());
    }

    /** Of people who count only while they hold a role of {@code release}. */
    static GatePolicy byRole(int needed, Set<String> persons) {
        var roles = new TreeMap<String, Set<String>>();
        for (var person : persons) roles.put(person, Set.of("release"));
        return new GatePolicy(
                List.of(new GatePolicy.Quorum("release", persons, needed, roles)),
                false,
                Assurance.CLICK,
                Duration.ofHours(24),
                List.of(),
                Optional.empty());
    }

    static final String DIGEST = Digest.of("snapshot", 1, Map.of(), "", "true");
    static final String OTHER_DIGEST = Digest.of("snapshot", 1, Map.of(), "", "false");

    Play open(GatePolicy policy) {
        var wanted = phase(RunState.Phase.GateWanted.class);
        return says(
                new RunCommand.OpenGate(
                        wanted.step(), wanted.revision(), policy, DIGEST, "k7p2", now));
    }

    Gate gate() {
        return phase(RunState.Phase.AtGate.class).gate();
    }

    Play approve(String person) {
        return approve(gate().ref(), person);
    }

    Play approve(Gate.Ref gate, String person) {
        return says(new RunCommand.Approve(gate, actor(person), Optional.empty(), now));
    }

    Play type(String code, String person) {
        return says(new RunCommand.Approve(gate().ref(), actor(person), Optional.of(code), now));
    }

    Play deny(String person, String reason) {
        return says(new RunCommand.Deny(gate().ref(), actor(person), reason, now));
    }

    /** What a network says of the first revision: each holds this. */
    Play confirm(Map<String, Set<String>> held) {
        return says(new RunCommand.Confirm(new StepVisit(1, 1), 1, held, now));
    }

    Play withdraw(String person) {
        return says(new RunCommand.Withdraw(gate().ref(), actor(person), now));
    }

    // Machines

    /** Wins a slot where one is needed, and begins what is to begin. */
    Play begin() {
        if (phaseOrNothing() instanceof RunState.Phase.SlotWanted) {
            says(new RunCommand.Grant(now));
        }
        return begin(DIGEST);
    }

    Play begin(String digest) {
        var ready = phase(RunState.Phase.Ready.class);
        return says(new RunCommand.Begin(ready.step(), ready.attempt(), "node", digest, now));
    }

    Play succeed(String... outputs) {
        var run = phase(RunState.Phase.Executing.class);
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < outputs.length; i += 2) map.put(outputs[i], outputs[i + 1]);
        return says(new RunCommand.Succeed(run.step(), run.attempt(), map, now));
    }

    Play fail(String reason) {
        var run = phase(RunState.Phase.Executing.class);
        return says(new RunCommand.Fail(run.step(), run.attempt(), reason, now));
    }

    Play doubt() {
        var run = phase(RunState.Phase.Executing.class);
        return says(new RunCommand.Doubt(run.step(), run.attempt(), "the machine was lost", now));
    }

    /** Begins the step and ends it well. */
    Play runs(String... outputs) {
        return begin().succeed(outputs);
    }

    // People

    Play settle(RunCommand.Settlement settlement, String person) {
        var doubt = phase(RunState.Phase.InDoubt.class);
        return says(
                new RunCommand.Settle(
                        doubt.step(), doubt.attempt(), settlement, actor(person), "", now));
    }

    Play reply(RunCommand.Answer answer, String note) {
        var asked = phase(RunState.Phase.AtPerson.class);
        return says(
                new RunCommand.Reply(
                        asked.step(), asked.attempt(), answer, actor("bob"), note, now));
    }

    Play done() {
        return reply(RunCommand.Answer.DONE, "");
    }

    Play cancel(String reason) {
        return says(new RunCommand.Cancel(actor("alice"), reason, now));
    }

    Play pause() {
        return says(new RunCommand.Pause("restored from a backup", now));
    }

    Play resume() {
        return says(new RunCommand.Resume(actor("bob"), now));
    }

    // Looking

    static Actor actor(String person) {
        return new Actor(person, "local:" + person);
    }

    RunState.Phase phaseOrNothing() {
        return state instanceof RunState.Active(_, var phase)
                ? phase
                : new RunState.Phase.Paused(
                        new RunState.Phase.RetryWait(
                                new StepVisit(1, 1), 1, now, false, Optional.empty()),
                        "not active");
    }

    <P extends RunState.Phase> P phase(Class<P> type) {
        assertThat(state).isInstanceOf(RunState.Active.class);
        var phase = ((RunState.Active) state).phase();
        assertThat(phase).isInstanceOf(type);
        return type.cast(phase);
    }

    /**
     * Where the run stands, in a word or two: {@code gate 1}, {@code ready 2}, {@code COMPLETED}.
     */
    String where() {
        return switch (state) {
            case RunState.NotStarted _ -> "not started";
            case RunState.Finished it -> it.outcome().name();
            case RunState.Active(_, var phase) ->
                    switch (phase) {
                        case RunState.Phase.GateWanted it -> "gate wanted " + it.step().step();
                        case RunState.Phase.AtGate it -> "gate " + it.gate().at().step();
                        case RunState.Phase.AtPerson it -> "person " + it.step().step();
                        case RunState.Phase.InDoubt it -> "doubt " + it.step().step();
                        case RunState.Phase.SlotWanted it -> "slot wanted " + it.step().step();
                        case RunState.Phase.Ready it -> "ready " + it.step().step();
                        case RunState.Phase.Executing it -> "executing " + it.step().step();
                        case RunState.Phase.RetryWait it -> "retry " + it.step().step();
                        case RunState.Phase.Paused _ -> "paused";
                        case RunState.Phase.Moving _ -> "moving";
                    };
        };
    }

    String reason() {
        assertThat(state).isInstanceOf(RunState.Finished.class);
        return ((RunState.Finished) state).reason();
    }

    Refusal refusal() {
        assertThat(last).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) last).refusal();
    }

    long count(Class<? extends RunEvent> type) {
        return events.stream().filter(type::isInstance).count();
    }
}
