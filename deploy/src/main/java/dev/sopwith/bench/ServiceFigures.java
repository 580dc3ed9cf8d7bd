package dev.sopwith.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The service as a process of its own, beside a JVM with the same options that does nothing: how
 * soon it is ready, and how much memory it holds when nobody asks anything of it.
 */
final class ServiceFigures {
    private static final String MAIN = "dev.sopwith.cli.Main";
    private static final String READY = "ready";
    private static final Duration READY_MAX = Duration.ofMillis(1_500);
    private static final long MEMORY_MAX = 150_000_000;
    private static final String IDLE = "a JVM that says a word and waits";

    private final Effort effort;
    private final Path sops;
    private final Optional<Path> roster;
    private final Path folder;
    private final FreshJvm jvm = FreshJvm.likeThisOne();

    /** When a process was ready, and what it held a moment later. */
    private record Started(long nanos, OptionalLong bytes) {}

    /**
     * Figures of the service.
     *
     * @param roster that it is started with, if any; each service has the room of the terminals
     * @param folder in which each service gets a state folder of its own
     */
    ServiceFigures(Effort effort, Path sops, Optional<Path> roster, Path folder) {
        this.effort = effort;
        this.sops = sops;
        this.roster = roster;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        meter.say("the service as a process");
        var services = new ArrayList<Started>();
        var idles = new ArrayList<Started>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            idles.add(start(jvm.process(ServiceFigures.class.getName(), List.of())));
            services.add(start(service(folder.resolve("service-" + i))));
        }
        meter.add(
                "cold start of the service until ready",
                READY_MAX,
                services.stream().map(Started::nanos).toList(),
                IDLE,
                idles.stream().map(Started::nanos).toList());
        if (bytes(services).isEmpty() || bytes(idles).isEmpty()) {
            meter.say("memory is not measured: there is no /proc here");
            return;
        }
        meter.addBytes(
                "memory of the idle service (RSS)",
                MEMORY_MAX,
                bytes(services),
                IDLE,
                bytes(idles));
    }

    private static List<Long> bytes(List<Started> started) {
        return started.stream().flatMap(it -> it.bytes().stream().boxed()).toList();
    }

    private ProcessBuilder service(Path state) {
        var words = new ArrayList<String>();
        words.addAll(List.of("up", "--sops-dir", sops.toString()));
        words.addAll(List.of("--state-dir", state.toString()));
        roster.ifPresent(it -> words.addAll(List.of("--roster", it.toString())));
        return jvm.process(MAIN, words);
    }

    private Started start(ProcessBuilder command) throws IOException {
        long start = System.nanoTime();
        var process = command.start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            do {
                line = output.readLine();
                if (line == null) throw new IOException("it ended: " + command.command());
            } while (!line.equals(READY));
            long nanos = System.nanoTime() - start;
            TimeUnit.NANOSECONDS.sleep(effort.warmUp().toNanos()); // it has a few things to end
            var bytes = residentBytes(process.pid());
            process.destroy();
            process.waitFor();
            return new Started(nanos, bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a process was measured");
        } finally {
            process.destroyForcibly();
        }
    }

    private static OptionalLong residentBytes(long pid) throws IOException {
        var status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) return OptionalLong.empty();
        for (var line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return OptionalLong.of(1_024 * Long.parseLong(line.replaceAll("[^0-9]", "")));
            }
        }
        return OptionalLong.empty();
    }

    /** The JVM that does nothing. */
    public static void main(String[] args) throws IOException {
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // until whoever began it ends
        }
    }
}
