package dev.sopwith.bench.synapse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Synapse with all it needs, in a Python environment of its own: fetched from the package index at
 * the first use on a machine, about a minute; at once from then on.
 */
final class SynapseProgram {
    private static final String REQUIREMENTS = "requirements.txt";

    private SynapseProgram() {}

    /**
     * The Python that has it.
     *
     * @throws IOException when there is no Python with {@code venv} here, or no package index
     */
    static Path python() throws IOException {
        var requirements = requirements();
        var here = Path.of("").toAbsolutePath();
        String version;
        try {
            version = KeptFolder.run(here, List.of("python3", "--version"));
        } catch (IOException e) {
            throw new IOException("no Python on this machine: install python3 and python3-venv", e);
        }
        var folder =
                KeptFolder.of("synapse", version + requirements, it -> install(it, requirements));
        return python(folder);
    }

    private static void install(Path folder, String requirements) throws IOException {
        try {
            KeptFolder.run(folder, List.of("python3", "-m", "venv", "."));
        } catch (IOException e) {
            throw new IOException("no Python environment (is python3-venv installed?): " + e, e);
        }
        var list = Files.writeString(folder.resolve(REQUIREMENTS), requirements);
        var pip = List.of("-m", "pip", "install", "--quiet", "--prefer-binary", "-r");
        var command = new ArrayList<>(List.of(python(folder).toString()));
        command.addAll(pip);
        command.add(list.toString());
        try {
            KeptFolder.run(folder, command);
        } catch (IOException e) {
            throw new IOException("Synapse cannot be fetched from the package index: " + e, e);
        }
    }

    private static Path python(Path folder) {
        return folder.resolve("bin").resolve("python");
    }

    private static String requirements() throws IOException {
        try (InputStream in = SynapseProgram.class.getResourceAsStream(REQUIREMENTS)) {
            if (in == null) throw new IOException(REQUIREMENTS + " is not in this program");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
