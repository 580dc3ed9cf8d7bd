package dev.sopwith.app;

import dev.sopwith.boards.BoardDesk;
import dev.sopwith.bot.desk.Audience;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Installation;
import dev.sopwith.bot.desk.LinkCodes;
import dev.sopwith.bot.desk.Rights;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.bot.discord.DiscordConnector;
import dev.sopwith.bot.discord.DiscordConnectors;
import dev.sopwith.bot.local.ConnectorReport;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Verbs;
import dev.sopwith.bot.matrix.MatrixConnectors;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.tmux.TmuxConnector;
import dev.sopwith.engine.chat.ConnectorRegistry;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.RosterFindings;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.library.SopLibrary;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.roster.EngineSettings;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.ClockWatch;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.runtime.Deadlines;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.runtime.Retention;
import dev.sopwith.engine.runtime.RoleChecks;
import dev.sopwith.engine.runtime.RosterPolicies;
import dev.sopwith.engine.runtime.RosterWorld;
import dev.sopwith.engine.runtime.Schedules;
import dev.sopwith.engine.runtime.StepReconciler;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.AddressPolicy;
import dev.sopwith.engine.step.HttpRunner;
import dev.sopwith.engine.step.KeepingRunner;
import dev.sopwith.engine.step.ShellRunner;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.TriggerSource;
import dev.sopwith.ingress.WebhookIngress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The service, from the lock on its state folder to the socket: wired top to bottom, closed
 * backwards. What is there when it starts goes on where it was.
 *
 * <p>Threading: one thread opens and closes it.
 */
