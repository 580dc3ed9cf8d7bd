package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The service as a process of its own, beside a JVM with the same options that does nothing: how
 * soon it is ready, and how much memory it holds when nobody asks anything of it.
 */
final class ServiceFigures {
    private static final Duration READY_MAX = Duration.ofMillis(1_500);
    private static final long MEMORY_MAX = 150_000_000;

    private final Effort effort;
    private final Path sops;
    private final Optional<Path> roster;
    private final Path folder;
    private final ServiceProcess processes;

    /** When a process was ready, and what it held a moment later. */
    private record Started(long nanos, OptionalLong bytes) {
        static Started of(ServiceProcess.Running process) throws IOException {
            return new Started(process.nanos(), process.residentBytes());
        }
    }

    /**
     * Figures of the service.
     *
     * @param roster that it is started with, if any; each service has the room of the terminals
     * @param folder in which each service gets a state folder of its own
     */
    ServiceFigures(Effort effort, Path sops, Optional<Path> roster, Path folder) {
        this.effort = effort;
        this.processes = new ServiceProcess(effort);
        this.sops = sops;
        this.roster = roster;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        meter.say("the service as a process");
        var services = new ArrayList<Started>();
        var idles = new ArrayList<Started>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            try (var idle = processes.idle()) {
                idles.add(Started.of(idle));
            }
            try (var service = processes.start(service(folder.resolve("service-" + i)))) {
                services.add(Started.of(service));
            }
        }
        meter.add(
                "cold start of the service until ready",
                READY_MAX,
                services.stream().map(Started::nanos).toList(),
                ServiceProcess.IDLE,
                idles.stream().map(Started::nanos).toList());
        if (bytes(services).isEmpty() || bytes(idles).isEmpty()) {
            meter.say("memory is not measured: there is no /proc here");
            return;
        }
        meter.addBytes(
                "memory of the idle service (RSS)",
                MEMORY_MAX,
                bytes(services),
                ServiceProcess.IDLE,
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
        return processes.program(words);
    }
}
