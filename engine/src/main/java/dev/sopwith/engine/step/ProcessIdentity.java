package dev.sopwith.engine.step;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which process is meant, beyond doubt: numbers are given out again, by the same kernel, after a
 * restart of the machine, and in every container.
 *
 * @param boot id of this start of the kernel
 * @param namespace of process numbers
 * @param start in clock ticks after the boot
 */
record ProcessIdentity(String boot, String namespace, long pid, long start) {
    private static final Path PROC = Path.of("/proc");
    private static final int STATE = 0; // of the fields after the name
    private static final int START = 19;

    /** Where a process lives: what two must have in common before their numbers can be compared. */
    record World(String boot, String namespace) {
        /** The one of this JVM. */
        static World here() {
            try {
                return new World(
                        Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip(),
                        Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString());
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "shell steps need Linux with /proc: nothing else tells whether a process"
                                + " found after a restart is the one that was started",
                        e);
            }
        }
    }

    /** Reads what the shim writes: four words and a full stop. */
    static Optional<ProcessIdentity> parse(String line) {
        var words = line.strip().split(" ", -1);
        if (words.length != 5 || !words[4].equals(".")) return Optional.empty();
        try {
            return Optional.of(
                    new ProcessIdentity(
                            words[0],
                            words[1],
                            Long.parseLong(words[2]),
                            Long.parseLong(words[3])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    World world() {
        return new World(boot, namespace);
    }

    /** Whether it still runs; what is over but not yet collected by its parent does not. */
    boolean isAlive() {
        try {
            var stat =
                    new String(
                            Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("stat")),
                            StandardCharsets.ISO_8859_1);
            // The name stands in brackets and may hold any character, brackets included.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean over = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return !over && Long.parseLong(fields[START]) == start;
        } catch (IOException e) {
            return false; // no such process
        }
    }
}
