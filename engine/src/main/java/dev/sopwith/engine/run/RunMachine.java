package dev.sopwith.engine.run;

import static dev.sopwith.engine.run.Refusal.Reason.ALREADY_DECIDED;
import static dev.sopwith.engine.run.Refusal.Reason.ALREADY_FINISHED;
import static dev.sopwith.engine.run.Refusal.Reason.ALREADY_STARTED;
import static dev.sopwith.engine.run.Refusal.Reason.NOT_AN_APPROVER;
import static dev.sopwith.engine.run.Refusal.Reason.NOT_NOW;
import static dev.sopwith.engine.run.Refusal.Reason.NOT_STARTED;
import static dev.sopwith.engine.run.Refusal.Reason.NO_VOTE;
import static dev.sopwith.engine.run.Refusal.Reason.STALE;
import static dev.sopwith.engine.run.Refusal.Reason.TOO_LATE;
import static dev.sopwith.engine.run.Refusal.Reason.WRONG_CODE;

import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.NotStarted;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.RunState.Phase.AtGate;
import dev.sopwith.engine.run.RunState.Phase.AtPerson;
import dev.sopwith.engine.run.RunState.Phase.Executing;
import dev.sopwith.engine.run.RunState.Phase.GateWanted;
import dev.sopwith.engine.run.RunState.Phase.InDoubt;
import dev.sopwith.engine.run.RunState.Phase.Paused;
import dev.sopwith.engine.run.RunState.Phase.Ready;
import dev.sopwith.engine.run.RunState.Phase.RetryWait;
import dev.sopwith.engine.run.RunState.Phase.SlotWanted;
import dev.sopwith.engine.sop.Sop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run answers to a command: the whole table of states and commands ({@code
 * docs/run-states.md} prints it). Composed of {@link Gate}, which counts votes, {@link Route},
 * which knows the next step, and {@link RunHistory}, which says what a fact makes of a state.
 *
 * <p>Pure: the same state and command always give the same decision. A command names the step,
 * visit, attempt or revision it answers; one that is stale or repeated is refused and changes
 * nothing. Approvals fail closed: silence is a no, and what was approved is what begins.
 */
public final class RunMachine {
    /** How long what was approved may wait for its beginning before people are asked again. */
    public static final Duration CLEARED_MAX = Duration.ofHours(1);

    /** A retry that is further away gives the slot back. */
    static final Duration HELD_MAX = Duration.ofMinutes(1);

    /** From this attempt on people are asked even about what may be repeated without them. */
    static final int ATTEMPTS_MAX = 32;

    private RunMachine() {}

    /**
     * Decides on one command.
     *
     * @param sop the snapshot the run was started with
     */
    public static Decision decide(Sop sop, RunState state, RunCommand command) {
        return switch (state) {
            case NotStarted _ when command instanceof RunCommand.Start start -> begin(sop, start);
            case NotStarted _ -> refuse(NOT_STARTED, "this run has not begun");
            case Active run -> decide(sop, run, command);
            case Finished run -> isOver(run);
        };
    }

    private static Decision begin(Sop sop, RunCommand.Start start) {
        var steps = new Steps(sop, new NotStarted(), start.at());
        var deadline =
                sop.timeout().isZero()
                        ? Optional.<Instant>empty()
                        : Optional.of(start.at().plus(sop.timeout()));
        steps.add(new RunEvent.RunStarted(start.start(), deadline, start.at()));
        steps.enter(steps.route().first());
        return steps.accept();
    }

