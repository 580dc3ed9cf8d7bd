package dev.sopwith.engine.roster;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One person, however many accounts they have: votes and quorums count persons.
 *
 * @param name in the roster
 */
public record Person(String name, SortedSet<Identity> identities) {
    public Person {
        identities = Collections.unmodifiableSortedSet(new TreeSet<>(identities));
    }

    /** A person with these accounts. */
    public static Person of(String name, Set<Identity> identities) {
        return new Person(name, new TreeSet<>(identities));
    }
}
