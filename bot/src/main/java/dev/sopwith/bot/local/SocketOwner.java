package dev.sopwith.bot.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The process that has a socket open, and how it stands, as the kernel tells. A process that is
 * stopped cannot say so itself, and Java gives only the user of a peer.
 */
final class SocketOwner {
    private static final Path PROC = Path.of("/proc");

    /** Of the words of a line in {@code /proc/net/unix}. */
    private static final int INODE = 6;

    private static final int PATH = 7;

    private SocketOwner() {}

    /** {@code process 12 is stopped}; nothing where the kernel does not tell us. */
    static Optional<String> of(Path socket) {
        try {
            var links = links(socket);
            if (links.isEmpty()) return Optional.empty();
            try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
                for (var process : processes) {
                    if (holds(process, links)) return state(process);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // Not Linux, or hidden from us: the silence is told of without it.
        }
        return Optional.empty();
    }

    /** What the descriptors of a process that has it open are links to. */
    private static Set<String> links(Path socket) throws IOException {
        var real = socket.toRealPath().toString();
        var shown = socket.toAbsolutePath().normalize().toString();
        var links = new HashSet<String>();
        var table = Files.readAllBytes(PROC.resolve("net/unix"));
        for (var line : new String(table, StandardCharsets.UTF_8).lines().toList()) {
            var words = line.strip().split("\\s+", PATH + 1);
            if (words.length <= PATH) continue;
            boolean isIt = words[PATH].equals(real) || words[PATH].equals(shown);
            if (isIt) links.add("socket:[" + words[INODE] + "]");
        }
        return links;
    }

    private static boolean holds(Path process, Set<String> links) {
        try (var open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : open) {
                if (links.contains(link(descriptor))) return true;
            }
        } catch (IOException | DirectoryIteratorException _) {
            // It has ended, or is another user's.
        }
        return false;
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException _) {
            return ""; // closed since
        }
    }

    private static Optional<String> state(Path process) throws IOException {
        var stat = Files.readAllBytes(process.resolve("stat"));
        var text = new String(stat, StandardCharsets.ISO_8859_1);
        // The name stands in brackets and may hold any character, brackets included.
        char state = text.charAt(text.lastIndexOf(')') + 2);
        var pid = process.getFileName().toString();
        return Optional.of(
                "process %s %s"
                        .formatted(
                                pid,
                                switch (state) {
                                    case 'T' ->
                                            "is stopped (kill -CONT %s lets it go on)"
                                                    .formatted(pid);
                                    case 't' -> "is held by a debugger";
                                    case 'D' -> "waits for a disk";
                                    case 'Z', 'X' -> "is ending";
                                    default -> "is running";
                                }));
    }
}
