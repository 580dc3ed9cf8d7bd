package dev.sopwith.engine.trigger;

import dev.sopwith.engine.sop.AdmissionPolicy;

import java.time.Duration;

/**
 * Decides whether a delivery that is known, allowed, valid and no duplicate starts a run now: the
 * table of FORMAT §6.
 *
 * <p>"A new delivery queues behind": where a delivery of the same SOP already waits, a slot that is
 * free is that one's, and the new delivery is treated as if there were none. Otherwise a busy
 * trigger could overtake its own queue for ever in the moment between the end of a run and the next
 * start.
 *
 * <p>It decides on counts alone and changes nothing; whoever asks must count and record the answer
 * in one transaction.
 */
public final class Admission {
    private Admission() {}

    /**
     * How things stand when a delivery arrives.
     *
     * @param running runs of this SOP that hold a slot
     * @param parked runs of this SOP that wait for people and hold none
     * @param queued deliveries of this SOP that wait and could use a slot; where the SOP has a
     *     lock, those that wait for the same one
     * @param runningTotal runs of all SOPs that hold a slot
     * @param maxPendingApprovals parked runs of this SOP that are allowed; 0 means no limit
     * @param cooldownLeft zero or less when there is none
     */
    public record Situation(
            AdmissionPolicy policy,
            int running,
            int parked,
            int queued,
            int maxConcurrent,
            int runningTotal,
            int maxConcurrentTotal,
            int maxPendingApprovals,
            Duration cooldownLeft) {

        private boolean tooManyPending() {
            return maxPendingApprovals > 0 && parked >= maxPendingApprovals;
        }

        private boolean slotIsFree() {
            return running < maxConcurrent && runningTotal < maxConcurrentTotal && queued == 0;
        }

        private boolean isIdle() {
            return running == 0 && parked == 0;
        }
    }

    /** What becomes of the delivery. */
    public enum Decision {
        /** A run starts. */
        START,
        /** It waits for a slot, behind what waits already. */
        QUEUE,
        /** It is folded into the delivery that waits, or queues if a person asked for either. */
        COALESCE,
        /** It ends here: there is no slot, and this SOP does not wait for one. */
        DROP,
        /** It ends here: the last run has completed too recently. */
        COOLDOWN,
        /** It ends here: as many runs as allowed wait for approval. */
        TOO_MANY_PENDING
    }

    /** What becomes of a delivery in this situation. */
    public static Decision decide(Situation now) {
        if (now.cooldownLeft().isPositive()) return Decision.COOLDOWN;
        if (now.tooManyPending()) return Decision.TOO_MANY_PENDING;
        boolean free = now.slotIsFree();
        return switch (now.policy()) {
            case PARALLEL -> free ? Decision.START : Decision.QUEUE;
            case HOLD -> free && now.isIdle() ? Decision.START : Decision.QUEUE;
            case COALESCE -> free ? Decision.START : foldOrQueue(now);
            case DROP -> free ? Decision.START : Decision.DROP;
        };
    }

    private static Decision foldOrQueue(Situation now) {
        return now.queued() > 0 ? Decision.COALESCE : Decision.QUEUE;
    }
}