    private static Decision decide(Sop sop, Active run, RunCommand command) {
        var steps = new Steps(sop, run, command.at());
        return switch (command) {
            case RunCommand.Start _ -> refuse(ALREADY_STARTED, "this run has begun already");
            case RunCommand.OpenGate c -> open(steps, run.phase(), c);
            case RunCommand.ReviseGate c -> revise(steps, run.phase(), c);
            case RunCommand.MoveDeadline c -> move(steps, run.phase(), c);
            case RunCommand.Approve c -> approve(steps, run, c);
            case RunCommand.Deny c -> deny(steps, run, c);
            case RunCommand.Withdraw c -> withdraw(steps, run, c);
            case RunCommand.Confirm c -> confirm(steps, run.phase(), c);
            case RunCommand.Unconfirmed c -> unconfirmed(steps, run.phase(), c);
            case RunCommand.Grant _ -> grant(steps, run.phase());
            case RunCommand.Begin c -> begin(steps, run.phase(), c);
            case RunCommand.Succeed c -> succeed(steps, run.phase(), c);
            case RunCommand.Fail c -> fail(steps, run.phase(), c);
            case RunCommand.Doubt c -> doubt(steps, run.phase(), c);
            case RunCommand.Settle c -> settle(steps, run.phase(), c);
            case RunCommand.Reply c -> reply(steps, run.phase(), c);
            case RunCommand.Tick _ -> tick(steps, run);
            case RunCommand.Cancel c -> cancel(run, c);
            case RunCommand.Abandon c -> stop(run, Outcome.FAILED, c.reason(), c.at());
            case RunCommand.Pause c -> pause(run, c);
            case RunCommand.Resume c -> resume(steps, run, c);
        };
    }

    // Gates

    private static Decision open(Steps steps, Phase phase, RunCommand.OpenGate c) {
        if (!(phase instanceof GateWanted(var step, var revision, _))) return notNow(phase);
        if (!step.equals(c.step()) || revision != c.revision()) return stale(step);
        var gate =
                new Gate(
                        step,
                        revision,
                        c.policy(),
                        c.digest(),
                        c.code(),
                        c.at(),
                        c.at().plus(c.policy().ttl()),
                        0,
                        List.of(),
                        Optional.empty());
        steps.add(new RunEvent.GateOpened(gate, c.at()));
        return steps.accept();
    }

    private static Decision revise(Steps steps, Phase phase, RunCommand.ReviseGate c) {
        if (!(phase instanceof AtGate(var gate))) return notNow(phase);
        if (!gate.at().equals(c.step()) || gate.revision() != c.revision()) return stale(gate.at());
        steps.askAnew(gate.at(), gate.revision(), c.why());
        return steps.accept();
    }

    private static Decision move(Steps steps, Phase phase, RunCommand.MoveDeadline c) {
        if (!(phase instanceof AtGate(var gate))) return notNow(phase);
        if (!gate.at().equals(c.step()) || gate.revision() != c.revision()) return stale(gate.at());
        if (!c.deadline().isAfter(gate.deadline())) {
            return refuse(NOT_NOW, "a deadline only moves to later");
        }
        steps.add(new RunEvent.GateMoved(gate.at(), gate.revision(), c.deadline(), c.at()));
        return steps.accept();
    }

    private static Decision approve(Steps steps, Active run, RunCommand.Approve c) {
        if (!(run.phase() instanceof AtGate(var gate))) return decided(run, c.gate());
        if (c.code().isPresent() && !c.code().get().equals(gate.code())) {
            return refuse(WRONG_CODE, "this is not the code of this prompt");
        }
        var assurance = c.code().isPresent() ? Assurance.TYPED : Assurance.CLICK;
        var refusal = gate.refusal(c.gate(), c.by(), assurance, run.progress().initiators());
        if (refusal.isPresent()) return new Decision.Refused(refusal.get());
        if (!c.at().isBefore(gate.deadline())) return tooLate();
        var vote = new Gate.Vote(c.by(), assurance, c.reason(), c.at());
        steps.add(new RunEvent.VoteCast(gate.at(), gate.revision(), vote, c.at()));
        if (gate.with(vote).isCleared()) clear(steps, gate);
        return steps.accept();
    }

    private static void clear(Steps steps, Gate gate) {
        steps.add(new RunEvent.GateCleared(gate.at(), gate.revision(), gate.digest(), steps.now()));
        steps.arrive(gate.at());
    }

