package dev.sopwith.engine.chat;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How a connection is. Unreachable is waited out; unauthenticated needs a person.
 *
 * @param lastSeen when the network last answered well
 * @param detail for people: what is wrong, and what to do; empty when all is well
 * @param facts what else there is to know, in the order in which it is shown: who it is there, what
 *     it can read
 */
public record ConnectorHealth(
        boolean reachable,
        boolean authenticated,
        Optional<Instant> lastSeen,
        String detail,
        SequencedMap<String, String> facts) {
    public ConnectorHealth {
        facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
    }

    /** One about which there is nothing else to know. */
    public ConnectorHealth(
            boolean reachable, boolean authenticated, Optional<Instant> lastSeen, String detail) {
        this(reachable, authenticated, lastSeen, detail, new LinkedHashMap<>());
    }
}