public final class App implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(App.class.getName());

    private final SopLibrary library;
    private final Overview overview;
    private final Optional<WebhookIngress> webhooks;
    private final Deque<AutoCloseable> parts;

    private App(
            SopLibrary library,
            Overview overview,
            Optional<WebhookIngress> webhooks,
            Deque<AutoCloseable> parts) {
        this.library = library;
        this.overview = overview;
        this.webhooks = webhooks;
        this.parts = parts;
    }

    /**
     * What the service is started with.
     *
     * @param shown how the folder of SOPs is named in messages
     * @param state its own folder; made if it is missing
     * @param operator login of the service's own user: without a roster the only person there is
     * @param storeKey {@code SOPWITH_STORE_KEY}, if it is set
     * @param roster the last good one of a file that is followed from now on; none means that the
     *     operator is the only person there is
     * @param environment where secrets and the variables that steps may see come from
     */
    public record Settings(
            Path sops,
            String shown,
            Path state,
            String operator,
            Optional<Secret> storeKey,
            Optional<RosterFile> roster,
            Map<String, String> environment) {}

    /** Hears what becomes of a service that goes on. */
    public interface Listener {
        /** The SOPs on disk have changed. */
        void heard(SopEvent event);

        /** The roster on disk has changed. */
        void heard(RosterFile.Event event);

        /** Something does not fit together; goes on. Each is told once. */
        default void concerned(String line) {}

        /**
         * Shows a person what is kept nowhere, such as a key that is made now; empty where nobody
         * looks, or what is written is kept.
         */
        default Optional<Consumer<String>> terminal() {
            return Optional.empty();
        }

        /** The store has stopped for ever, so the service must end. */
        void stopped(StoreException why);
    }

    /** Where the socket of a state folder is. */
    public static Path socket(Path state) {
        return state.resolve("socket");
    }

    /** Where the store of a state folder is. */
    public static Path store(Path state) {
        return state.resolve("store");
    }

    /**
     * Starts everything; returns when it listens.
     *
     * @throws IOException when a part cannot be started; none is left running
     * @throws SecretBox.BadKey when the key of the secrets cannot be used
     * @throws StoreException when the store cannot be opened
     */
    public static App open(Settings settings, Listener listener, Clocks clocks)
            throws IOException, SecretBox.BadKey {
        return open(settings, listener, clocks, Map.of());
    }

    /**
     * Starts everything.
     *
     * @param others kinds of connectors beside the terminals of this machine, or in their place
     * @throws IOException when a part cannot be started; none is left running
     * @throws SecretBox.BadKey when the key of the secrets cannot be used
     * @throws StoreException when the store cannot be opened
     */
    public static App open(
            Settings settings,
            Listener listener,
            Clocks clocks,
            Map<String, ConnectorRegistry.Factory> others)
            throws IOException, SecretBox.BadKey {
        return open(settings, listener, clocks, others, List.of());
    }

    /**
     * Starts everything.
     *
     * @param others kinds of connectors beside the terminals of this machine, or in their place
     * @param doors sockets beside the service's own; none but the demo has any
     * @throws IOException when a part cannot be started; none is left running
     * @throws SecretBox.BadKey when the key of the secrets cannot be used
     * @throws StoreException when the store cannot be opened
     */
    static App open(
            Settings settings,
            Listener listener,
            Clocks clocks,
            Map<String, ConnectorRegistry.Factory> others,
            List<Door> doors)
            throws IOException, SecretBox.BadKey {
        var parts = new ArrayDeque<AutoCloseable>();
        try {
            return wire(settings, listener, clocks, others, doors, parts);
        } catch (UncheckedIOException e) {
            close(parts);
            throw e.getCause();
        } catch (IOException | SecretBox.BadKey | RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    private static App wire(
            Settings settings,
            Listener listener,
            Clocks clocks,
            Map<String, ConnectorRegistry.Factory> others,
            List<Door> doors,
            Deque<AutoCloseable> parts)
            throws IOException, SecretBox.BadKey {
        LibraryLogs.quiet();
        StoreLogs.shorten();
        InstantSource clock = clocks::wall;
        var state = StateFolder.make(settings.state());
        var random = new SecureRandom();
        Consumer<StoreException> onStop = listener::stopped;
        var store = SqliteStore.open(store(state), random, onStop);
        parts.push(store);
        var box = SecretBox.open(settings.storeKey(), state.resolve("secrets.key"));
        var operator = settings.operator();
        var file = settings.roster();
        Supplier<Roster> listed = () -> file.map(RosterFile::current).orElse(Roster.NONE);
        Supplier<Roster> roster = () -> listed.get().withOperator(operator);
        var findings = file.map(_ -> new RosterFindings(roster, settings.shown()));
        var concerns = new Concerns(findings, () -> listed.get().connectors(), listener::concerned);
        file.ifPresent(it -> concerns.show(() -> broken(it)));
        Consumer<SopEvent> onSop =
                event -> {
                    listener.heard(event);
                    concerns.look();
                };
        var mode = listed.get().engine().defaultMode();
        var library = SopLibrary.open(settings.sops(), settings.shown(), clock, mode, onSop);
        parts.push(library);
        var policies =
                file.isPresent() ? new RosterPolicies(roster) : Policies.singleOperator(operator);
        var rules = rules(listed.get().engine());
        var engine = new Engine(store, library::current, policies, box, rules, random);
        var epoch = store.read(reads -> reads.node().epoch());
        var shell = new ShellRunner(state, epoch, Set.of());
        var outputs = new StepOutputs(state);
        var http = new KeepingRunner(new HttpRunner(AddressPolicy.STRICT), outputs);
        var secrets = new SecretSources(settings.environment());
        var around =
                new Devices.World(engine, store, library::current, roster, secrets, random, clock);
        var devices = new Devices(listed.get().ingress(), around);
        var runners = new HashMap<Tool, StepRunner>(devices.runners());
        runners.putAll(Map.of(Tool.SHELL, shell, Tool.HTTP, http));
        var world = new RosterWorld(listed, settings.environment());
        var steps = new StepReconciler(engine, runners, world, clock);
        parts.push(steps);
        var watch = new ClockWatch(engine, clocks);
        var deadlines = new Deadlines(engine, watch);
        parts.push(deadlines);
        var retention = new Retention(engine, shell, clock);
        parts.push(retention);
        var overview = new Overview(engine, world);
        var rights = new Rights(listed, operator);
        var views = new RunViews(overview, store, outputs, roster);
        var installation = new Installation(library::current, concerns::of, concerns::notes);
        var planner = new Planner(engine, world);
        var deeds =
                new Deeds(
                        engine,
                        installation,
                        rights,
                        overview,
                        planner,
                        new LinkCodes(random),
                        views,
                        clock);
        var rooms = new Rooms(store, views, clock);
        var report = new ConnectorReport(rooms::byName, devices::sources, clock);
        var verbs = new Verbs(deeds, store::backup, rights, engine, overview).with(report);
        var audience = new Audience(rights, overview, epoch);
        var terminals =
                TmuxConnector.open(
                        state.resolve("room"),
                        clock,
                        random,
                        (caller, key) ->
                                rights.local(caller.login(), caller.operator())
                                        .filter(it -> audience.sees(it, key))
                                        .isPresent());
        parts.push(terminals);
        Map<String, ConnectorRegistry.Factory> kinds = new HashMap<>(others);
        kinds.putIfAbsent(TmuxConnector.KIND, _ -> terminals);
        var matrix =
                new MatrixConnectors(
                        new MatrixConnectors.World(
                                state.resolve("matrix"),
                                new SecretSources(settings.environment()),
                                new MatrixPeople(new Accounts(listed, MatrixConnectors.KIND)),
                                listener::concerned,
                                listener.terminal(),
                                clock));
        kinds.putIfAbsent(MatrixConnectors.KIND, matrix::create);
        var discord =
                new DiscordConnectors(
                        new SecretSources(settings.environment()),
                        new Accounts(listed, DiscordConnector.KIND)::of,
                        Deeds.offered(Speaker.Surface.ROOM),
                        listener::concerned,
                        clock);
        kinds.putIfAbsent(DiscordConnector.KIND, discord::create);
        var connectors = new ConnectorRegistry(kinds);
        var named = listed.get().connectors();
        for (var it : Rooms.withTerminals(named)) {
            var connector = Room.connect(it, connectors);
            if (connector.isEmpty()) continue;
            Predicate<String> shows =
                    named.contains(it) ? sop -> isRouted(roster.get(), it, sop) : _ -> true;
            var room = new Room(it, connector.get(), engine, store, views, shows, clock);
            rooms.add(room);
            parts.push(room);
        }
        rooms.started(library.current());
        engine.adopt(roster.get(), "start", clock.instant());
        steps.start();
        deadlines.start();
        Supplier<ZoneId> zone = () -> listed.get().engine().timezone();
        var schedules = new Schedules(engine, library::current, zone, watch, rooms);
        parts.push(schedules);
        schedules.start();
        parts.push(devices);
        devices.start();
        concerns.hear(devices::notes);
        var sources = new ArrayList<TriggerSource>(List.of(schedules));
        sources.addAll(devices.sources());
        var ingress = listed.get().ingress().http();
        var webhooks =
                ingress.map(
                        it ->
                                new WebhookIngress(
                                        it,
                                        engine,
                                        overview,
                                        library::current,
                                        roster,
                                        secrets,
                                        sources,
                                        () -> rooms.figures(report.healths()),
                                        clock));
        if (webhooks.isPresent()) {
            parts.push(webhooks.get());
            webhooks.get().start();
            concerns.hear(webhooks.get()::notes);
            concerns.hear(() -> moved(ingress.get(), listed.get()));
        }
        retention.start();
        library.watch();
        file.ifPresent(
                it -> {
                    it.listen(
                            event -> {
                                follow(engine, event, roster, listener, clock);
                                concerns.look();
                                rooms.roster(event);
                            });
                    parts.push(it);
                    it.watch();
                });
        concerns.follow(library::current);
        // Before the rooms: one of them is behind the socket, and would find nobody to show to.
        var desk = new BoardDesk(verbs, devices.boards(), engine, store, clock);
        parts.push(LocalServer.open(socket(state), desk, terminals));
        for (var door : doors) parts.push(door.open(verbs, terminals));
        rooms.open(deeds, rights, overview);
        var roles = new RoleChecks(engine, new Roles(roster, rooms::byName), clock);
        parts.push(roles);
        roles.start();
        parts.push(rooms::tellOfEnd);
        return new App(library, overview, webhooks, parts);
    }

    private static boolean isRouted(Roster roster, ConnectorSettings connector, String sop) {
        return roster.route(sop).stream().anyMatch(it -> it.name().equals(connector.name()));
    }

    /** What is wrong with the roster on disk, where the last good one holds. */
    private static List<String> broken(RosterFile file) {
        var errors = file.broken().stream().filter(Diagnostic::isError).toList();
        if (errors.isEmpty()) return List.of();
        var first = errors.getFirst();
        return List.of(
                "the roster on disk is broken, the last good one holds: %s:%d:%d %s%s; see: ./sopwith config check"
                        .formatted(
                                first.file(),
                                first.line(),
                                first.column(),
                                first.message(),
                                errors.size() == 1 ? "" : " (1 of %d)".formatted(errors.size())));
    }

    /** What waits for a restart of what listens. */
    private static List<String> moved(IngressSettings.Http before, Roster now) {
        var there = now.ingress().http();
        boolean isSame =
                there.filter(it -> it.listen().equals(before.listen()))
                        .filter(it -> it.observe().equals(before.observe()))
                        .filter(it -> it.requestsPerMinute() == before.requestsPerMinute())
                        .isPresent();
        return isSame ? List.of() : List.of("ingress.http: changed in the roster; needs a restart");
    }

    /** In this order: who hears of a change can rely on it. */
    private static void follow(
            Engine engine,
            RosterFile.Event event,
            Supplier<Roster> roster,
            Listener listener,
            InstantSource clock) {
        if (event instanceof RosterFile.Event.Changed) {
            engine.adopt(roster.get(), "reload", clock.instant());
        }
        listener.heard(event);
    }

    private static EngineRules rules(EngineSettings engine) {
        return new EngineRules(
                engine.maxConcurrentTotal(), engine.maxQueued(), engine.stepTimeout(), "local");
    }

    /**
     * Makes the store of a state folder from a backup, while there is none.
     *
     * @throws IOException when the folder cannot be used
     * @throws StoreException when there is a store, or the backup is damaged or not one
     */
    public static void restore(Path backup, Path state, InstantSource clock) throws IOException {
        var folder = store(StateFolder.make(state));
        SqliteStore.restore(backup, folder, new SecureRandom(), clock.millis());
    }

    /** The SOPs as they are now. */
    public SopSet sops() {
        return library.current();
    }

    /** Where webhooks are served, if they are. */
    public Optional<Address> webhooks() {
        return webhooks.flatMap(WebhookIngress::address);
    }

    /** Where health and figures are served, if they are. */
    public Optional<Address> observed() {
        return webhooks.flatMap(WebhookIngress::observeAddress);
    }

    /** How many runs have not ended. */
    public int activeRuns() {
        return overview.activeCount();
    }

    /** Ends the service, last part first. Steps that run go on; the next start finds them. */
    @Override
    public void close() {
        close(parts);
    }

    private static void close(Deque<AutoCloseable> parts) {
        while (!parts.isEmpty()) {
            var part = parts.pop();
            try {
                part.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "a part did not close: " + part, e);
            }
        }
    }
}
