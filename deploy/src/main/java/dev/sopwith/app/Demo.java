package dev.sopwith.app;

import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.StoreException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service to try out, with a second person in it. The service is the real one; bob is a socket of
 * his own in a folder that only its owner enters, and a page that says that all is well is there to
 * be asked.
 *
 * <p>Threading: safe from any thread.
 */
public final class Demo implements AutoCloseable {
    /** Who the second person is on record. */
    private static final Identity BOB = new Identity("demo", "bob");

    private final DemoFolder folder;
    private final HealthPage health;
    private Optional<App> app; // guarded by this

    private Demo(DemoFolder folder, HealthPage health, App app) {
        this.folder = folder;
        this.health = health;
        this.app = Optional.of(app);
    }

    /**
     * A network on which both people have accounts, beside the terminals.
     *
     * @param kind of its connector, which in the roster has this for its name as well
     * @param settings of the connector
     * @param alice her account
     * @param bob his
     * @param environment what the service is told besides, such as a token
     */
    public record Network(
            String kind,
            Map<String, String> settings,
            String alice,
            String bob,
            Map<String, String> environment) {}

    /** Hears what becomes of a demo. */
    public interface Listener {
        /** Its folder is there, and nothing in it runs yet. */
        void made(Path root) throws IOException;

        /** The store has stopped for ever, so the demo must end. */
        void stopped();
    }

    /**
     * Makes a demo in this folder and starts it.
     *
     * @param root missing or empty
     * @param network on which people speak as well, if there is one
     * @throws IOException when it cannot be made or started; nothing is left running
     * @throws RosterFile.Unusable when others could change what lies there
     * @throws SecretBox.BadKey when the key of the secrets cannot be used
     */
    public static Demo open(Path root, Optional<Network> network, Listener listener, Clocks clocks)
            throws IOException, RosterFile.Unusable, SecretBox.BadKey {
        var health = HealthPage.open();
        try {
            var folder = DemoFolder.make(root, health.address(), network);
            listener.made(folder.root());
            var environment = new HashMap<>(System.getenv());
            environment.put("TMPDIR", folder.temporary().toString());
            network.ifPresent(it -> environment.putAll(it.environment()));
            var settings =
                    new App.Settings(
                            folder.sops(),
                            folder.sops().toString(),
                            folder.state(),
                            folder.owner(),
                            Optional.empty(),
                            Optional.of(
                                    RosterFile.open(folder.roster(), folder.roster().toString())),
                            environment);
            var bob = new Speaker(BOB, "bob", false, Speaker.Surface.SOCKET);
            var door = new Door(App.socket(folder.second()), bob);
            var told = new Told(listener);
            var app = App.open(settings, told, clocks, Map.of(), List.of(door));
            return new Demo(folder, health, app);
        } catch (IOException | RosterFile.Unusable | SecretBox.BadKey | RuntimeException e) {
            health.close();
            throw e;
        }
    }

    /** Where all of it lies. */
    public Path root() {
        return folder.root();
    }

    /** Where the SOPs are. */
    public Path sops() {
        return folder.sops();
    }

    /** The state folder, as alice names it: the local operator. */
    public Path alice() {
        return folder.state();
    }

    /** What bob names as the state folder: there is nothing in it but his socket. */
    public Path bob() {
        return folder.second();
    }

    /** How often a step has asked the page of this demo. */
    public int asked() {
        return health.asked();
    }

    /** Ends the service and all of the demo that runs. The folder stays. */
    @Override
    public synchronized void close() {
        app.ifPresent(App::close);
        app = Optional.empty();
        health.close();
    }

    /** The room tells what happens; only the end of everything is told elsewhere. */
    private record Told(Listener listener) implements App.Listener {
        @Override
        public void heard(SopEvent event) {}

        @Override
        public void heard(RosterFile.Event event) {}

        @Override
        public void stopped(StoreException why) {
            listener.stopped();
        }
    }
}
