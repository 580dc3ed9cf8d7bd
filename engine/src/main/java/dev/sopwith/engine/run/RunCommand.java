package dev.sopwith.engine.run;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Something that is asked of a run. Brings its own time, and names what it answers: one that comes
 * late or twice changes nothing.
 */
public sealed interface RunCommand {
    /** When it was asked. */
    Instant at();

    /** Begins the run. Admission has been granted: it has a slot. */
    record Start(RunStart start, Instant at) implements RunCommand {}

    /** Asks the people of this policy about this digest. */
    record OpenGate(
            StepVisit step, int revision, GatePolicy policy, String digest, String code, Instant at)
            implements RunCommand {}

    /** Makes the votes so far void, because whom or what was asked has changed. */
    record ReviseGate(StepVisit step, int revision, String why, Instant at) implements RunCommand {}

    /** Gives people more time, because they could not have met the deadline. */
    record MoveDeadline(StepVisit step, int revision, Instant deadline, Instant at)
            implements RunCommand {}

    /**
     * Says yes.
     *
     * @param code the gate's code where it was typed; empty for a click
     * @param reason in their words, or empty
     */
    record Approve(Gate.Ref gate, Actor by, Optional<String> code, String reason, Instant at)
            implements RunCommand {
        /** A yes without a reason. */
        public Approve(Gate.Ref gate, Actor by, Optional<String> code, Instant at) {
            this(gate, by, code, "", at);
        }
    }

    record Deny(Gate.Ref gate, Actor by, String reason, Instant at) implements RunCommand {}

    /** Takes a yes back. */
    record Withdraw(Gate.Ref gate, Actor by, Instant at) implements RunCommand {}

    /**
     * Chat networks have just said who of those who said yes holds which role.
     *
     * @param held to each person who was asked about, the groups whose role they hold
     */
    record Confirm(StepVisit step, int revision, Map<String, Set<String>> held, Instant at)
            implements RunCommand {}

    /** No network says who holds which role, and it goes on being asked. */
    record Unconfirmed(StepVisit step, int revision, String why, Instant at)
            implements RunCommand {}

    /** Gives the run a slot. */
    record Grant(Instant at) implements RunCommand {}

    /**
     * Begins an attempt.
     *
     * @param digest of what is about to be done, computed just now
     */
    record Begin(StepVisit step, int attempt, String node, String digest, Instant at)
            implements RunCommand {}

    /** The attempt ended well. */
    record Succeed(StepVisit step, int attempt, Map<String, String> outputs, Instant at)
            implements RunCommand {}

    /** The attempt ended badly, or could not begin. */
    record Fail(StepVisit step, int attempt, String reason, Instant at) implements RunCommand {}

    /** Nobody can tell what became of the attempt. */
    record Doubt(StepVisit step, int attempt, String why, Instant at) implements RunCommand {}

    /** A person says how to go on with a step in doubt. */
    record Settle(
            StepVisit step, int attempt, Settlement settlement, Actor by, String note, Instant at)
            implements RunCommand {}

    /** What people can say of a step in doubt. */
    enum Settlement {
        /** Do it again. */
        RETRY,
        /** It was done. */
        DONE,
        /** It failed. */
        FAILED,
        /** Nobody finds out any more: the run ends. */
        ABORT
    }

    /** A person says what became of a step that people do. */
    record Reply(StepVisit step, int attempt, Answer answer, Actor by, String note, Instant at)
            implements RunCommand {}

    /** What people can say of their step. */
    enum Answer {
        DONE,
        FAILED,
        SKIP
    }

    /** Time has passed: everything that is due by now happens. */
    record Tick(Instant at) implements RunCommand {}

    record Cancel(Actor by, String reason, Instant at) implements RunCommand {}

    /** The run itself cannot go on; what runs is ended. */
    record Abandon(String reason, Instant at) implements RunCommand {}

    /**
     * Nothing of it goes on until somebody resumes it. For a run of a store that came from a
     * backup: a step under way is of another time and place, in doubt, and not ended by this.
     */
    record Pause(String why, Instant at) implements RunCommand {}

    record Resume(Actor by, Instant at) implements RunCommand {}
}
