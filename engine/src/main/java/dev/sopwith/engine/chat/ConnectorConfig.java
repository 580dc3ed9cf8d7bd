package dev.sopwith.engine.chat;

import java.util.Map;

/**
 * What the roster says about one connector. Secrets are never part of it.
 *
 * @param settings by name, in text form
 */
public record ConnectorConfig(String kind, Map<String, String> settings) {
    public ConnectorConfig {
        settings = Map.copyOf(settings);
    }
}
