package dev.sopwith.bench.synapse;

import dev.sopwith.engine.Peer;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A real Synapse for tests: one for all of a JVM, so people and rooms have names of their own; or
 * one more for a test that stops it or wants its limits.
 *
 * <p>Where there is no Python or no package index, the tests are skipped and say why; where CI=true
 * they fail.
 */
public final class SynapseExtension implements BeforeAllCallback, ParameterResolver {
    private static Optional<Synapse> shared = Optional.empty();
    private static Optional<IOException> failure = Optional.empty();

    @Override
    public void beforeAll(ExtensionContext context) {
        var _ = shared();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType().equals(Synapse.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shared();
    }

    /** The one of this JVM; ends with it. */
    public static synchronized Synapse shared() {
        if (shared.isPresent()) return shared.get();
        try {
            failure.ifPresent(SynapseExtension::missing);
            var folder = Files.createTempDirectory("sopwith-synapse");
            var synapse = Synapse.start(folder, Synapse.Limits.NONE, "");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(synapse, folder)));
            shared = Optional.of(synapse);
            return synapse;
        } catch (IOException e) {
            failure = Optional.of(e);
            missing(e);
            throw new IllegalStateException("missing what a test needs is no reason to go on", e);
        }
    }

    /** One for a test alone; the test closes it. */
    public static Synapse own(Path folder, Synapse.Limits limits, String settings)
            throws IOException {
        var _ = shared(); // whether one can be had at all
        return Synapse.start(folder, limits, settings);
    }

    private static void end(Synapse synapse, Path folder) {
        synapse.close();
        try {
            KeptFolder.delete(folder);
        } catch (IOException e) {
            System.err.println("left behind: " + folder + " (" + e + ")");
        }
    }

    private static void missing(IOException why) {
        Peer.require(false, "no Matrix homeserver to test against: " + why.getMessage());
    }
}
