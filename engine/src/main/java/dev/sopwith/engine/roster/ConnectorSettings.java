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
 */
public record ConnectorSettings(
        String name, String kind, boolean trustServer, SortedMap<String, String> settings) {
    /** What there is when a roster names none. */
    public static final ConnectorSettings STANDARD = of("tmux", "tmux", true, Map.of());

    public ConnectorSettings {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** Settings in any map. */
    public static ConnectorSettings of(
            String name, String kind, boolean trustServer, Map<String, String> settings) {
        return new ConnectorSettings(name, kind, trustServer, new TreeMap<>(settings));
    }
}
