package dev.sopwith.engine.step;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processes of this machine, as tests look for them. */
public final class Processes {
    private Processes() {}

    /** All that live and have this text in command line or environment, but for this JVM. */
    public static List<ProcessHandle> mentioning(String text) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> mentions(process.pid(), text))
                .toList();
    }

    static ProcessHandle of(Path pidFile) {
        try {
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean mentions(long pid, String text) {
        return read(pid, "cmdline").contains(text) || read(pid, "environ").contains(text);
    }

    private static String read(long pid, String file) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), file));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // gone, or over and not yet collected
        }
    }
}