    /** Only what was said of a voter counts: whoever said yes meanwhile is asked about next. */
    private static Decision confirm(Steps steps, Phase phase, RunCommand.Confirm c) {
        if (!(phase instanceof AtGate(var gate))) return notNow(phase);
        if (!gate.at().equals(c.step()) || gate.revision() != c.revision()) return stale(gate.at());
        if (!c.at().isBefore(gate.deadline())) return tooLate();
        var left = gate;
        var toConfirm = gate.toConfirm();
        for (var vote : gate.votes()) {
            var person = vote.by().person();
            if (!c.held().containsKey(person) || gate.counts(person, c.held())) continue;
            var why =
                    "holds no role of "
                            + String.join(", ", toConfirm.getOrDefault(person, Set.of()));
            steps.add(new RunEvent.VoteVoided(gate.at(), gate.revision(), vote.by(), why, c.at()));
            left = left.without(person);
        }
        if (left.isClearedWith(c.held())) clear(steps, left);
        return steps.isEmpty()
                ? refuse(NOT_NOW, "nothing new is known of those who said yes")
                : steps.accept();
    }

    private static Decision unconfirmed(Steps steps, Phase phase, RunCommand.Unconfirmed c) {
        if (!(phase instanceof AtGate(var gate))) return notNow(phase);
        if (!gate.at().equals(c.step()) || gate.revision() != c.revision()) return stale(gate.at());
        if (!gate.awaitsRoles() || gate.unconfirmed().filter(c.why()::equals).isPresent()) {
            return refuse(NOT_NOW, "that is known already, or nobody has to be asked");
        }
        steps.add(new RunEvent.GateUnconfirmed(gate.at(), gate.revision(), c.why(), c.at()));
        return steps.accept();
    }

    private static Decision deny(Steps steps, Active run, RunCommand.Deny c) {
        if (!(run.phase() instanceof AtGate(var gate))) return decided(run, c.gate());
        if (!gate.isFor(c.gate())) return replaced(gate);
        // Somebody who started the run may say no to it: only a yes needs a second person.
        if (!gate.policy().persons().contains(c.by().person())) {
            return refuse(NOT_AN_APPROVER, "you may not decide here");
        }
        if (!c.at().isBefore(gate.deadline())) return tooLate();
        steps.add(new RunEvent.GateDenied(gate.at(), gate.revision(), c.by(), c.reason(), c.at()));
        var by = "denied by " + c.by().person();
        steps.finish(Outcome.DENIED, c.reason().isBlank() ? by : by + ": " + c.reason());
        return steps.accept();
    }

    private static Decision withdraw(Steps steps, Active run, RunCommand.Withdraw c) {
        if (!(run.phase() instanceof AtGate(var gate))) return decided(run, c.gate());
        if (!gate.isFor(c.gate())) return replaced(gate);
        if (!gate.hasVoted(c.by().person())) return refuse(NO_VOTE, "you have not voted here");
        steps.add(new RunEvent.VoteWithdrawn(gate.at(), gate.revision(), c.by(), c.at()));
        return steps.accept();
    }

    private static Decision decided(Active run, Gate.Ref ref) {
        boolean known = ref.at().visit() <= run.progress().visitsOf(ref.at().step());
        if (run.phase() instanceof GateWanted) {
            return refuse(STALE, "the question changes; a new prompt follows");
        }
        return known
                ? refuse(ALREADY_DECIDED, "this gate is already decided")
                : refuse(NOT_NOW, "this run does not wait for approval");
    }

    // Machines' steps

    private static Decision grant(Steps steps, Phase phase) {
        if (!(phase instanceof SlotWanted)) return notNow(phase);
        steps.add(new RunEvent.SlotWon(steps.now()));
        return steps.accept();
    }

    private static Decision begin(Steps steps, Phase phase, RunCommand.Begin c) {
        if (!(phase instanceof Ready(var step, var attempt, var cleared))) return notNow(phase);
        if (!step.equals(c.step()) || attempt != c.attempt()) return stale(step);
        if (cleared.isPresent() && !cleared.get().digest().equals(c.digest())) {
            steps.finish(
                    Outcome.FAILED,
                    "%s would not be what was approved: %.8s instead of %.8s"
                            .formatted(step, c.digest(), cleared.get().digest()));
            return steps.accept();
        }
        if (steps.hasWaitedTooLong(cleared)) {
            steps.askAnew(step, cleared.orElseThrow().revision(), Steps.WAITED_TOO_LONG);
            return steps.accept();
        }
        steps.add(new RunEvent.StepStarted(step, attempt, c.node(), c.digest(), c.at()));
        return steps.accept();
    }

