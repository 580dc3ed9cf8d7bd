package dev.sopwith.engine.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the secrets of an installation come from, and the only places: the variable {@code NAME},
 * else the file that {@code NAME_FILE} names, else the systemd credential {@code NAME}.
 *
 * <p>Threading: safe from any thread. Files are read each time, so that a secret can be changed
 * without a restart.
 */
public final class SecretSources {
    private static final System.Logger LOG = System.getLogger(SecretSources.class.getName());
    private static final int BYTES_MAX = 64 * 1024;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    private final Map<String, String> environment;

    /** The sources that an environment holds or names. */
    public SecretSources(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The secret of this name. One line end at the end of a file is no part of it. A source that is
     * named and cannot be read is logged, and no other stands in for it.
     */
    public Optional<Secret> find(String name) {
        if (!NAME.matcher(name).matches()) return Optional.empty();
        var value = environment.getOrDefault(name, "");
        if (!value.isEmpty()) return Optional.of(Secret.of(value));
        var file = environment.getOrDefault(name + "_FILE", "");
        if (!file.isEmpty()) return read(name, Path.of(file));
        var folder = environment.getOrDefault(CREDENTIALS, "");
        if (folder.isEmpty()) return Optional.empty();
        var credential = Path.of(folder).resolve(name);
        return Files.exists(credential) ? read(name, credential) : Optional.empty();
    }

    private static Optional<Secret> read(String name, Path file) {
        try (var in = Files.newInputStream(file)) {
            var content = in.readNBytes(BYTES_MAX + 1);
            if (content.length > BYTES_MAX) throw new IOException("it is larger than 64 KiB");
            var text = new String(content, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
            if (text.isEmpty()) throw new IOException("it is empty");
            return Optional.of(Secret.of(text));
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the secret {0} cannot be read from {1}: {2}",
                    name,
                    file,
                    e);
            return Optional.empty();
        }
    }
}
