package dev.sopwith.engine.chat;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a connection is. Unreachable is waited out; unauthenticated needs a person.
 *
 * @param lastSeen when the network last answered well
 * @param detail for people: what is wrong, and what to do; empty when all is well
 * @param facts what else there is to know, in the order in which it is shown: who it is there, what
 *     it can read
 * @param figures what can be counted and measured of it, by a short name of its own such as {@code
 *     rate_limits}: for monitors
 */
public record ConnectorHealth(
        boolean reachable,
        boolean authenticated,
        Optional<Instant> lastSeen,
        String detail,
        SequencedMap<String, String> facts,
        SortedMap<String, Long> figures) {
    public ConnectorHealth {
        figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
        facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
    }

    /** One of which nothing is counted. */
    public ConnectorHealth(
            boolean reachable,
            boolean authenticated,
            Optional<Instant> lastSeen,
            String detail,
            SequencedMap<String, String> facts) {
        this(reachable, authenticated, lastSeen, detail, facts, new TreeMap<>());
    }

    /** One about which there is nothing else to know. */
    public ConnectorHealth(
            boolean reachable, boolean authenticated, Optional<Instant> lastSeen, String detail) {
        this(reachable, authenticated, lastSeen, detail, new LinkedHashMap<>());
    }
}
