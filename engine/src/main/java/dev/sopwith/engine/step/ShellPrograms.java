package dev.sopwith.engine.step;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where programs are on this machine. The service's own PATH does not count. */
final class ShellPrograms {
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/local/sbin"),
                    Path.of("/usr/local/bin"),
                    Path.of("/usr/sbin"),
                    Path.of("/usr/bin"),
                    Path.of("/sbin"),
                    Path.of("/bin"),
                    Path.of("/run/current-system/sw/bin"));

    /** The shim's PATH. */
    static final String PATH = PLACES.stream().map(Path::toString).collect(Collectors.joining(":"));

    private ShellPrograms() {}

    static Optional<Path> find(String name) {
        return PLACES.stream()
                .map(place -> place.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
