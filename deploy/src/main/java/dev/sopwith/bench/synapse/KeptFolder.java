package dev.sopwith.bench.synapse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Folders of what takes long to fetch: made once a machine, kept outside of any build, shared by
 * all who need them at the same time.
 *
 * <p>Threading: safe from any thread of any process; who comes second waits for the first.
 */
public final class KeptFolder {
    private static final String COMPLETE = "complete";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private KeptFolder() {}

    /** Fills a folder. */
    @FunctionalInterface
    public interface Maker {
        void fill(Path folder) throws IOException;
    }

    /**
     * The folder of this name, filled.
     *
     * @param recipe what it is made of: another recipe is another folder
     * @throws IOException when it cannot be filled; the next call tries again from the start
     */
    public static synchronized Path of(String name, String recipe, Maker maker) throws IOException {
        var root = Files.createDirectories(root());
        var folder = root.resolve(name + "-" + digest(recipe));
        var lock = root.resolve(folder.getFileName() + ".lock");
        try (var channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (Files.exists(folder.resolve(COMPLETE))) return folder;
            delete(folder); // somebody died while they filled it
            maker.fill(Files.createDirectory(folder));
            Files.createFile(folder.resolve(COMPLETE));
            return folder;
        }
    }

    private static Path root() {
        var cache =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(it -> !it.isBlank())
                        .map(Path::of)
                        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return cache.resolve("sopwith").resolve("peers");
    }

    /** Eight digits that stand for this text. */
    public static String digest(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            var bytes = sha.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @return what it printed
     * @throws IOException when it is not there, fails or takes too long; says what it printed last
     */
    public static String run(Path folder, List<String> command) throws IOException {
        var log = Files.createTempFile("sopwith-peer", ".log");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            process.getOutputStream().close();
            boolean hasEnded = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            var said = Files.readString(log);
            if (hasEnded && process.exitValue() == 0) return said;
            var end = hasEnded ? "failed" : "did not end in " + PATIENCE.toMinutes() + " min";
            throw new IOException(
                    "%s %s: %s".formatted(String.join(" ", command), end, lastLines(said)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it ran: " + command, e);
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }

    private static String lastLines(String text) {
        var lines = text.lines().toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    /** Removes a folder with all in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        List<Path> paths;
        try (Stream<Path> all = Files.walk(folder)) {
            paths = all.toList();
        }
        for (var path : paths.reversed()) Files.delete(path);
    }
}
