package dev.sopwith.app;

import dev.sopwith.bot.matrix.MatrixConnectors;

import java.util.Set;

/** The people of a roster, as Matrix knows them. */
record MatrixPeople(Accounts all) implements MatrixConnectors.People {
    @Override
    public Set<String> accounts(String person) {
        return all.of(person);
    }

    @Override
    public boolean knows(String user) {
        return all.knows(user);
    }
}
