package dev.sopwith.bot.matrix;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rooms of one account: enters those of the roster, and others only when people of the roster
 * ask; says what is wrong with them. Follows no room that says it goes on elsewhere: whoever has
 * the power there could name any.
 *
 * <p>Threading: the account's thread changes it, any reads.
 */
final class MatrixRooms implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MatrixRooms.class.getName());

    private final String user;
    private final MatrixHealth health;
    private final MatrixConnectors.People people;
    private final Map<String, String> ids = new ConcurrentHashMap<>(); // by connector
    private final Map<String, Boolean> encrypted = new ConcurrentHashMap<>(); // by id
    private Optional<HomeServer> server = Optional.empty(); // of the account's thread

    MatrixRooms(String user, MatrixHealth health, MatrixConnectors.People people) {
        this.user = user;
        this.health = health;
        this.people = people;
    }

    /** The one HTTP client to it. */
    HomeServer server(String url) {
        if (server.isEmpty()) server = Optional.of(new HomeServer(url));
        return server.get();
    }

    /** The id of a connector's room; an alias stays one until it has been resolved. */
    String id(MatrixSettings connector) {
        return ids.getOrDefault(connector.name(), connector.room());
    }

    /** The id of a room by what a message calls it. */
    String id(MatrixSettings connector, String room) {
        return room.equals(connector.room()) ? id(connector) : room;
    }

    /** Enters the room of a connector, and looks at what it may do there. */
    void enter(MatrixBridge bridge, MatrixSettings connector) {
        try {
            health.room(connector.name(), problem(bridge, connector));
        } catch (MatrixFailure e) {
            if (e.isPassing()) throw e;
            var why =
                    switch (e.kind) {
                        case FORBIDDEN ->
                                "%s may not enter room %s (%s); invite it there"
                                        .formatted(user, connector.room(), e.getMessage());
                        case NOT_FOUND ->
                                "there is no room %s that the server knows; see room_id in the roster"
                                        .formatted(connector.room());
                        default ->
                                "room %s cannot be entered: %s"
                                        .formatted(connector.room(), e.getMessage());
                    };
            health.room(connector.name(), why);
        }
    }

    void enter(MatrixBridge bridge, String room, List<MatrixSettings> connectors) {
        for (var connector : connectors) {
            if (id(connector).equals(room)) enter(bridge, connector);
        }
    }

    private String problem(MatrixBridge bridge, MatrixSettings connector) {
        var named = connector.room();
        var room = named.startsWith("#") ? Wait.on(bridge.resolve(named)) : named;
        ids.put(connector.name(), room);
        if (!Wait.on(bridge.joinedRooms()).contains(room)) {
            var _ = Wait.on(bridge.join(room));
            Wait.on(bridge.syncOnce()); // until then nothing is known of it, not even whether it
            // is encrypted
        }
        encrypted.put(room, Wait.on(bridge.encrypted(room)));
        var replacement = Wait.on(bridge.replacement(room));
        if (replacement.isPresent()) {
            return "room %s says that it goes on as %s, and is not followed; if that is right write it as room_id"
                    .formatted(room, replacement.get());
        }
        var rights = Wait.on(bridge.rights(room));
        if (rights.level() < rights.toWrite()) {
            return "%s may not write in %s: it has power level %d and needs %d"
                    .formatted(user, room, rights.level(), rights.toWrite());
        }
        if (rights.level() < rights.toReact()) {
            return "%s may not set marks in %s: it has power level %d and needs %d"
                    .formatted(user, room, rights.level(), rights.toReact());
        }
        return "";
    }

    /**
     * Comes where the roster sends it, or people of the roster ask it to; says no to all others.
     *
     * @throws MatrixFailure when it is to be tried again
     */
    void invited(MatrixBridge bridge, Happening.Invited it, List<MatrixSettings> connectors) {
        boolean isOurs = connectors.stream().anyMatch(connector -> id(connector).equals(it.room()));
        boolean isWelcome = isOurs || people.knows(it.sender());
        try {
            if (isWelcome) {
                var _ = Wait.on(bridge.join(it.room()));
                enter(bridge, it.room(), connectors);
            } else {
                Wait.on(bridge.leave(it.room()));
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    isWelcome
                            ? "matrix {0}: came to {1}, as {2} asked"
                            : "matrix {0}: did not come to {1}: {2} is not in the roster",
                    user,
                    it.room(),
                    it.sender());
        } catch (MatrixFailure e) {
            if (e.isPassing()) throw e;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "matrix {0}: the invitation of {1} to {2} failed: {3}",
                    user,
                    it.sender(),
                    it.room(),
                    e.getMessage());
        }
    }

    /** Somebody has changed our own membership. */
    void changed(MatrixBridge bridge, Happening.Membership it, List<MatrixSettings> connectors) {
        for (var connector : connectors) {
            if (!id(connector).equals(it.room())) continue;
            if (it.membership().equals("join")) {
                enter(bridge, connector);
            } else if (!it.membership().equals("invite")) {
                health.room(
                        connector.name(),
                        "%s has been taken out of room %s by %s; invite it again"
                                .formatted(user, it.room(), it.sender()));
            }
        }
    }

    /** What there is to know about a connector's room. */
    Map<String, String> facts(MatrixSettings connector) {
        var room = id(connector);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("room", room.equals(connector.room()) ? room : connector.room() + " = " + room);
        facts.put("encrypted", encrypted.containsKey(room) ? yes(encrypted.get(room)) : "unknown");
        facts.put("link", MatrixHtml.link(connector.room()));
        return facts;
    }

    private static String yes(boolean it) {
        return it ? "yes" : "no";
    }

    /** Who it is and where, in one line for who starts the service. */
    String described(MatrixBridge bridge, List<MatrixSettings> connectors) {
        var line = new StringBuilder("matrix: %s, device %s".formatted(user, bridge.getDeviceId()));
        for (var connector : connectors) {
            var room = id(connector);
            line.append(
                    "; %s: %s%s".formatted(connector.name(), MatrixHtml.link(room), state(room)));
        }
        return line.toString();
    }

    private String state(String room) {
        if (!encrypted.containsKey(room)) return " (not entered)";
        return encrypted.get(room) ? " (encrypted)" : " (not encrypted)";
    }

    @Override
    public void close() {
        server.ifPresent(HomeServer::close);
    }
}
