package dev.sopwith.engine.chat;

import java.util.Map;

/**
 * What the roster says about one connector. Secrets are never part of it.
 *
 * @param name its key in the roster; of a single one, its kind
 * @param trustsServer whether its server is trusted not to forge messages
 * @param settings by name, in text form
 */
public record ConnectorConfig(
        String name, String kind, boolean trustsServer, Map<String, String> settings) {
    public ConnectorConfig {
        settings = Map.copyOf(settings);
    }

    /** The only connector of a roster. */
    public ConnectorConfig(String kind, Map<String, String> settings) {
        this(kind, kind, true, settings);
    }
}
