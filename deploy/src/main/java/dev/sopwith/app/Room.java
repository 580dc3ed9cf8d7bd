package dev.sopwith.app;

import dev.sopwith.bot.desk.ChatDesk;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Rights;
import dev.sopwith.bot.room.ChatReconciler;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.room.ServiceLines;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorConfig;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.ConnectorRegistry;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.Store;
import dev.sopwith.ingress.ConnectorFigures;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/** One connector with all that belongs to it: who shows, and who hears. */
final class Room implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Room.class.getName());

    private final ConnectorSettings settings;
    private final CountedConnector connector;
    private final Store store;
    private final InstantSource clock;
    private final Predicate<String> shows;
    private final ChatReconciler reconciler;

    /**
     * @param shows whether runs of this SOP are shown there
     */
    Room(
            ConnectorSettings settings,
            Connector connector,
            Engine engine,
            Store store,
            RunViews views,
            Predicate<String> shows,
            InstantSource clock) {
        this.settings = settings;
        this.connector = new CountedConnector(connector);
        this.store = store;
        this.clock = clock;
        this.shows = shows;
        this.reconciler =
                new ChatReconciler(settings.name(), this.connector, store, views, shows, clock);
        engine.listen(reconciler::look);
        this.connector.whenBack(reconciler::back);
    }

    /**
     * The connector that the roster asks for.
     *
     * @return empty where this program has not its kind: that is told, unless the roster names none
     *     and the socket is all there is
     */
    static Optional<Connector> connect(ConnectorSettings settings, ConnectorRegistry registry) {
        if (!registry.has(settings.kind())) {
            if (settings.equals(ConnectorSettings.STANDARD)) return Optional.empty();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "connector %s: this version has no connector of kind %s; nobody is asked there"
                            .formatted(settings.name(), settings.kind()));
            return Optional.empty();
        }
        try {
            var config =
                    new ConnectorConfig(
                            settings.name(),
                            settings.kind(),
                            settings.trustServer(),
                            settings.settings());
            return Optional.of(registry.create(Optional.of(config)));
        } catch (ConnectorRegistry.UnknownKind e) {
            throw new IllegalStateException("it had this kind just now", e);
        }
    }

    /** Begins to show and to hear; what people did while nobody listened comes first. */
    void open(Deeds deeds, Rights rights, Overview overview) {
        var room = new ChatDesk.Room(settings.name(), settings.trustServer(), shows);
        var desk = new ChatDesk(room, deeds, rights, overview, store, reconciler::show, clock);
        reconciler.whenShown(desk::shown);
        var _ = desk.listen(connector);
        reconciler.start();
    }

    String name() {
        return settings.name();
    }

    Connector connector() {
        return connector;
    }

    /** What monitors are told of it, with how it is. */
    ConnectorFigures figures(ConnectorHealth health) {
        return new ConnectorFigures(name(), health, connector.posts(), connector.heard());
    }

    ServiceLines.Place place() {
        return new ServiceLines.Place(settings.name(), connector.room(), shows);
    }

    /** There is a line of this key for it. */
    void show(String key) {
        reconciler.show(key);
    }

    /** The roster is another one. */
    void lookAtAll() {
        reconciler.lookAtAll();
    }

    /** Ends it after its last words; again does nothing. */
    @Override
    public void close() {
        reconciler.close();
        connector.close();
    }
}
