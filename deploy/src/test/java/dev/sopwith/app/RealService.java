package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The real service in a process of its own, over a folder with its SOPs; spoken to by its socket or
 * by the real command line.
 */
final class RealService {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Path folder;
    private Path state;
    private int healthPort;
    private final Map<String, String> environment = new HashMap<>();
    private Optional<Process> process = Optional.empty();

    RealService(Path folder) {
        this.folder = folder;
        this.state = folder.resolve(".sopwith");
    }

    /** What one call of the command line gave. */
    record Said(int exit, String text) {}

    /** Something that becomes true in the end. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Puts its state into another folder from now on. */
    RealService in(Path other) {
        state = other;
        return this;
    }

    /** Has its health page at this port from now on; without one it has none. */
    RealService health(int port) {
        healthPort = port;
        return this;
    }

    /** Gives it these variables from its next start on, beside those of this process. */
    RealService with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    /** Writes a SOP that starts by hand; {@code manifest} goes on in its {@code [sop]} table. */
    RealService sop(String name, String manifest, String steps) throws IOException {
        var place = Files.createDirectories(folder.resolve("sops").resolve(name));
        Files.writeString(
                place.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"
                execution_mode = "auto"
                %s

                [[triggers]]
                type = "manual"
                """
                        .formatted(name, manifest));
        Files.writeString(place.resolve("SOP.md"), "# T\n\n## Steps\n\n" + steps);
        return this;
    }

    /** Starts it; returns when it listens. */
    void start() throws Exception {
        startWithoutWaiting();
        awaitReady();
    }

    void awaitReady() throws Exception {
        await(
                () -> {
                    assertThat(process.orElseThrow().isAlive()).as(log()).isTrue();
                    return log().lines().anyMatch("ready"::equals);
                });
    }

    void startWithoutWaiting() throws IOException {
        Files.writeString(logFile(), "");
        var words = List.of("up", "--health-port", Integer.toString(healthPort));
        process = Optional.of(command(words).redirectOutput(logFile().toFile()).start());
    }

    /** SIGKILL: nothing in the process gets to do anything. */
    void kill() throws InterruptedException {
        if (process.isPresent()) process.get().destroyForcibly().waitFor();
    }

    /** SIGTERM, which it answers in order. */
    void stop() throws Exception {
        process.orElseThrow().destroy();
        assertThat(exit()).isZero();
        // A greeting may come between the two when it was told so while it started.
        assertThat(log()).contains("stopping\n").endsWith("stopped\n");
    }

    /** The exit code, when it has ended. */
    int exit() throws InterruptedException {
        assertThat(process.orElseThrow().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.orElseThrow().exitValue();
    }

    /** All that this start of it said. */
    String log() throws IOException {
        return Files.readString(logFile());
    }

    private Path logFile() {
        return folder.resolve("service.log");
    }

    long pid() {
        return process.orElseThrow().pid();
    }

    Path state() {
        return state;
    }

    Path database() {
        return App.store(state).resolve("sopwith.db");
    }

    LocalClient connect() throws IOException, LocalClient.Refused {
        return LocalClient.connect(App.socket(state));
    }

    /** Asks over the socket. */
    Answer ask(String... words) throws IOException, LocalClient.Refused {
        try (var client = connect()) {
            return client.ask(request(words), _ -> {});
        }
    }

    static Request request(String... words) {
        return new Request(List.of(words), false);
    }

    /** A request that is answered when the run has ended. */
    static Request waiting(String... words) {
        return new Request(List.of(words), true);
    }

    /** Asks with the command line, in a process of its own. */
    Said cli(String... words) throws Exception {
        return said(command(List.of(words)));
    }

    /** What a process says until it ends. */
    static Said said(ProcessBuilder builder) throws Exception {
        var process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    /** The program with these words. */
    ProcessBuilder command(List<String> words) {
        var command = java(System.getProperty("java.class.path"));
        command.add("dev.sopwith.cli.Main");
        command.addAll(words);
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("SOPWITH_STATE", state.toString());
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true);
    }

    /** A JVM that starts fast. */
    static List<String> java(String classPath) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath));
        return command;
    }

    /** Waits until something is so; it must be so in the end. */
    static void await(Condition condition) throws Exception {
        await(condition, () -> "out of time");
    }

    /**
     * Waits until something is so.
     *
     * @param what is said when it never is
     */
    static void await(Condition condition, Callable<String> what) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError(what.call());
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    void close() throws InterruptedException {
        kill();
    }
}
