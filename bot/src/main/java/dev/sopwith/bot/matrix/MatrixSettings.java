package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.ConnectorConfig;

import java.util.Optional;

/**
 * What the roster says about one connector of this kind.
 *
 * @param name in the roster
 * @param room id or alias
 */
record MatrixSettings(
        String name, String homeserver, String user, String room, boolean trustsServer) {

    static MatrixSettings of(ConnectorConfig config) {
        return new MatrixSettings(
                config.name(),
                setting(config, "homeserver_url"),
                setting(config, "user_id"),
                setting(config, "room_id"),
                config.trustsServer());
    }

    /** The roster's schema asks for each of them, so none is missing in a roster that was read. */
    private static String setting(ConnectorConfig config, String name) {
        return Optional.ofNullable(config.settings().get(name))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "connector %s: %s is missing"
                                                .formatted(config.name(), name)));
    }
}
