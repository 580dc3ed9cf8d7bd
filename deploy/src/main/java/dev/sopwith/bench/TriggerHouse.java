package dev.sopwith.bench;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.SqliteStore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An engine on this disk with one SOP that each kind of trigger starts, and whose only step is
 * passed by: its run ends in the commit that takes the delivery in.
 *
 * <p>Threading: as {@link Engine}.
 */
final class TriggerHouse implements AutoCloseable {
    /** The SOP; also what it is asked for by hand. */
    static final String SOP = "passed";

    private static final int AT_ONCE = 64;

    private final SqliteStore store;
    private final SopSet sops;
    private final Engine engine;
    private final Path folder;

    TriggerHouse(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        var place = folder.resolve("sops");
        EngineFigures.write(place, SOP, AT_ONCE, EngineFigures.PASSED);
        var manifest = place.resolve(SOP).resolve("SOP.toml");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        + """

                        [[triggers]]
                        type = "webhook"
                        path = "/sop/passed"

                        [[triggers]]
                        type = "mqtt"
                        topic = "bench"
                        """);
        this.sops = SopSet.load(place, "sops", () -> Instant.EPOCH);
        if (sops.runnable().size() != 1) throw new IOException("" + sops.diagnostics());
        this.store = SqliteStore.open(folder.resolve("store"), new SecureRandom(), _ -> {});
        try {
            this.engine =
                    new Engine(
                            store,
                            () -> sops,
                            Policies.singleOperator("alice"),
                            SecretBox.open(Optional.empty(), folder.resolve("key")),
                            new EngineRules(AT_ONCE, 10_000, Duration.ofMinutes(1), "bench"),
                            new SecureRandom());
        } catch (SecretBox.BadKey e) {
            store.close();
            throw new IOException(e);
        }
    }

    Engine engine() {
        return engine;
    }

    SqliteStore store() {
        return store;
    }

    SopSet sops() {
        return sops;
    }

    Path folder() {
        return folder;
    }

    /** Nanoseconds of one of so many deliveries that are handed to the engine itself. */
    long delivered(int count, int submitters) {
        long start = System.nanoTime();
        EngineFigures.deliver(engine, SOP, count, submitters);
        return (System.nanoTime() - start) / count;
    }

    @Override
    public void close() {
        store.close();
    }
}
