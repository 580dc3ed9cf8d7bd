package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorConfig;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.Hashing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes connectors of kind {@code matrix}. Those of one user share one account, for two clients
 * with one device would spoil each other's keys.
 *
 * <p>Threading: safe from any thread.
 */
public final class MatrixConnectors {
    public static final String KIND = "matrix";

    private final World world;
    private final Map<String, MatrixAccount> accounts = new HashMap<>(); // guarded by itself

    /** Who the people of the roster are on Matrix, as it is now. */
    public interface People {
        /** The Matrix ids of a person. */
        Set<String> accounts(String person);

        /** Whether a Matrix id is somebody's of the roster. */
        boolean knows(String user);
    }

    /**
     * What accounts need of the world around them.
     *
     * @param folder where each has a folder of its own for its keys
     * @param announce told who is connected where, in one line
     * @param terminal shows a person what is kept nowhere; empty where there is nobody
     */
    public record World(
            Path folder,
            SecretSources secrets,
            People people,
            Consumer<String> announce,
            Optional<Consumer<String>> terminal,
            InstantSource clock) {}

    public MatrixConnectors(World world) {
        this.world = world;
    }

    /** Begins to connect, and waits for nothing. */
    public Connector create(ConnectorConfig config) {
        var settings = MatrixSettings.of(config);
        synchronized (accounts) {
            var account =
                    accounts.computeIfAbsent(
                            settings.user(), it -> new MatrixAccount(settings, folder(it), world));
            if (!account.homeserver().equals(settings.homeserver())) {
                throw new IllegalArgumentException(
                        "connector %s: %s is at %s already; one user has one homeserver_url"
                                .formatted(settings.name(), settings.user(), account.homeserver()));
            }
            account.add(settings);
            return new MatrixConnector(settings, account, () -> release(settings, account));
        }
    }

    private void release(MatrixSettings settings, MatrixAccount account) {
        synchronized (accounts) {
            if (!account.remove(settings)) return;
            accounts.remove(settings.user());
        }
        account.close();
    }

    /** Readable, and different for all users whatever their ids are made of. */
    private Path folder(String user) {
        var digest = Hashing.sha256(user.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        var name = user.replaceAll("[^A-Za-z0-9.-]", "_");
        return world.folder()
                .resolve(name.substring(0, Math.min(40, name.length())) + "-" + digest);
    }
}
