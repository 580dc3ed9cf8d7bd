package dev.sopwith.ingress;

import dev.sopwith.engine.chat.ConnectorHealth;

import java.util.Map;

/**
 * What monitors are told about one connector.
 *
 * @param name in the roster
 * @param posts since the start, by what became of them
 * @param heard events since the start
 */
public record ConnectorFigures(
        String name, ConnectorHealth health, Map<String, Long> posts, long heard) {
    public ConnectorFigures {
        posts = Map.copyOf(posts);
    }
}
