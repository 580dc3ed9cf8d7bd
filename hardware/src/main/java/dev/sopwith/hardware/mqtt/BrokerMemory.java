package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Arrival;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What has to be the same after a restart, so that a broker knows who comes back: the name of the
 * service there, what it was asked for, because a session goes on with that, and which packets were
 * taken in whose acknowledgement the broker may not have got.
 *
 * <p>Threading: safe from any thread. Durable when a method returns.
 */
final class BrokerMemory {
    private static final String ID = "mqtt client id";
    private static final String LINE = "\n"; // no filter that is stored contains one

    /**
     * How many packets are remembered. A broker has the acknowledgements in order, so what may come
     * again is among the last ones, and never more than it may send at a time.
     */
    static final int PACKETS = 2 * MqttSource.WINDOW;

    private final Store store;
    private final String broker;
    private final String setting;

    BrokerMemory(Store store, String broker) {
        this.store = store;
        this.broker = broker;
        this.setting = "mqtt subscriptions " + broker;
    }

    /** Whether the broker at this address sends more at a time than it is allowed. */
    boolean isFlooding(String address) {
        return store.read(it -> it.node().setting("mqtt flooding " + broker))
                .filter(address::equals)
                .isPresent();
    }

    /** It does: the next start does not try again, which floods the log as well. */
    void flooding(String address) {
        store.commit(
                tx -> {
                    tx.node().set("mqtt flooding " + broker, address);
                    return address;
                });
    }

    /** Which session at the broker the packets belong to; 0 before the first one. */
    long session() {
        return number("mqtt session " + broker);
    }

    /** Another session began: no packet from before comes again. */
    void session(long number) {
        set("mqtt session " + broker, number);
    }

    /** Up to which number the broker has got the acknowledgements. */
    long confirmed() {
        return number("mqtt confirmed " + broker);
    }

    void confirmed(long number) {
        set("mqtt confirmed " + broker, number);
    }

    /** The packets that were taken in last, in no order. */
    List<Taken> taken() {
        return store.read(
                it ->
                        IntStream.range(0, PACKETS)
                                .mapToObj(slot -> it.node().setting(slot(slot)))
                                .flatMap(Optional::stream)
                                .map(Taken::parse)
                                .toList());
    }

    /** Keeps these once more, under other numbers, because the broker has sent them again. */
    void takenAgain(List<Taken> packets) {
        if (packets.isEmpty()) return;
        store.commit(
                tx -> {
                    for (var it : packets) tx.node().set(mark(it).name(), mark(it).value());
                    return packets.size();
                });
    }

    /** What is kept of a packet, in the commit of its message. */
    Arrival.Mark mark(Taken packet) {
        return new Arrival.Mark(slot((int) (packet.number() % PACKETS)), packet.text());
    }

    private String slot(int slot) {
        return "mqtt packet %s %d".formatted(broker, slot);
    }

    private long number(String name) {
        return store.read(it -> it.node().setting(name)).map(Long::parseLong).orElse(0L);
    }

    private void set(String name, long number) {
        store.commit(
                tx -> {
                    tx.node().set(name, Long.toString(number));
                    return number;
                });
    }

    /**
     * A packet whose message was taken in.
     *
     * @param number of the packet, from 1, over all connections and restarts
     * @param session at the broker, as {@link BrokerMemory#session} counts them
     * @param id its identifier; another packet has it as soon as it is confirmed
     * @param digest of topic and payload
     */
    record Taken(long number, long session, int id, String digest) {
        private String text() {
            return "%d %d %d %s".formatted(number, session, id, digest);
        }

        private static Taken parse(String text) {
            var parts = text.split(" ", -1);
            return new Taken(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Integer.parseInt(parts[2]),
                    parts[3]);
        }
    }

    /** The name of this service at brokers: made once. */
    String clientId(RandomGenerator random) {
        return store.commit(
                tx -> {
                    var known = tx.node().setting(ID);
                    if (known.isPresent()) return known.get();
                    var made = "sopwith-%08x".formatted(random.nextInt());
                    tx.node().set(ID, made);
                    return made;
                });
    }

    /** What the session at the broker may still be asked for. */
    Set<String> subscribed() {
        var text = store.read(it -> it.node().setting(setting)).orElse("");
        return text.isEmpty() ? Set.of() : Set.of(text.split(LINE, -1));
    }

    void subscribed(Set<String> filters) {
        var known = new TreeSet<String>(filters);
        known.removeIf(it -> it.contains(LINE));
        store.commit(
                tx -> {
                    tx.node().set(setting, String.join(LINE, known));
                    return known.size();
                });
    }
}
