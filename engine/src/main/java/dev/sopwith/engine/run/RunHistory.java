package dev.sopwith.engine.run;

import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Cleared;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.NotStarted;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.RunState.Phase.AtGate;
import dev.sopwith.engine.run.RunState.Phase.AtPerson;
import dev.sopwith.engine.run.RunState.Phase.Executing;
import dev.sopwith.engine.run.RunState.Phase.GateWanted;
import dev.sopwith.engine.run.RunState.Phase.InDoubt;
import dev.sopwith.engine.run.RunState.Phase.Moving;
import dev.sopwith.engine.run.RunState.Phase.Paused;
import dev.sopwith.engine.run.RunState.Phase.Ready;
import dev.sopwith.engine.run.RunState.Phase.RetryWait;
import dev.sopwith.engine.run.RunState.Phase.SlotWanted;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.run.RunState.Stop;
import dev.sopwith.engine.run.StepResult.End;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What facts make of a state. Decides nothing and checks nothing but that a fact can be one here;
 * what does not fit is a damaged history.
 */
public final class RunHistory {
    private RunHistory() {}

    /** The state after all these facts. */
    public static RunState replay(List<RunEvent> events) {
        RunState state = new NotStarted();
        for (var event : events) state = evolve(state, event);
        return state;
    }

    /**
     * The state after one more fact.
     *
     * @throws IllegalStateException when this fact cannot follow
     */
    public static RunState evolve(RunState state, RunEvent event) {
        return switch (state) {
            case NotStarted _ when event instanceof RunEvent.RunStarted started -> begin(started);
            case Active active -> evolve(active, event);
            case NotStarted _, Finished _ -> throw impossible(state, event);
        };
    }

    private static Active begin(RunEvent.RunStarted event) {
        var start = event.start();
        var earlier = start.rerun().map(RunStart.Rerun::results).orElse(Map.of());
        var progress =
                new Progress(
                        start,
                        event.at(),
                        event.deadline(),
                        Map.of(),
                        earlier,
                        0,
                        false,
                        start.initiators());
        return new Active(progress, new Moving(true, Optional.empty()));
    }

    private static RunState evolve(Active run, RunEvent event) {
        var progress = run.progress();
        return switch (event) {
            case RunEvent.RunStarted _ -> throw impossible(run, event);
            case RunEvent.StepSkipped e ->
                    run.with(progress.ended(e.step(), StepResult.of(End.SKIPPED)));
            case RunEvent.StepEntered e ->
                    run.with(progress.entered(e.step())).in(moving(run, Optional.empty()));
            case RunEvent.GateRequested e ->
                    run.in(new GateWanted(e.step(), e.revision(), e.why()));
            case RunEvent.GateOpened e -> run.in(new AtGate(e.gate()));
            case RunEvent.VoteCast e -> run.in(new AtGate(gate(run, e).with(e.vote())));
            case RunEvent.VoteWithdrawn e ->
                    run.in(new AtGate(gate(run, e).without(e.by().person())));
            case RunEvent.VoteVoided e -> run.in(new AtGate(gate(run, e).without(e.by().person())));
            case RunEvent.GateUnconfirmed e ->
                    run.in(new AtGate(gate(run, e).withUnconfirmed(e.why())));
            case RunEvent.GateReminded e ->
                    run.in(new AtGate(gate(run, e).withReminded(e.number())));
            case RunEvent.GateEscalated e -> run.in(new AtGate(gate(run, e).escalated(e.at())));
            case RunEvent.GateMoved e ->
                    run.in(new AtGate(gate(run, e).withDeadline(e.deadline())));
            case RunEvent.GateCleared e ->
                    run.in(
                            new Moving(
                                    false,
                                    Optional.of(
                                            new Cleared(
                                                    e.revision(),
                                                    e.digest(),
                                                    e.at(),
                                                    Optional.empty()))));
            case RunEvent.GateDenied _, RunEvent.GateExpired _ ->
                    run.in(new Moving(false, Optional.empty()));
            case RunEvent.StepQueued e -> run.with(progress.tried(e.attempt())).in(queued(run, e));
            case RunEvent.SlotWon _ -> run.in(won(run, event));
            case RunEvent.StepStarted e ->
                    run.in(
                            new Executing(
                                    e.step(),
                                    e.attempt(),
                                    e.node(),
                                    e.digest(),
                                    begun(run, e),
                                    Optional.empty()));
            case RunEvent.StepSucceeded e ->
                    run.with(progress.ended(e.step(), new StepResult(End.COMPLETED, e.outputs())))
                            .in(moving(run, Optional.empty()));
            case RunEvent.StepFailed e ->
                    run.with(progress.ended(e.step(), StepResult.of(End.FAILED)))
                            .in(moving(run, begun(run, e)));
            case RunEvent.AttemptLost _ -> run.in(moving(run, cleared(run.phase())));
            case RunEvent.RetryScheduled e ->
                    run.in(
                            new RetryWait(
                                    e.step(),
                                    e.attempt(),
                                    e.due(),
                                    run.phase().holdsSlot() && !e.parked(),
                                    cleared(run.phase())));
            case RunEvent.StepInDoubt e ->
                    run.in(new InDoubt(e.step(), e.attempt(), e.why(), cleared(run.phase())));
            case RunEvent.DoubtSettled e -> settled(run, e);
            case RunEvent.PersonAsked e ->
                    run.with(progress.tried(e.attempt()))
                            .in(new AtPerson(e.step(), e.attempt(), e.deadline()));
            case RunEvent.PersonAnswered e -> answered(run, e);
            case RunEvent.StopRequested e -> run.in(stopping(run, e));
            case RunEvent.RunPaused e -> run.in(new Paused(run.phase(), e.why()));
            case RunEvent.RunResumed e ->
                    run.with(progress.initiatedBy(e.by()))
                            .in(new Moving(false, cleared(run.phase())));
            case RunEvent.RunFinished e -> new Finished(progress, e.outcome(), e.reason(), e.at());
        };
    }

