package dev.sopwith.engine.runtime;

import dev.sopwith.engine.roster.GateRules;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The rules of the roster as it is at each moment.
 *
 * <p>Threading: safe from any thread.
 */
public final class RosterPolicies implements Policies {
    private final Supplier<Roster> roster;

    /**
     * @param roster with people in it: {@link Roster#withOperator}
     */
    public RosterPolicies(Supplier<Roster> roster) {
        this.roster = roster;
    }

    @Override
    public GatePolicy of(RunStart run, Step step) {
        var now = roster.get();
        var priority = now.priority(run.sop(), run.priority());
        return new GateRules(now).of(run.sop(), priority, step);
    }

    @Override
    public Priority priority(Sop sop) {
        return roster.get().priority(sop.name(), sop.priority());
    }

    @Override
    public ExecutionMode mode(Sop sop) {
        return roster.get().mode(sop.name(), sop.executionMode());
    }

    @Override
    public Optional<String> refusal(Sop sop, Set<String> initiators) {
        var lacks = new GateRules(roster.get()).lacks(sop, initiators);
        if (lacks.isEmpty()) return Optional.empty();
        return Optional.of(
                lacks.stream().map(GateRules.Lack::toString).collect(Collectors.joining("; and ")));
    }
}
