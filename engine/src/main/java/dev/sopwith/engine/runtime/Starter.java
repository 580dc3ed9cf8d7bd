package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Admission;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Counts how things stand before a start, and starts: both in one transaction, so that what was
 * counted is still so.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 */
final class Starter {
    private final RunDesk runs;
    private final SecretInputs secrets;
    private final EngineRules rules;
    private final Policies policies;

    Starter(RunDesk runs, SecretInputs secrets, EngineRules rules, Policies policies) {
        this.policies = policies;
        this.runs = runs;
        this.secrets = secrets;
        this.rules = rules;
    }

    /** Whether no run of any SOP can have a slot. */
    boolean isFull(Reads store) {
        return store.runs().count(Runs.Phase.EXECUTING) >= rules.maxConcurrentTotal();
    }

    /** Why these persons cannot start this SOP now, see {@link Policies#refusal}. */
    Optional<String> refusal(Sop sop, Set<String> initiators) {
        return policies.refusal(sop, initiators);
    }

    /** The priority that a run of it has, and what waits for one. */
    Priority priority(Sop sop) {
        return policies.priority(sop);
    }

    /**
     * How things stand for one more run.
     *
     * @param sop as it is now: its limits hold, also for a run of an older snapshot
     * @param queued how many wait before it
     * @param lock what the run would hold
     */
    Admission.Situation situation(
            Reads store, Sop sop, int queued, Optional<String> lock, Instant at) {
        var counts = store.runs();
        int running = counts.count(sop.name(), Runs.Phase.EXECUTING);
        int parked =
                counts.count(sop.name(), Runs.Phase.PARKED)
                        + counts.count(sop.name(), Runs.Phase.RESUMING);
        boolean isLocked = lock.filter(it -> !counts.holding(it).isEmpty()).isPresent();
        return new Admission.Situation(
                sop.admissionPolicy(),
                isLocked ? sop.maxConcurrent() : running,
                parked,
                queued,
                sop.maxConcurrent(),
                counts.count(Runs.Phase.EXECUTING),
                rules.maxConcurrentTotal(),
                sop.maxPendingApprovals(),
                cooldownLeft(store, sop, at));
    }

    private static Duration cooldownLeft(Reads store, Sop sop, Instant at) {
        if (sop.cooldown().isZero()) return Duration.ZERO;
        var last = store.runs().lastEnd(sop.name(), "completed");
        if (last.isEmpty()) return Duration.ZERO;
        return Duration.between(at, Instant.ofEpochMilli(last.getAsLong()).plus(sop.cooldown()));
    }

    /** Begins a run that was admitted, with all it needs in the same commit. */
    RunId begin(Tx tx, Candidate candidate, Request request, Instant at) {
        var sop = candidate.sop();
        candidate.files().ifPresent(tx.snapshots()::keep);
        var id = new RunId(tx.runs().nextNumber());
        secrets.keep(tx, id.number(), sop, candidate.inputs());
        runs.begin(tx, sop, start(id, candidate, request), at);
        return id;
    }

    /** What a run of it is started with. */
    RunStart start(RunId id, Candidate candidate, Request request) {
        var sop = candidate.sop();
        return new RunStart(
                id,
                sop.name(),
                sop.version(),
                candidate.digest(),
                priority(sop),
                policies.mode(sop),
                secrets.hashed(sop, candidate.inputs()),
                SecretInputs.names(sop),
                request.payload(),
                request.cause(),
                request.initiators(),
                candidate.lock(),
                candidate.rerun());
    }
}
