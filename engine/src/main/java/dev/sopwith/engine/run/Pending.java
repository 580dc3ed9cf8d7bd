package dev.sopwith.engine.run;

import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Cleared;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.NotStarted;
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

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must be going on for a run that stands here, as far as it is not people's: what reconcilers
 * compare with what is going on. Follows from the state alone, so there is nothing to restore after
 * a crash.
 */
public sealed interface Pending {

    /** Nothing, until people or time come. */
    record Nothing() implements Pending {}

    /** A gate is to be opened: policy, digest and code are to be found. */
    record Opening(StepVisit step, int revision) implements Pending {}

    /** Chat networks are to be asked who of those who said yes holds which role. */
    record Confirming(Gate gate) implements Pending {}

    /** A slot is to be won. */
    record Slot(StepVisit step) implements Pending {}

    /** An attempt is to begin. */
    record Beginning(StepVisit step, int attempt) implements Pending {}

    /**
     * An attempt is under way, or was when the service ended.
     *
     * @param node where
     * @param stop whether it is to be ended
     */
    record Ending(StepVisit step, int attempt, String node, boolean stop) implements Pending {}

    /** What must be going on now. */
    static Pending of(RunState state) {
        if (!(state instanceof Active(_, var phase))) return new Nothing();
        return switch (phase) {
            case GateWanted(var step, var revision, _) -> new Opening(step, revision);
            case AtGate(var gate) when gate.awaitsRoles() -> new Confirming(gate);
            case SlotWanted(var step, _, _) -> new Slot(step);
            case Ready(var step, var attempt, _) -> new Beginning(step, attempt);
            case Executing it ->
                    new Ending(it.step(), it.attempt(), it.node(), it.stop().isPresent());
            case AtGate _, AtPerson _, InDoubt _, RetryWait _, Paused _, Moving _ -> new Nothing();
        };
    }

    /** When something is due next by itself: the time to ask {@link RunMachine} with a tick. */
    static Optional<Instant> due(RunState state) {
        return switch (state) {
            case NotStarted _, Finished _ -> Optional.empty();
            case Active(_, Paused _) -> Optional.empty();
            case Active(_, Executing it) when it.stop().isPresent() -> Optional.empty();
            case Active(var progress, var phase) ->
                    Stream.concat(progress.deadline().stream(), dueIn(phase))
                            .min(Instant::compareTo);
        };
    }

    private static Stream<Instant> dueIn(RunState.Phase phase) {
        return switch (phase) {
            case AtGate(var gate) ->
                    Stream.concat(Stream.of(gate.deadline()), gate.nextReminder().stream());
            case AtPerson it -> it.deadline().stream();
            case RetryWait it -> Stream.of(it.due());
            case SlotWanted(_, _, var cleared) -> cleared.flatMap(Cleared::lapses).stream();
            case Ready(_, _, var cleared) -> cleared.flatMap(Cleared::lapses).stream();
            case GateWanted _, InDoubt _, Executing _, Moving _, Paused _ -> Stream.empty();
        };
    }
}
