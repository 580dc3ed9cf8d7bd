package dev.sopwith.engine.run;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A fact about a run. In the past tense, complete in itself, never edited: this is the stored
 * format. {@link RunHistory} says what each makes of a state.
 *
 * <p>A component may be added if old facts can be read without it; none is removed or given another
 * meaning.
 */
public sealed interface RunEvent {
    /** When it was decided. */
    Instant at();

    /**
     * It began.
     *
     * @param deadline when the run's time is over, if its SOP limits it
     */
    record RunStarted(RunStart start, Optional<Instant> deadline, Instant at) implements RunEvent {}

    /** The run passed this step by. */
    record StepSkipped(StepVisit step, String why, Instant at) implements RunEvent {}

    /** The run came to this step. */
    record StepEntered(StepVisit step, Instant at) implements RunEvent {}

    /**
     * The step waits for people, and the run gives its slot back. Whom is asked is not known yet.
     *
     * @param revision of the gate to be opened
     * @param why such as {@code requires_confirmation}, or what changed since the last revision
     */
    record GateRequested(StepVisit step, int revision, String why, Instant at)
            implements RunEvent {}

    /** People can be asked from now on. */
    record GateOpened(Gate gate, Instant at) implements RunEvent {}

    /** A yes that counts. */
    record VoteCast(StepVisit step, int revision, Gate.Vote vote, Instant at) implements RunEvent {}

    /** A yes was taken back in time. */
    record VoteWithdrawn(StepVisit step, int revision, Actor by, Instant at) implements RunEvent {}

    /** A yes does not count any more: the one who said it does not hold the role it needs. */
    record VoteVoided(StepVisit step, int revision, Actor by, String why, Instant at)
            implements RunEvent {}

    /** Enough people said yes, and nobody can say yet whether they hold the roles it needs. */
    record GateUnconfirmed(StepVisit step, int revision, String why, Instant at)
            implements RunEvent {}

    /**
     * People were reminded of it.
     *
     * @param number how many reminders are settled with this one; it says it for all of them
     */
    record GateReminded(StepVisit step, int revision, int number, Instant at) implements RunEvent {}

    /** Nobody decided in time; a wider group is asked. */
    record GateEscalated(StepVisit step, int revision, Instant at) implements RunEvent {}

    /** The deadline moved, because people could not have met it. */
    record GateMoved(StepVisit step, int revision, Instant deadline, Instant at)
            implements RunEvent {}

    /** Enough people said yes to this digest. */
    record GateCleared(StepVisit step, int revision, String digest, Instant at)
            implements RunEvent {}

    /** Somebody said no. The run ends. */
    record GateDenied(StepVisit step, int revision, Actor by, String reason, Instant at)
            implements RunEvent {}

    /** Nobody decided in time. The run ends. */
    record GateExpired(StepVisit step, int revision, Instant at) implements RunEvent {}

    /** A machine will do this attempt as soon as the run has a slot. */
    record StepQueued(StepVisit step, int attempt, Instant at) implements RunEvent {}

    /** The run has a slot again. */
    record SlotWon(Instant at) implements RunEvent {}

    /**
     * The attempt may begin from now on. Stored before anything of it happens: after a crash it is
     * in doubt.
     *
     * @param node the machine it runs on
     * @param digest of what it does
     */
    record StepStarted(StepVisit step, int attempt, String node, String digest, Instant at)
            implements RunEvent {}

    record StepSucceeded(StepVisit step, int attempt, Map<String, String> outputs, Instant at)
            implements RunEvent {
        public StepSucceeded {
            outputs = Map.copyOf(outputs);
        }
    }

    record StepFailed(StepVisit step, int attempt, String reason, Instant at) implements RunEvent {}

    /** What became of an attempt cannot be known, and it may be repeated. */
    record AttemptLost(StepVisit step, int attempt, String why, Instant at) implements RunEvent {}

    /**
     * The step is done again later.
     *
     * @param attempt the one to come
     * @param parked whether the run gives its slot back until then
     */
    record RetryScheduled(StepVisit step, int attempt, Instant due, boolean parked, Instant at)
            implements RunEvent {}

    /** What became of an attempt cannot be known, and only people can say how to go on. */
    record StepInDoubt(StepVisit step, int attempt, String why, Instant at) implements RunEvent {}

    record DoubtSettled(
            StepVisit step,
            int attempt,
            RunCommand.Settlement settlement,
            Actor by,
            String note,
            Instant at)
            implements RunEvent {}

    /**
     * People are asked to do this step.
     *
     * @param deadline when it counts as failed, if its SOP limits it
     */
    record PersonAsked(StepVisit step, int attempt, Optional<Instant> deadline, Instant at)
            implements RunEvent {}

    record PersonAnswered(
            StepVisit step,
            int attempt,
            RunCommand.Answer answer,
            Actor by,
            String note,
            Instant at)
            implements RunEvent {}

    /** The step that runs is being ended; the run ends with this outcome when it has. */
    record StopRequested(Outcome outcome, String reason, Instant at) implements RunEvent {}

    /** Nothing of it goes on until somebody resumes it. */
    record RunPaused(String why, Instant at) implements RunEvent {}

    record RunResumed(Actor by, Instant at) implements RunEvent {}

    record RunFinished(Outcome outcome, String reason, Instant at) implements RunEvent {}
}
