package dev.sopwith.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes away the files that native libraries were loaded from. SQLite and vodozemac unpack theirs
 * into the folder for temporary files and remove them when the process ends in order; each SIGKILL
 * would leave more than a megabyte there for ever. What is mapped into a process needs no name, so
 * there is nothing to sweep at the next start, and nothing of another process is ever touched.
 *
 * <p>Threading: call from any thread, after the library was loaded; again does no harm.
 */
public final class UnpackedLibraries {
    private static final Pattern KNOWN =
            Pattern.compile("sqlite-.+-libsqlitejdbc\\.so|libvodozemac\\d+\\.so");
    private static final System.Logger LOG = System.getLogger(UnpackedLibraries.class.getName());
    private static final Path MAPPED = Path.of("/proc/self/maps");

    private UnpackedLibraries() {}

    /** A folder for one library to be unpacked into; closed, it is gone if it is empty. */
    interface Folder extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Makes a folder that no other process uses, and names it in this system property while it is
     * there; a value that somebody has set stays.
     *
     * @throws IOException when it cannot be made
     */
    static Folder folderFor(String property) throws IOException {
        if (System.getProperty(property) != null) return () -> {};
        var folder = Files.createTempDirectory("sopwith-library");
        System.setProperty(property, folder.toString());
        return () -> {
            System.clearProperty(property);
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a folder for a native library stays", e);
            }
        };
    }

    /** Where the system does not say what is mapped, they go when the process ends in order. */
    public static void unlink() {
        if (!Files.isReadable(MAPPED)) return;
        try {
            var temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
            for (var file : mapped()) {
                if (!file.startsWith(temporary)) continue;
                Files.deleteIfExists(file);
                Files.deleteIfExists(Path.of(file + ".lck")); // SQLite's mark that it is in use
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "native libraries stay in the folder for temporary files",
                    e);
        }
    }

    private static List<Path> mapped() throws IOException {
        try (var lines = Files.lines(MAPPED)) {
            return lines.filter(line -> line.indexOf('/') > 0)
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(file -> KNOWN.matcher(file.getFileName() + "").matches())
                    .distinct()
                    .toList();
        }
    }
}
