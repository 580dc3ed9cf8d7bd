package dev.sopwith.engine.run;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** Copies in one order, so that the same state is stored as the same text in every process. */
final class Sorted {
    private Sorted() {}

    static Set<String> copyOf(Collection<String> set) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }
}
