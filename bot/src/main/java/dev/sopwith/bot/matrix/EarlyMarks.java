package dev.sopwith.bot.matrix;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Marks that people set on a message before whoever sends it knows its id: between its being there
 * and its last mark of ours a limit of the server can lie many seconds. They are kept aside until
 * the message is delivered, for nobody could say what they are about.
 *
 * <p>Threading: safe from any thread. Durable: what is kept aside, in {@link MatrixStore}.
 */
final class EarlyMarks {
    /** As long as whoever sent it needs to store its id, with much to spare. */
    private static final Duration STORED_AFTER = Duration.ofSeconds(1);

    /** After a restart messages that were half sent are sent again by then. */
    private static final Duration SENT_AGAIN_AFTER = Duration.ofSeconds(30);

    /** What is not delivered by then is not delivered at all. */
    private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(10);

    private static final int KNOWN_MAX = 1_000;

    private final MatrixStore store;
    private final InstantSource clock;
    private final Instant opened;

    // guarded by this
    private final Map<String, String> underWay = new HashMap<>(); // room by transaction
    private final Map<String, Instant> knownAt =
            new LinkedHashMap<>() { // by event, MAX while it is not delivered
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                    return size() > KNOWN_MAX;
                }
            };

    EarlyMarks(MatrixStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.opened = clock.instant();
    }

    /** From here on a message with marks may be in the room. */
    synchronized void sending(String transaction, String room) {
        underWay.put(transaction, room);
    }

    /** It is in the room, and not all that belongs to it. */
    synchronized void sent(String transaction, String event) {
        underWay.remove(transaction);
        knownAt.put(event, Instant.MAX);
    }

    /** The room has not taken it. */
    synchronized void refused(String transaction) {
        underWay.remove(transaction);
    }

    /** All of it is there, and whoever sent it is about to hear so. */
    synchronized void delivered(String event) {
        knownAt.put(event, clock.instant().plus(STORED_AFTER));
    }

    /** Whether a mark on it is to be kept aside. */
    synchronized boolean isEarly(String room, String target) {
        var known = knownAt.get(target);
        if (known != null) return clock.instant().isBefore(known);
        return underWay.containsValue(room);
    }

    /** What was kept aside and can be handed over now, oldest first. */
    List<MatrixStore.Early> due() {
        return store.early().stream().filter(this::isDue).toList();
    }

    private synchronized boolean isDue(MatrixStore.Early it) {
        var now = clock.instant();
        if (!now.isBefore(it.at().plus(GIVEN_UP_AFTER))) return true;
        if (isEarly(it.room(), it.reaction().target())) return false;
        return knownAt.containsKey(it.reaction().target())
                || !now.isBefore(opened.plus(SENT_AGAIN_AFTER));
    }
}
