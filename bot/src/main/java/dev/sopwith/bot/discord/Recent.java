package dev.sopwith.bot.discord;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A map that forgets what was put into it first.
 *
 * <p>Threading: safe from any thread.
 */
final class Recent<K, V> {
    private final Map<K, V> entries; // guarded by itself

    Recent(int max) {
        this.entries =
                new LinkedHashMap<>() {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                        return size() > max;
                    }
                };
    }

    Optional<V> get(K key) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(key));
        }
    }

    void put(K key, V value) {
        synchronized (entries) {
            entries.put(key, value);
        }
    }

    void remove(K key) {
        synchronized (entries) {
            entries.remove(key);
        }
    }
}
