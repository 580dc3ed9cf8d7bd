package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.sop.Hashing;

import java.util.HashMap;
import java.util.Map;

/**
 * Messages that were taken in and whose acknowledgement the broker may not have got: what it sends
 * again of them after a reconnect is acknowledged once more and nothing else. Only packets that say
 * that they are repeats are compared, by identifier and content: equal content alone is two
 * messages, and an identifier that is used anew forgets the earlier one.
 *
 * <p>Threading: one thread. In memory: after a kill of the service a repeat is taken in once more,
 * unless it has an id of its own.
 */
final class Unconfirmed {
    private static final int DIGITS = 32; // 128 bits: enough to tell messages apart

    private final Map<Integer, String> digests = new HashMap<>();

    /** It was taken in. There are 65,535 identifiers, so there is a limit. */
    void add(PacketFacts packet, String topic, byte[] payload) {
        digests.put(packet.id(), digest(topic, payload));
    }

    /** Whether it was taken in before and comes again; it is forgotten then. */
    boolean knows(PacketFacts packet, String topic, byte[] payload) {
        return packet.isRepeat() && digests.remove(packet.id(), digest(topic, payload));
    }

    /** The broker has forgotten its session: nothing comes again. */
    void clear() {
        digests.clear();
    }

    private static String digest(String topic, byte[] payload) {
        return new Hashing().text(topic).bytes(payload).digest().substring(0, DIGITS);
    }
}
