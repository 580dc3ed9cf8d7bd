package dev.sopwith.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Starts the service as a process of its own, and a JVM with the same options that does nothing.
 *
 * <p>Threading: one thread; what a process prints after it is ready is thrown away by another.
 */
final class ServiceProcess {
    static final String IDLE = "a JVM that says a word and waits";

    private static final String MAIN = "dev.sopwith.cli.Main";
    private static final String READY = "ready";

    private final Effort effort;
    private final FreshJvm jvm = FreshJvm.likeThisOne();

    ServiceProcess(Effort effort) {
        this.effort = effort;
    }

    /** The program with these words. */
    ProcessBuilder program(List<String> words) {
        return jvm.process(MAIN, words);
    }

    /** The JVM that does nothing, once it waits. */
    Running idle() throws IOException {
        return start(jvm.process(ServiceProcess.class.getName(), List.of()));
    }

    /** Starts it; returns when it says that it is ready. */
    Running start(ProcessBuilder command) throws IOException {
        long start = System.nanoTime();
        var process = command.start();
        var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            String line;
            do {
                line = output.readLine();
                if (line == null) throw new IOException("it ended: " + command.command());
            } while (!line.equals(READY));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        long nanos = System.nanoTime() - start;
        Thread.ofVirtual().start(() -> readOn(output));
        return new Running(process, nanos);
    }

    /** Measures what one holds, beside a JVM that does nothing. */
    void memory(Meter meter, String name, long target, Running service) throws IOException {
        try (var idle = idle()) {
            var bytes = service.residentBytes();
            var least = idle.residentBytes();
            if (bytes.isEmpty() || least.isEmpty()) {
                meter.say("memory is not measured: there is no /proc here");
                return;
            }
            meter.addBytes(
                    name, target, List.of(bytes.getAsLong()), IDLE, List.of(least.getAsLong()));
        }
    }

    private static void readOn(BufferedReader output) {
        try (output) {
            while (output.readLine() != null) {
                // a full pipe would hold it up
            }
        } catch (IOException _) {
            // It has ended.
        }
    }

    /** One that runs until it is closed. */
    final class Running implements AutoCloseable {
        private final Process process;
        private final long nanos;

        private Running(Process process, long nanos) {
            this.process = process;
            this.nanos = nanos;
        }

        /** How long it took until it was ready. */
        long nanos() {
            return nanos;
        }

        /** What the system counts for it after a moment; empty where it does not say. */
        OptionalLong residentBytes() throws IOException {
            try {
                TimeUnit.NANOSECONDS.sleep(effort.warmUp().toNanos()); // a few things have to end
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a process was measured");
            }
            var status = Path.of("/proc", Long.toString(process.pid()), "status");
            if (!Files.exists(status)) return OptionalLong.empty();
            for (var line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return OptionalLong.of(1_024 * Long.parseLong(line.replaceAll("[^0-9]", "")));
                }
            }
            return OptionalLong.empty();
        }

        /** Tells it to end, and waits until it has. */
        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
            } catch (InterruptedException _) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The JVM that does nothing. */
    public static void main(String[] args) throws IOException {
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // until whoever began it ends
        }
    }
}
