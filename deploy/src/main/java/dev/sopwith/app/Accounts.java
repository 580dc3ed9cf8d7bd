package dev.sopwith.app;

import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Roster;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the people of a roster are called in one network.
 *
 * @param roster as it is now
 */
record Accounts(Supplier<Roster> roster, String network) {
    /** What this person is called there; empty for somebody who is not there. */
    Set<String> of(String person) {
        return Optional.ofNullable(roster.get().people().get(person)).stream()
                .flatMap(it -> it.identities().stream())
                .filter(it -> it.network().equals(network))
                .map(Identity::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether this account there is anybody's. */
    boolean knows(String account) {
        return roster.get().who(new Identity(network, account)).isPresent();
    }
}
