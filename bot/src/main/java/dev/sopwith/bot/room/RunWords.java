package dev.sopwith.bot.room;

import dev.sopwith.engine.run.Digest;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepResult;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How runs, their steps and what happened to them are put into words. */
public final class RunWords {
    private RunWords() {}

    /** Where a run stands, in one line: what it does, or what it waits for and how to go on. */
    public static String state(Overview.Run run) {
        return switch (run.state()) {
            case RunState.NotStarted _ -> "not started";
            case Finished it -> ended(it);
            case Active(_, var phase) -> phase(run, phase);
        };
    }

    /** {@code failed: exit code 3}. */
    static String ended(Finished run) {
        var outcome = word(run.outcome());
        if (run.reason().startsWith(outcome)) return run.reason();
        return outcome + noted(run.reason());
    }

    private static String phase(Overview.Run run, Phase phase) {
        return switch (phase) {
            case Phase.Moving _ -> "between two steps";
            case Phase.GateWanted it -> "about to ask for " + step(run, it.step());
            case Phase.AtGate(var gate) when gate.awaitsRoles() ->
                    "waits until it is known whether %s may approve %s%s"
                            .formatted(
                                    list(gate.toConfirm().keySet()),
                                    step(run, gate.at()),
                                    noted(gate.unconfirmed().orElse("")));
            case Phase.AtGate(var gate) ->
                    "waits for approval of %s: approve %s"
                            .formatted(step(run, gate.at()), gate.code());
            case Phase.AtPerson it ->
                    "waits for people to do %s: done %s".formatted(step(run, it.step()), run.id());
            case Phase.InDoubt it ->
                    "nobody knows what became of %s (%s): retry, done, failed or abort %s"
                            .formatted(step(run, it.step()), it.why(), run.id());
            case Phase.SlotWanted it -> "waits for a free slot to do " + step(run, it.step());
            case Phase.Ready it -> "about to do " + step(run, it.step());
            case Phase.Executing it when it.stop().isPresent() ->
                    "ends %s: %s".formatted(step(run, it.step()), it.stop().get().reason());
            case Phase.Executing it -> "does " + step(run, it.step()) + attempt(it.attempt());
            case Phase.RetryWait it ->
                    "tries %s again at %s".formatted(step(run, it.step()), time(it.due()));
            case Phase.Paused it -> "paused (%s): resume %s".formatted(it.why(), run.id());
        };
    }

    /** One word for programs and tables. */
    public static String phaseWord(RunState state) {
        return switch (state) {
            case RunState.NotStarted _ -> "not started";
            case Finished it -> word(it.outcome());
            case Active(_, var phase) ->
                    switch (phase) {
                        case Phase.Moving _, Phase.Ready _, Phase.Executing _ -> "running";
                        case Phase.GateWanted _, Phase.AtGate _ -> "at gate";
                        case Phase.AtPerson _ -> "at person";
                        case Phase.InDoubt _ -> "in doubt";
                        case Phase.SlotWanted _ -> "waiting";
                        case Phase.RetryWait _ -> "retrying";
                        case Phase.Paused _ -> "paused";
                    };
        };
    }

    /** The step an active run stands at. */
    public static Optional<StepVisit> at(RunState state) {
        if (!(state instanceof Active(_, var phase))) return Optional.empty();
        return at(phase);
    }

    static Optional<StepVisit> at(Phase phase) {
        return switch (phase) {
            case Phase.Moving _ -> Optional.empty();
            case Phase.GateWanted it -> Optional.of(it.step());
            case Phase.AtGate(var gate) -> Optional.of(gate.at());
            case Phase.AtPerson it -> Optional.of(it.step());
            case Phase.InDoubt it -> Optional.of(it.step());
            case Phase.SlotWanted it -> Optional.of(it.step());
            case Phase.Ready it -> Optional.of(it.step());
            case Phase.Executing it -> Optional.of(it.step());
            case Phase.RetryWait it -> Optional.of(it.step());
            case Phase.Paused(var before, _) -> at(before);
        };
    }

    /** {@code step 2 (Deploy)}. */
    public static String step(Overview.Run run, StepVisit step) {
        return title(run.sop(), step.step())
                .map(title -> "%s (%s)".formatted(step, title))
                .orElseGet(step::toString);
    }

    static Optional<String> title(Optional<Sop> sop, int step) {
        return sop.filter(it -> step <= it.steps().size())
                .map(it -> it.steps().get(step - 1))
                .map(Step::title)
                .filter(title -> !title.isBlank());
    }

    /** How a step of a run stands. */
    public static String mark(Overview.Run run, int step) {
        var at = at(run.state());
        if (at.isPresent() && at.get().step() == step) return "now";
        return progress(run.state())
                .map(it -> it.results().get(step))
                .map(result -> word(result.end()))
                .orElse("-");
    }

    public static Optional<RunState.Progress> progress(RunState state) {
        return switch (state) {
            case RunState.NotStarted _ -> Optional.empty();
            case Active(var progress, _) -> Optional.of(progress);
            case Finished it -> Optional.of(it.progress());
        };
    }

    /** What a step handed on, by name; the names in order. */
    public static Map<String, String> outputs(StepResult result) {
        return new TreeMap<>(result.outputs());
    }

    /**
     * What happened, in words.
     *
     * @param initiators of the run at that time: where they may not decide, they are not among
     *     those who were asked
     */
    public static String event(RunEvent event, Set<String> initiators) {
        if (!(event instanceof RunEvent.GateOpened(var gate, _))
                || !gate.policy().excludeInitiator()) {
            return event(event);
        }
        var asked = new TreeSet<>(gate.policy().persons());
        var left = new TreeSet<>(initiators);
        left.retainAll(asked);
        asked.removeAll(left);
        var text = opened(gate, asked);
        return left.isEmpty()
                ? text
                : "%s; not %s, who started it".formatted(text, String.join(", ", left));
    }

