package dev.sopwith.engine.trigger;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A delivery as it came in: with who is behind it and how its source tells it from others.
 *
 * @param key the source's own id of it, such as a message id; two of one key within a day are one
 * @param given inputs that were written by hand; none where triggers copy them from the payload
 * @param initiators persons behind it: who asked, who owns the credential it came with
 * @param byPerson whether a person asked for it: such a delivery is never folded into another
 * @param cause what it is, in words, such as {@code asked by alice}
 * @param at when it was received
 */
public record Arrival(
        Delivery delivery,
        Optional<String> key,
        Map<String, String> given,
        Set<String> initiators,
        boolean byPerson,
        String cause,
        Instant at) {
    public Arrival {
        given = Map.copyOf(given);
        initiators = Set.copyOf(initiators);
    }
}
