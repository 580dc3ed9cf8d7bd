package dev.sopwith.bot.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Makes files of what steps printed, for as long as they are on their way: masked, in a folder that
 * only the service's user enters.
 *
 * <p>Threading: one thread.
 */
final class Attachments {
    /** Bytes of a file: what each network takes, also the strictest. */
    static final long BYTES_MAX = 8 * 1024 * 1024;

    private final RunViews views;

    Attachments(RunViews views) {
        this.views = views;
    }

    /** A file that goes when it is closed. */
    record Made(Path file) implements AutoCloseable {
        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(file.resolveSibling(""));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Writes the file.
     *
     * @return empty when nothing is left of the output
     */
    Optional<Made> make(FullOutput output) throws IOException {
        var folder = Files.createTempDirectory("sopwith-log"); // 0700
        var made = new Made(folder.resolve(output.fileName()));
        boolean isThere;
        try (var out = Files.newOutputStream(made.file())) {
            isThere = views.write(output, out);
        } catch (IOException e) {
            made.close();
            throw e;
        }
        if (!isThere) {
            made.close();
            return Optional.empty();
        }
        if (Files.size(made.file()) > BYTES_MAX) shorten(made.file());
        return Optional.of(made);
    }

    /** Beginning and end stay. */
    private static void shorten(Path file) throws IOException {
        var whole = file.resolveSibling("whole");
        Files.move(file, whole, StandardCopyOption.ATOMIC_MOVE);
        try (var from = FileChannel.open(whole);
                var to =
                        FileChannel.open(
                                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long half = BYTES_MAX / 2 - 100;
            long left = from.size() - 2 * half;
            var out = Channels.newOutputStream(to);
            from.transferTo(0, half, to);
            out.write("%n[… %,d bytes are left out here …]%n".formatted(left).getBytes(UTF_8));
            from.transferTo(from.size() - half, half, to);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
