package dev.sopwith.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/** The folder that is the service's own: its store, its key, its steps, its socket. */
final class StateFolder {
    private static final String OWNER_ONLY = "rwx------";

    /** To go through is not to look around: who steps run as must, and people on the socket. */
    private static final Pattern CLOSED = Pattern.compile("rwx--[x-]--[x-]");

    private StateFolder() {}

    /** Makes it if need be; refuses one that others may list or change. */
    static Path make(Path wanted) throws IOException {
        if (!Files.isDirectory(wanted)) {
            Files.createDirectories(wanted);
            Files.setPosixFilePermissions(wanted, PosixFilePermissions.fromString(OWNER_ONLY));
        }
        var folder = wanted.toRealPath();
        var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
        if (!CLOSED.matcher(rights).matches()) {
            throw new IOException(
                    "%s is open to others (%s) and holds what nobody else may read; chmod 700 it (711 where steps run as another user), or name another with --state-dir"
                            .formatted(folder, rights));
        }
        return folder;
    }
}
