package dev.sopwith.engine.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** How to take back what one work did to the maps of an {@link InMemoryStore}. */
final class UndoLog {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    <K, V> void put(Map<K, V> map, K key, V value) {
        boolean replaces = map.containsKey(key);
        var former = map.put(key, value);
        steps.push(replaces ? () -> map.put(key, former) : () -> map.remove(key));
    }

    <K, V> void remove(Map<K, V> map, K key) {
        if (!map.containsKey(key)) return;
        var former = map.remove(key);
        steps.push(() -> map.put(key, former));
    }

    void keep() {
        steps.clear();
    }

    void takeBack() {
        while (!steps.isEmpty()) steps.pop().run();
    }
}
