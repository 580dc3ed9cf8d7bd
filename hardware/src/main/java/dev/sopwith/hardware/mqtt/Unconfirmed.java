package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.sop.Hashing;
import dev.sopwith.hardware.mqtt.BrokerMemory.Taken;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that were taken in and whose acknowledgement the broker may not have got: what it sends
 * again of them is acknowledged once more and nothing else. Only packets that say that they are
 * repeats are compared, by identifier and content: equal content alone is two messages, and an
 * identifier that is used anew forgets the earlier one.
 *
 * <p>Once the broker has shown that it got an acknowledgement, the identifier is free for another
 * message, which may be equal and get lost on its way the first time. So what is confirmed is
 * forgotten: at once for who comes back after a crash, and after a minute for who stays, because a
 * broker that crashes forgets what it had got.
 *
 * <p>Threading: one thread.
 */
final class Unconfirmed {
    /** How long a broker may take to write down what it was told. */
    static final Duration KEPT = Duration.ofMinutes(1);

    private static final int DIGITS = 32; // 128 bits: enough to tell messages apart

    private final Map<Integer, Taken> packets = new HashMap<>();
    private final Deque<Confirmation> confirmations = new ArrayDeque<>();
    private long session;
    private long number;
    private long forgotten;

    /** All packets up to this number. */
    private record Confirmation(long number, long nanos) {}

    /** Nothing is known. */
    Unconfirmed() {}

    /** What was unconfirmed when the service ended. */
    Unconfirmed(long session, long confirmed, List<Taken> taken) {
        this.session = session;
        this.number = confirmed;
        for (var it : taken.stream().sorted(Comparator.comparingLong(Taken::number)).toList()) {
            number = Math.max(number, it.number());
            if (it.session() == session && it.number() > confirmed) packets.put(it.id(), it);
        }
    }

    /** It is about to be taken in. There are 65,535 identifiers, so there is a limit. */
    Taken add(PacketFacts packet, String topic, byte[] payload) {
        var it = new Taken(++number, session, packet.id(), digest(topic, payload));
        packets.put(packet.id(), it);
        return it;
    }

    /** Whether it was taken in before and comes again. */
    boolean knows(PacketFacts packet, String topic, byte[] payload, long nanos) {
        forget(nanos);
        var known = packets.get(packet.id());
        return packet.isRepeat()
                && known != null
                && known.number() > forgotten
                && known.digest().equals(digest(topic, payload));
    }

    /** The number of the last packet. */
    long last() {
        return number;
    }

    /** The broker has got the acknowledgements of all packets up to this one. */
    void confirmed(long number, long nanos) {
        confirmations.add(new Confirmation(number, nanos));
        forget(nanos);
    }

    private void forget(long nanos) {
        var first = confirmations.peek();
        while (first != null && nanos - first.nanos() > KEPT.toNanos()) {
            forgotten = first.number();
            confirmations.remove();
            first = confirmations.peek();
        }
    }

    /**
     * The broker has forgotten its session: nothing comes again.
     *
     * @return the number of the new session
     */
    long clear() {
        packets.clear();
        return ++session;
    }

    private static String digest(String topic, byte[] payload) {
        return new Hashing().text(topic).bytes(payload).digest().substring(0, DIGITS);
    }
}
