package dev.sopwith.engine.chat;

import java.time.Instant;
import java.util.Optional;

/**
 * How a connection is. Unreachable is waited out; unauthenticated needs a person.
 *
 * @param lastSeen when the network last answered well
 * @param detail for people: what is wrong, and what to do
 */
public record ConnectorHealth(
        boolean reachable, boolean authenticated, Optional<Instant> lastSeen, String detail) {}
