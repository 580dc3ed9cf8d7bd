package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.store.Store;

import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * What has to be the same after a restart, so that a broker knows who comes back: the name of the
 * service there, and what it was asked for, because a session goes on with that.
 *
 * <p>Threading: safe from any thread. Durable when a method returns.
 */
final class BrokerMemory {
    private static final String ID = "mqtt client id";
    private static final String LINE = "\n"; // no filter that is stored contains one

    private final Store store;
    private final String setting;

    BrokerMemory(Store store, String broker) {
        this.store = store;
        this.setting = "mqtt subscriptions " + broker;
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