    private static Decision succeed(Steps steps, Phase phase, RunCommand.Succeed c) {
        if (!(phase instanceof Executing run)) return notNow(phase);
        if (!isOf(run, c.step(), c.attempt())) return stale(run.step());
        steps.add(new RunEvent.StepSucceeded(c.step(), c.attempt(), c.outputs(), c.at()));
        if (run.stop().isPresent()) steps.finish(run.stop().get());
        else steps.goOnAfter(c.step());
        return steps.accept();
    }

    private static Decision fail(Steps steps, Phase phase, RunCommand.Fail c) {
        return switch (phase) {
            case Ready(var step, var attempt, _)
                    when step.equals(c.step()) && attempt == c.attempt() -> {
                steps.failed(step, attempt, c.reason());
                yield steps.accept();
            }
            case Executing run when isOf(run, c.step(), c.attempt()) -> {
                if (run.stop().isPresent()) {
                    steps.add(new RunEvent.StepFailed(c.step(), c.attempt(), c.reason(), c.at()));
                    steps.finish(run.stop().get());
                } else {
                    steps.failed(c.step(), c.attempt(), c.reason());
                }
                yield steps.accept();
            }
            case Executing run -> stale(run.step());
            default -> notNow(phase);
        };
    }

    private static Decision doubt(Steps steps, Phase phase, RunCommand.Doubt c) {
        if (!(phase instanceof Executing run)) return notNow(phase);
        if (!isOf(run, c.step(), c.attempt())) return stale(run.step());
        if (run.stop().isPresent()) {
            var stop = run.stop().get();
            steps.finish(stop.outcome(), stop.reason() + "; " + c.why());
        } else if (steps.isRepeatable(c.step()) && c.attempt() < ATTEMPTS_MAX) {
            steps.add(new RunEvent.AttemptLost(c.step(), c.attempt(), c.why(), c.at()));
            steps.arrive(c.step());
        } else {
            steps.add(new RunEvent.StepInDoubt(c.step(), c.attempt(), c.why(), c.at()));
        }
        return steps.accept();
    }

    private static Decision settle(Steps steps, Phase phase, RunCommand.Settle c) {
        if (!(phase instanceof InDoubt(var step, var attempt, _, var cleared))) {
            return notNow(phase);
        }
        if (!step.equals(c.step()) || attempt != c.attempt()) return stale(step);
        steps.add(
                new RunEvent.DoubtSettled(step, attempt, c.settlement(), c.by(), c.note(), c.at()));
        switch (c.settlement()) {
            case RETRY -> {
                if (cleared.isPresent()) {
                    steps.askAnew(step, cleared.get().revision(), "it is repeated by hand");
                } else {
                    steps.arrive(step);
                }
            }
            case DONE -> steps.goOnAfter(step);
            case FAILED -> {
                // Whoever resumed or settled it is behind the next try, and may have said yes to
                // it.
                if (cleared.isPresent() && steps.repeatsAfterFailure(step, attempt)) {
                    steps.askAnew(step, cleared.get().revision(), "it is repeated by hand");
                } else {
                    steps.goOnAfterFailure(step, attempt, said(c.by(), c.note()));
                }
            }
            case ABORT -> steps.finish(Outcome.CANCELLED, aborted(c));
        }
        return steps.accept();
    }

    private static String aborted(RunCommand.Settle c) {
        var by = "aborted by " + c.by().person();
        return c.note().isBlank() ? by : by + ": " + c.note();
    }

    // People's steps

    private static Decision reply(Steps steps, Phase phase, RunCommand.Reply c) {
        if (!(phase instanceof AtPerson(var step, var attempt, _))) return notNow(phase);
        if (!step.equals(c.step()) || attempt != c.attempt()) return stale(step);
        steps.add(new RunEvent.PersonAnswered(step, attempt, c.answer(), c.by(), c.note(), c.at()));
        switch (c.answer()) {
            // Skipped by a person is not passed by: a terminal step still ends the run.
            case DONE, SKIP -> steps.goOnAfter(step);
            case FAILED -> steps.goOnAfterFailure(step, attempt, said(c.by(), c.note()));
        }
        return steps.accept();
    }

