package dev.sopwith.engine.library;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;

/** A folder that a test edits as people do: every method is one thing that happens on a disk. */
final class Folders {
    private final Path root;

    Folders(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    Path at(String path) {
        return root.resolve(path);
    }

    Folders write(String path, String text) {
        return io(
                () -> {
                    Files.createDirectories(at(path).getParent());
                    Files.writeString(at(path), text);
                });
    }

    /** A SOP that {@link PlainReader} likes. */
    Folders sop(String folder, String name) {
        return write(folder + "/SOP.toml", "name=" + name + "\n").write(folder + "/SOP.md", "x\n");
    }

    /** As vim does it: the new text goes to another file, which then takes the old one's name. */
    Folders saveByRename(String path, String text) {
        write(path + "-new", text);
        return io(() -> Files.move(at(path + "-new"), at(path), StandardCopyOption.ATOMIC_MOVE));
    }

    Folders writeSparse(String path, long bytes) {
        return io(
                () -> {
                    Files.createDirectories(at(path).getParent());
                    try (var file = new RandomAccessFile(at(path).toFile(), "rw")) {
                        file.setLength(bytes);
                    }
                });
    }

    Folders makeExecutable(String path) {
        return io(
                () -> {
                    var permissions = Files.getPosixFilePermissions(at(path));
                    permissions.add(PosixFilePermission.OWNER_EXECUTE);
                    Files.setPosixFilePermissions(at(path), permissions);
                });
    }

    Folders forbid(String path) {
        return shell("chmod 000 '" + path + "'");
    }

    Folders makeFolder(String path) {
        return io(() -> Files.createDirectories(at(path)));
    }

    Folders link(String path, String target) {
        return io(
                () -> {
                    Files.createDirectories(at(path).getParent());
                    Files.createSymbolicLink(at(path), Path.of(target));
                });
    }

    Folders move(String from, String to) {
        return io(() -> Files.move(at(from), at(to)));
    }

    Folders delete(String path) {
        return io(
                () -> {
                    if (!Files.exists(at(path))) return;
                    try (var inside = Files.walk(at(path))) {
                        for (var each : inside.sorted(Comparator.reverseOrder()).toList()) {
                            Files.delete(each);
                        }
                    }
                });
    }

    /** For what Java cannot do: pipes, names that are not UTF-8. */
    Folders shell(String command) {
        return io(
                () -> {
                    var process =
                            new ProcessBuilder("sh", "-euc", command)
                                    .directory(root.toFile())
                                    .redirectErrorStream(true)
                                    .start();
                    var said =
                            new String(
                                    process.getInputStream().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    if (process.waitFor() != 0) throw new IOException(command + ": " + said);
                });
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private Folders io(Action action) {
        try {
            action.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