    /** What people have said yes to, of which this is an attempt. */
    private static Optional<Cleared> begun(Active run, RunEvent attempt) {
        return cleared(run.phase()).map(it -> it.begunAt(attempt.at()));
    }

    private static Moving moving(Active run, Optional<Cleared> cleared) {
        return new Moving(run.phase().holdsSlot(), cleared);
    }

    private static Phase queued(Active run, RunEvent.StepQueued event) {
        var cleared = cleared(run.phase());
        return run.phase().holdsSlot()
                ? new Ready(event.step(), event.attempt(), cleared)
                : new SlotWanted(event.step(), event.attempt(), cleared);
    }

    private static Phase won(Active run, RunEvent event) {
        return switch (run.phase()) {
            case SlotWanted(var step, var attempt, var cleared) ->
                    new Ready(step, attempt, cleared);
            default -> throw impossible(run, event);
        };
    }

    private static Active settled(Active run, RunEvent.DoubtSettled event) {
        var progress = run.progress();
        var moving = new Moving(false, cleared(run.phase()));
        return switch (event.settlement()) {
            case RETRY -> run.with(progress.initiatedBy(event.by())).in(moving);
            case DONE ->
                    run.with(progress.ended(event.step(), StepResult.of(End.COMPLETED))).in(moving);
            case FAILED ->
                    run.with(progress.ended(event.step(), StepResult.of(End.FAILED))).in(moving);
            case ABORT -> run.in(moving);
        };
    }

    private static Active answered(Active run, RunEvent.PersonAnswered event) {
        var end =
                switch (event.answer()) {
                    case DONE -> End.COMPLETED;
                    case FAILED -> End.FAILED;
                    case SKIP -> End.SKIPPED;
                };
        return run.with(run.progress().ended(event.step(), StepResult.of(end)))
                .in(new Moving(false, Optional.empty()));
    }

    private static Phase stopping(Active run, RunEvent.StopRequested event) {
        return switch (run.phase()) {
            case Executing(var step, var attempt, var node, var digest, var cleared, _) ->
                    new Executing(
                            step,
                            attempt,
                            node,
                            digest,
                            cleared,
                            Optional.of(new Stop(event.outcome(), event.reason())));
            default -> throw impossible(run, event);
        };
    }

    private static Gate gate(Active run, RunEvent event) {
        return switch (run.phase()) {
            case AtGate(var gate) -> gate;
            default -> throw impossible(run, event);
        };
    }

    /** What people have said yes to, for the step a run stands at. */
    static Optional<Cleared> cleared(Phase phase) {
        return switch (phase) {
            case Moving(_, var cleared) -> cleared;
            case SlotWanted(_, _, var cleared) -> cleared;
            case Ready(_, _, var cleared) -> cleared;
            case Executing it -> it.cleared();
            case RetryWait it -> it.cleared();
            case InDoubt it -> it.cleared();
            case Paused(var before, _) -> cleared(before);
            case GateWanted _, AtGate _, AtPerson _ -> Optional.empty();
        };
    }

    private static IllegalStateException impossible(RunState state, RunEvent event) {
        return new IllegalStateException(
                "damaged history: %s cannot follow in %s".formatted(event, state));
    }
}
