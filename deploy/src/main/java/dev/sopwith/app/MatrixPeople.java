package dev.sopwith.app;

import dev.sopwith.bot.matrix.MatrixConnectors;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Roster;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The people of a roster, as Matrix knows them.
 *
 * @param roster as it is now
 */
record MatrixPeople(Supplier<Roster> roster) implements MatrixConnectors.People {
    @Override
    public Set<String> accounts(String person) {
        return Optional.ofNullable(roster.get().people().get(person)).stream()
                .flatMap(it -> it.identities().stream())
                .filter(it -> it.network().equals(MatrixConnectors.KIND))
                .map(Identity::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean knows(String user) {
        return roster.get().who(new Identity(MatrixConnectors.KIND, user)).isPresent();
    }
}