    private static String said(Actor by, String note) {
        return note.isBlank() ? "so says " + by.person() : by.person() + ": " + note;
    }

    // Time

    private static Decision tick(Steps steps, Active run) {
        if (run.phase() instanceof Paused) return notNow(run.phase());
        boolean isOver = run.progress().deadline().filter(steps::isDue).isPresent();
        if (isOver && !isStopping(run.phase())) {
            var reason = "the time for the whole run is over";
            return stop(run, Outcome.TIMED_OUT, reason, steps.now());
        }
        switch (run.phase()) {
            case AtGate(var gate) when steps.isDue(gate.deadline()) -> close(steps, gate);
            case AtGate(var gate) -> {
                int due = gate.remindersDue(steps.now());
                if (due > gate.reminded()) {
                    steps.add(
                            new RunEvent.GateReminded(
                                    gate.at(), gate.revision(), due, steps.now()));
                }
            }
            case AtPerson(var step, var attempt, var deadline)
                    when deadline.filter(steps::isDue).isPresent() ->
                    steps.failed(step, attempt, "nobody has done it in time");
            case RetryWait it when steps.isDue(it.due()) -> steps.arrive(it.step());
            case SlotWanted(var step, _, var cleared) when steps.hasWaitedTooLong(cleared) ->
                    steps.askAnew(step, cleared.orElseThrow().revision(), Steps.WAITED_TOO_LONG);
            case Ready(var step, _, var cleared) when steps.hasWaitedTooLong(cleared) ->
                    steps.askAnew(step, cleared.orElseThrow().revision(), Steps.WAITED_TOO_LONG);
            default -> {}
        }
        return steps.isEmpty() ? refuse(NOT_NOW, "nothing is due") : steps.accept();
    }

    private static void close(Steps steps, Gate gate) {
        if (gate.policy().escalateTo().isPresent()) {
            steps.add(new RunEvent.GateEscalated(gate.at(), gate.revision(), steps.now()));
            return;
        }
        steps.add(new RunEvent.GateExpired(gate.at(), gate.revision(), steps.now()));
        steps.finish(Outcome.DENIED, "nobody decided in time");
    }

    // The run as a whole

    /**
     * The answer where the snapshot cannot be read any more. The run goes nowhere from here, but it
     * is cancelled as any other, and what became of the attempt under way is still a fact.
     *
     * @param why half a sentence on the snapshot
     */
    public static Decision withoutSop(RunState state, RunCommand command, String why) {
        return switch (state) {
            case NotStarted _ -> refuse(NOT_STARTED, "this run has not begun");
            case Active run -> withoutSop(run, command, "the run cannot go on: " + why);
            case Finished run -> isOver(run);
        };
    }

    private static Decision withoutSop(Active run, RunCommand command, String why) {
        var at = command.at();
        return switch (command) {
            case RunCommand.Cancel c -> cancel(run, c);
            case RunCommand.Abandon c -> stop(run, Outcome.FAILED, c.reason(), at);
            case RunCommand.Settle c
                    when c.settlement() == RunCommand.Settlement.ABORT
                            && run.phase() instanceof InDoubt it
                            && it.step().equals(c.step())
                            && it.attempt() == c.attempt() ->
                    stop(run, Outcome.CANCELLED, aborted(c), at);
            case RunCommand.Fail c
                    when run.phase() instanceof Ready(var step, var attempt, _)
                            && step.equals(c.step())
                            && attempt == c.attempt() ->
                    facts(run, new RunEvent.RunFinished(Outcome.FAILED, why, at));
            case RunCommand.Succeed c
                    when run.phase() instanceof Executing it && isOf(it, c.step(), c.attempt()) ->
                    facts(
                            run,
                            new RunEvent.StepSucceeded(c.step(), c.attempt(), c.outputs(), at),
                            end(it, why, at));
            case RunCommand.Fail c
                    when run.phase() instanceof Executing it && isOf(it, c.step(), c.attempt()) ->
                    facts(
                            run,
                            new RunEvent.StepFailed(c.step(), c.attempt(), c.reason(), at),
                            end(it, why, at));
            case RunCommand.Doubt c
                    when run.phase() instanceof Executing it && isOf(it, c.step(), c.attempt()) ->
                    facts(
                            run,
                            it.stop().isPresent()
                                    ? end(it, why, at)
                                    : new RunEvent.StepInDoubt(c.step(), c.attempt(), c.why(), at));
            case RunCommand.Pause c -> pause(run, c);
            default -> refuse(NOT_NOW, why);
        };
    }

