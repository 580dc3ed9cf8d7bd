package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.trigger.Admission;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names the runs that are in the way of a delivery: a person who asks why nothing started wants to
 * know whom to look at. Looks in the order in which admission counts.
 */
final class WhyNot {
    /** Runs that are named; the others are only counted. */
    private static final int NAMED_MAX = 5;

    /** Among how many of the newest runs those are looked for: admission must stay fast. */
    private static final int LOOKED_AT_MAX = 100;

    private static final int LOCK_MAX = 60;

    private WhyNot() {}

    /**
     * Who has paused the SOP, or has the slot or the lock; empty when only other deliveries are
     * before this one.
     */
    static Optional<String> noSlot(Reads store, Sop sop, Optional<String> lock, EngineRules rules) {
        var pause = Pause.of(store, sop.name());
        if (pause.isPresent()) return pause.map(Pause::toString);
        var runs = store.runs();
        var holder = lock.flatMap(it -> runs.holding(it).stream().findFirst());
        if (holder.isPresent()) {
            return Optional.of(
                    "%s holds the lock %s"
                            .formatted(
                                    new RunId(holder.get().number()),
                                    Excerpt.of(lock.orElseThrow(), LOCK_MAX)));
        }
        int max = sop.maxConcurrent();
        if (runs.count(sop.name(), Phase.EXECUTING) >= max) {
            var named = named(store, sop, Set.of(Phase.EXECUTING));
            return Optional.of(
                    max == 1
                            ? "%s has the only one of %s".formatted(named, sop.name())
                            : "%s have all %d of %s".formatted(named, max, sop.name()));
        }
        int total = rules.maxConcurrentTotal();
        if (runs.count(Phase.EXECUTING) >= total) {
            return Optional.of("all %d of the service are taken".formatted(total));
        }
        var parked = waiting(store, sop);
        boolean isHeld = sop.admissionPolicy() == AdmissionPolicy.HOLD && !parked.isEmpty();
        return isHeld ? Optional.of(parked + " has not ended") : Optional.empty();
    }

    /** Why a SOP takes no more runs that wait for approval. */
    static String tooMany(Reads store, Admission.Situation now, Sop sop) {
        return "%d runs already wait for approval: %s".formatted(now.parked(), waiting(store, sop));
    }

    /** The runs of this SOP that wait for people or for a slot to go on, the newest first. */
    static String waiting(Reads store, Sop sop) {
        return named(store, sop, Set.of(Phase.PARKED, Phase.RESUMING));
    }

    private static String named(Reads store, Sop sop, Set<Phase> phases) {
        var all =
                store.runs().last(sop.name(), LOOKED_AT_MAX).stream()
                        .filter(row -> phases.contains(row.phase()))
                        .map(row -> new RunId(row.number()).toString())
                        .toList();
        var named = all.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
        return all.size() > NAMED_MAX ? named + ", …" : named;
    }
}
