package dev.sopwith.app;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.Memberships;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Who holds the roles that the roster names, asked of the rooms each time. A person holds what any
 * of their accounts there holds; one without an account there holds nothing.
 *
 * <p>Threading: safe from any thread; blocks on the network.
 *
 * @param roster as it is now
 * @param rooms by the names that the roster gives them
 */
record Roles(Supplier<Roster> roster, Supplier<? extends Map<String, Connector>> rooms)
        implements Memberships {

    @Override
    public boolean areAsked() {
        return roster.get().connectors().stream().anyMatch(it -> !it.roles().isEmpty());
    }

    @Override
    public Set<String> held(String person, Set<String> groups) throws Unanswered {
        var now = roster.get();
        var held = new TreeSet<String>();
        for (var there : now.connectors()) {
            if (there.roles().values().stream().noneMatch(groups::contains)) continue;
            var roles = rolesIn(there, new Accounts(() -> now, there.kind()).of(person));
            there.roles()
                    .forEach(
                            (role, group) -> {
                                if (groups.contains(group) && roles.contains(role)) held.add(group);
                            });
        }
        return held;
    }

    private Set<String> rolesIn(ConnectorSettings there, Set<String> accounts) throws Unanswered {
        if (accounts.isEmpty()) return Set.of();
        var room = rooms.get().get(there.name());
        if (room == null) throw new Unanswered(there.name() + " is not connected; restart");
        var roles = new HashSet<String>();
        try {
            for (var account : accounts) roles.addAll(room.roles(account));
        } catch (Connector.Unanswered e) {
            throw new Unanswered("%s: %s".formatted(there.name(), e.getMessage()));
        }
        return roles;
    }
}
