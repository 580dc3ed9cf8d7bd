package dev.sopwith.engine.chat;

import dev.sopwith.engine.expression.Words;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which kinds of connectors there are. Who wires the program fills it; nobody else ever asks for a
 * kind.
 *
 * <p>Threading: immutable.
 */
public final class ConnectorRegistry {
    /** What a roster means that names none: the terminal on this machine. */
    public static final String DEFAULT_KIND = "tmux";

    private final Map<String, Factory> factories;

    /** Makes a connector of one kind; connects nothing yet. */
    @FunctionalInterface
    public interface Factory {
        Connector create(ConnectorConfig config);
    }

    /**
     * @param factories by kind
     */
    public ConnectorRegistry(Map<String, Factory> factories) {
        this.factories = Map.copyOf(factories);
    }

    public List<String> kinds() {
        return List.copyOf(new TreeMap<>(factories).keySet());
    }

    public boolean has(String kind) {
        return factories.containsKey(kind);
    }

    /**
     * Makes the connector that the roster asks for.
     *
     * @param config empty where the roster names none
     * @throws UnknownKind when nothing makes connectors of this kind
     */
    public Connector create(Optional<ConnectorConfig> config) throws UnknownKind {
        var wanted = config.orElseGet(() -> new ConnectorConfig(DEFAULT_KIND, Map.of()));
        var factory = Optional.ofNullable(factories.get(wanted.kind()));
        if (factory.isEmpty()) throw new UnknownKind(wanted.kind(), kinds());
        return factory.get().create(wanted);
    }

    /** No connector is of this kind. The message is for people. */
    public static final class UnknownKind extends Exception {
        private static final long serialVersionUID = 1;

        UnknownKind(String kind, List<String> known) {
            super(
                    "there is no connector of kind \"%s\"; %s"
                            .formatted(
                                    kind,
                                    known.isEmpty()
                                            ? "none is known"
                                            : guess(kind, known)
                                                    + "known: "
                                                    + String.join(", ", known)));
        }

        private static String guess(String kind, List<String> known) {
            return Words.suggestion(kind, known)
                    .map(near -> "did you mean \"" + near + "\"? ")
                    .orElse("");
        }
    }
}
