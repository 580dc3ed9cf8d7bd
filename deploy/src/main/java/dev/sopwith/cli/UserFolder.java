package dev.sopwith.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * Where a person's own files are: what they typed, how their windows lie. Nobody else's business.
 */
final class UserFolder {
    private UserFolder() {}

    /**
     * {@code $XDG_STATE_HOME/sopwith}, made if need be.
     *
     * @throws IOException when it cannot be made
     */
    static Path make(Map<String, String> environment) throws IOException {
        var state =
                Optional.ofNullable(environment.get("XDG_STATE_HOME"))
                        .filter(it -> it.startsWith("/"));
        var home = Path.of(System.getProperty("user.home"), ".local", "state");
        var folder = state.map(Path::of).orElse(home).resolve("sopwith");
        Files.createDirectories(folder.getParent());
        if (!Files.isDirectory(folder)) {
            var own = PosixFilePermissions.fromString("rwx------");
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(own));
        }
        return folder;
    }

    /**
     * A file in it that only its owner reads, made if need be.
     *
     * @throws IOException when it cannot be made
     */
    static Path file(Map<String, String> environment, String name) throws IOException {
        var file = make(environment).resolve(name);
        var own = PosixFilePermissions.fromString("rw-------");
        if (Files.exists(file)) Files.setPosixFilePermissions(file, own);
        else Files.createFile(file, PosixFilePermissions.asFileAttribute(own));
        return file;
    }
}
