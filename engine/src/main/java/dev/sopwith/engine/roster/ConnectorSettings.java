package dev.sopwith.engine.roster;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A chat network that people are asked on. Tokens are no part of it.
 *
 * @param name its key under {@code connectors}; of a single one, its kind
 * @param trustServer whether who runs the server is trusted not to forge messages
 * @param settings the block of its kind, such as {@code homeserver_url}
 * @param roles of the network, by id, to the group whose people hold it there
 */
public record ConnectorSettings(
        String name,
        String kind,
        boolean trustServer,
        SortedMap<String, String> settings,
        SortedMap<String, String> roles) {
    /** What there is when a roster names none. */
    public static final ConnectorSettings STANDARD = of("tmux", "tmux", true, Map.of());

    public ConnectorSettings {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
    }

    /** Settings in any map, and no roles. */
    public static ConnectorSettings of(
            String name, String kind, boolean trustServer, Map<String, String> settings) {
        return new ConnectorSettings(
                name, kind, trustServer, new TreeMap<>(settings), new TreeMap<>());
    }

    /** The same without roles: those are looked up anew each time, and need no restart. */
    public ConnectorSettings withoutRoles() {
        return of(name, kind, trustServer, settings);
    }
}
