package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.Condition.Verdict;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

/**
 * A trigger that hears a delivery, and whether its condition holds. One that does not is kept,
 * because "why did it not start" must have an answer.
 *
 * @param position of the trigger in its SOP, from 1
 */
public record Match(Sop sop, int position, Verdict verdict) {

    /** The trigger itself. */
    public Trigger trigger() {
        return sop.triggers().get(position - 1);
    }

    /** Whether the SOP is to start. */
    public boolean starts() {
        return verdict.matches();
    }
}
