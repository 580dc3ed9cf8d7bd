package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who must say yes before a step, as things stand now.
 *
 * <p>Threading: asked inside a commit, so it answers from memory and always the same until the
 * configuration changes.
 */
@FunctionalInterface
public interface Policies {
    /** The policy of the gate before this step of this run. */
    GatePolicy of(RunStart run, Step step);

    /** The priority that a SOP runs with: its own, or a higher one that is demanded of it. */
    default Priority priority(Sop sop) {
        return sop.priority();
    }

    /** The mode that a SOP runs in: its own, or one that asks more and is demanded of it. */
    default ExecutionMode mode(Sop sop) {
        return sop.executionMode();
    }

    /** Why these persons cannot start a SOP now: whom one of its gates would lack. */
    default Optional<String> refusal(Sop sop, Set<String> initiators) {
        return Optional.empty();
    }

    /**
     * What holds without a roster: the service's own user is the only person, and so decides on
     * runs of their own as well (APPROVALS §1, {@code single_operator}).
     */
    static Policies singleOperator(String person) {
        return (run, _) ->
                new GatePolicy(
                        List.of(new GatePolicy.Quorum("operator", Set.of(person), 1)),
                        false,
                        run.priority() == Priority.CRITICAL ? Assurance.TYPED : Assurance.CLICK,
                        Duration.ofHours(24),
                        List.of(Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)),
                        Optional.empty());
    }
}
