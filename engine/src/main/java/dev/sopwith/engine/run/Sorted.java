package dev.sopwith.engine.run;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Copies in one order, so that the same state is stored as the same text in every process. */
final class Sorted {
    private Sorted() {}

    static Set<String> copyOf(Collection<String> set) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }

    static Map<String, Set<String>> copyOf(Map<String, Set<String>> sets) {
        var sorted = new TreeMap<String, Set<String>>();
        sets.forEach((key, set) -> sorted.put(key, copyOf(set)));
        return Collections.unmodifiableSortedMap(sorted);
    }
}
