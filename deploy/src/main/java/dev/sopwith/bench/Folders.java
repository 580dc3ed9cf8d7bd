package dev.sopwith.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The temporary folders of benches. */
final class Folders {
    private Folders() {}

    /** Deletes a folder with everything in it. */
    static void delete(Path folder) throws IOException {
        try (var inside = Files.walk(folder)) {
            inside.sorted(Comparator.reverseOrder()).forEach(Folders::deleteOne);
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
