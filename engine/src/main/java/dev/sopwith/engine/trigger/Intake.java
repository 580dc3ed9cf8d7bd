package dev.sopwith.engine.trigger;

import java.util.List;

/**
 * Where sources hand over what comes in.
 *
 * <p>Threading: safe from any thread; whoever calls waits for the commit.
 */
@FunctionalInterface
public interface Intake {
    /**
     * Takes a delivery in: one outcome for each SOP that hears it, or one {@code no match}.
     *
     * <p>Durable once it returns; only then may a source acknowledge what came in. When it throws,
     * nothing is known: whoever sent it has to send it again, under the same key.
     */
    List<Outcome> deliver(Arrival arrival);

    /**
     * Takes several in, in this order: what came of each. All are durable once it returns; when it
     * throws, nothing is known of any.
     */
    default List<List<Outcome>> deliverAll(List<Arrival> arrivals) {
        return arrivals.stream().map(this::deliver).toList();
    }
}