    private static String opened(Gate gate, Set<String> asked) {
        return "%s asked: %s, revision %d, digest %s"
                .formatted(
                        gate.at(),
                        asked.isEmpty() ? "nobody" : String.join(", ", asked),
                        gate.revision(),
                        digest(gate.digest()));
    }

    /** What happened, in words. */
    public static String event(RunEvent event) {
        return switch (event) {
            case RunEvent.RunStarted it -> "started: " + it.start().cause();
            case RunEvent.StepSkipped it -> "%s skipped: %s".formatted(it.step(), it.why());
            case RunEvent.StepEntered it -> it.step() + " reached";
            case RunEvent.GateRequested it -> it.step() + " needs a yes" + noted(it.why());
            case RunEvent.GateOpened it -> opened(it.gate(), it.gate().policy().persons());
            case RunEvent.VoteCast it ->
                    "%s approved by %s%s"
                            .formatted(
                                    it.step(),
                                    it.vote().by().identity(),
                                    noted(it.vote().reason()));
            case RunEvent.VoteWithdrawn it ->
                    "%s approval taken back by %s".formatted(it.step(), it.by().identity());
            case RunEvent.VoteVoided it ->
                    "%s approval of %s does not count: %s"
                            .formatted(it.step(), it.by().identity(), it.why());
            case RunEvent.GateUnconfirmed it ->
                    "%s roles could not be looked up: %s".formatted(it.step(), it.why());
            case RunEvent.GateReminded it -> it.step() + " people reminded";
            case RunEvent.GateEscalated it -> it.step() + " nobody decided; a wider group is asked";
            case RunEvent.GateMoved it ->
                    "%s may be decided until %s".formatted(it.step(), time(it.deadline()));
            case RunEvent.GateCleared it ->
                    "%s cleared, digest %s".formatted(it.step(), digest(it.digest()));
            case RunEvent.GateDenied it ->
                    "%s denied by %s%s"
                            .formatted(it.step(), it.by().identity(), noted(it.reason()));
            case RunEvent.GateExpired it -> it.step() + " nobody decided in time: that is a no";
            case RunEvent.StepQueued it -> it.step() + " waits for a slot";
            case RunEvent.SlotWon _ -> "got a slot";
            case RunEvent.StepStarted it -> it.step() + " started" + attempt(it.attempt());
            case RunEvent.StepSucceeded it -> it.step() + " completed" + outputs(it.outputs());
            case RunEvent.StepFailed it -> "%s failed: %s".formatted(it.step(), it.reason());
            case RunEvent.AttemptLost it -> "%s lost: %s".formatted(it.step(), it.why());
            case RunEvent.RetryScheduled it ->
                    "%s is tried again at %s".formatted(it.step(), time(it.due()));
            case RunEvent.StepInDoubt it -> "%s in doubt: %s".formatted(it.step(), it.why());
            case RunEvent.DoubtSettled it ->
                    "%s %s, says %s%s"
                            .formatted(
                                    it.step(),
                                    word(it.settlement()),
                                    it.by().identity(),
                                    noted(it.note()));
            case RunEvent.PersonAsked it -> it.step() + " people asked to do it";
            case RunEvent.PersonAnswered it ->
                    "%s %s, says %s%s"
                            .formatted(
                                    it.step(),
                                    word(it.answer()),
                                    it.by().identity(),
                                    noted(it.note()));
            case RunEvent.StopRequested it -> "is being ended: " + it.reason();
            case RunEvent.RunPaused it -> "paused: " + it.why();
            case RunEvent.RunResumed it -> "resumed by " + it.by().identity();
            case RunEvent.RunFinished it -> word(it.outcome()) + noted(it.reason());
        };
    }

    /** How many of whom a gate needs. */
    public static String deciders(GatePolicy policy) {
        return policy.quorums().stream()
                .map(RunWords::quorum)
                .collect(Collectors.joining("; and "));
    }

    private static String quorum(GatePolicy.Quorum quorum) {
        return "%d of %s (%s)".formatted(quorum.needed(), list(quorum.persons()), quorum.policy());
    }

    static String list(Set<String> persons) {
        return persons.isEmpty() ? "nobody" : String.join(", ", new TreeSet<>(persons));
    }

    /** In UTC, to the second: the same for everybody who reads it. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code 3 d}, {@code 2 h 5 min}, {@code 12 s}. */
    public static String age(Duration time) {
        if (time.toDays() > 1) return time.toDays() + " d";
        if (time.toHours() > 0)
            return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
        if (time.toMinutes() > 0) return time.toMinutes() + " min";
        return Math.max(0, time.toSeconds()) + " s";
    }

    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** As much of a digest as is told apart by eye. */
    static String digest(String digest) {
        return digest.substring(0, Math.min(Digest.SHOWN, digest.length()));
    }

    private static String attempt(int attempt) {
        return attempt > 1 ? ", attempt " + attempt : "";
    }

    static String noted(String note) {
        return note.isEmpty() ? "" : ": " + note;
    }

    private static String outputs(Map<String, String> outputs) {
        if (outputs.isEmpty()) return "";
        return new TreeMap<>(outputs)
                .entrySet().stream()
                        .map(it -> it.getKey() + "=" + it.getValue())
                        .collect(Collectors.joining(", ", ": ", ""));
    }
}