    private static RunEvent end(Executing run, String why, Instant at) {
        return run.stop()
                .map(it -> new RunEvent.RunFinished(it.outcome(), it.reason(), at))
                .orElseGet(() -> new RunEvent.RunFinished(Outcome.FAILED, why, at));
    }

    private static Decision facts(Active run, RunEvent... events) {
        RunState state = run;
        for (var event : events) state = RunHistory.evolve(state, event);
        return new Decision.Accepted(List.of(events), state);
    }

    private static Decision cancel(Active run, RunCommand.Cancel c) {
        var by = "cancelled by " + c.by().person();
        var reason = c.reason().isBlank() ? by : by + ": " + c.reason();
        return stop(run, Outcome.CANCELLED, reason, c.at());
    }

    private static Decision stop(Active run, Outcome outcome, String reason, Instant at) {
        if (isStopping(run.phase())) {
            return refuse(ALREADY_DECIDED, "this run is being ended already");
        }
        RunEvent event =
                run.phase() instanceof Executing
                        ? new RunEvent.StopRequested(outcome, reason, at)
                        : new RunEvent.RunFinished(outcome, reason, at);
        return new Decision.Accepted(List.of(event), RunHistory.evolve(run, event));
    }

    private static Decision pause(Active run, RunCommand.Pause c) {
        var paused = new RunEvent.RunPaused(c.why(), c.at());
        return switch (run.phase()) {
            case Paused _ -> refuse(NOT_NOW, "this run is paused already");
            case Executing it when it.stop().isPresent() -> facts(run, end(it, c.why(), c.at()));
            case Executing it ->
                    facts(
                            run,
                            new RunEvent.StepInDoubt(it.step(), it.attempt(), c.why(), c.at()),
                            paused);
            default -> facts(run, paused);
        };
    }

    private static Decision resume(Steps steps, Active run, RunCommand.Resume c) {
        if (!(run.phase() instanceof Paused(var before, var why))) return notNow(run.phase());
        steps.add(new RunEvent.RunResumed(c.by(), c.at()));
        switch (before) {
            case GateWanted(var step, var revision, _) -> steps.askAnew(step, revision, why);
            case AtGate(var gate) -> steps.askAnew(gate.at(), gate.revision(), why);
            case InDoubt(var step, var attempt, var doubt, _) ->
                    steps.add(new RunEvent.StepInDoubt(step, attempt, doubt, c.at()));
            case AtPerson(var step, _, _) -> steps.arrive(step);
            case SlotWanted(var step, _, var cleared) -> steps.again(step, cleared, why);
            case Ready(var step, _, var cleared) -> steps.again(step, cleared, why);
            case RetryWait it -> steps.again(it.step(), it.cleared(), why);
            case Executing _, Phase.Moving _, Paused _ ->
                    throw new IllegalStateException("a run is never paused in " + before);
        }
        return steps.accept();
    }

    private static boolean isStopping(Phase phase) {
        return phase instanceof Executing run && run.stop().isPresent();
    }

    private static boolean isOf(Executing run, StepVisit step, int attempt) {
        return run.step().equals(step) && run.attempt() == attempt;
    }

    private static Decision isOver(Finished run) {
        return refuse(ALREADY_FINISHED, "this run is over: " + Steps.words(run.outcome()));
    }

    private static Decision refuse(Refusal.Reason reason, String text) {
        return Decision.Refused.because(reason, text);
    }

    private static Decision stale(StepVisit now) {
        return refuse(STALE, "the run is at %s by now".formatted(now));
    }

    private static Decision replaced(Gate gate) {
        return refuse(STALE, "this prompt was replaced by revision " + gate.revision());
    }

    private static Decision tooLate() {
        return refuse(TOO_LATE, "the time of this gate is over");
    }

    private static Decision notNow(Phase phase) {
        return refuse(NOT_NOW, "the run " + Steps.words(phase));
    }
}
