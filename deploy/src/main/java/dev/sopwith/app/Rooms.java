package dev.sopwith.app;

import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Rights;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.room.ServiceLines;
import dev.sopwith.bot.tmux.TmuxConnector;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Schedules;
import dev.sopwith.engine.store.Store;
import dev.sopwith.ingress.ConnectorFigures;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All rooms of the service, and the lines that are said in each of them: that it is up, what was
 * missed, that the roster is another one, that it ends.
 *
 * <p>Threading: safe from any thread, once all rooms are added.
 */
final class Rooms implements Schedules.Listener {
    /** What the room of the terminals is called where another connector is called tmux. */
    private static final String TERMINALS = "terminals of this machine";

    private final List<Room> rooms = new CopyOnWriteArrayList<>();
    private final ServiceLines lines;

    Rooms(Store store, RunViews views, InstantSource clock) {
        this.lines = new ServiceLines(store, views, clock);
    }

    /**
     * The connectors of a roster, and the terminals of this machine where it names none: the local
     * operator always has a room, and no route that cannot name it hides anything there.
     */
    static List<ConnectorSettings> withTerminals(List<ConnectorSettings> named) {
        if (named.stream().anyMatch(it -> it.kind().equals(TmuxConnector.KIND))) return named;
        var all = new ArrayList<>(named);
        boolean isTaken = named.stream().anyMatch(it -> it.name().equals(TmuxConnector.KIND));
        all.add(
                ConnectorSettings.of(
                        isTaken ? TERMINALS : TmuxConnector.KIND,
                        TmuxConnector.KIND,
                        true,
                        Map.of()));
        return all;
    }

    void add(Room room) {
        rooms.add(room);
    }

    /** By name, as the roster has them. */
    SequencedMap<String, Connector> byName() {
        var all = new LinkedHashMap<String, Connector>();
        rooms.forEach(it -> all.put(it.name(), it.connector()));
        return all;
    }

    /** What monitors are told of each, with how it is; without one that is not known. */
    List<ConnectorFigures> figures(Map<String, ConnectorHealth> healths) {
        return rooms.stream()
                .flatMap(
                        it -> Optional.ofNullable(healths.get(it.name())).map(it::figures).stream())
                .toList();
    }

    private List<ServiceLines.Place> places() {
        return rooms.stream().map(Room::place).toList();
    }

    /** The service is up: to be shown as soon as the rooms open. */
    void started(SopSet sops) {
        lines.started(places(), sops.runnable().size(), sops.broken().size());
    }

    /** Begins to show and to hear. */
    void open(Deeds deeds, Rights rights, Overview overview) {
        for (var room : rooms) room.open(deeds, rights, overview);
    }

    /** The roster on disk is another one, or broken, or good again. */
    void roster(RosterFile.Event event) {
        show(lines.roster(places(), text(event)));
        if (event instanceof RosterFile.Event.Changed(var before, var now, _)) {
            show(lines.adopted(places(), before, now));
        }
        rooms.forEach(Room::lookAtAll);
    }

    private void show(List<String> keys) {
        for (var room : rooms) keys.forEach(room::show);
    }

    private static String text(RosterFile.Event event) {
        return switch (event) {
            case RosterFile.Event.Changed(var before, var now, _) ->
                    "the roster has changed: %.8s holds in place of %.8s"
                            .formatted(now.digest(), before.digest());
            case RosterFile.Event.Broke _ ->
                    "the roster on disk is broken; the last good one holds (config check says why)";
            case RosterFile.Event.Recovered(var now) ->
                    "the roster on disk is good again: %.8s holds, as before"
                            .formatted(now.digest());
        };
    }

    @Override
    public Store.Change telling(Schedules.Absence absence) {
        return lines.missed(places(), absence);
    }

    @Override
    public void missed(Schedules.Absence absence) {
        rooms.forEach(Room::lookAtAll);
    }

    /** First of all, while the rooms can still show it: one of them needs the socket for that. */
    void tellOfEnd() {
        show(lines.stopping(places()));
        rooms.forEach(Room::close);
    }
}
