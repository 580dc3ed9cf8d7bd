package dev.sopwith.hardware.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real broker: the program mosquitto as a process of this test, at a free port of this machine
 * alone. From the path, else the Debian package, which is unpacked once and without root into the
 * cache of the user.
 */
public final class Mosquitto implements AutoCloseable {
    private static final List<String> PACKAGES =
            List.of("mosquitto", "libmosquitto1", "libdlt2", "libwrap0", "libcjson1");

    private final Path folder;
    private final int port;
    private final List<String> more;
    private Optional<Process> process = Optional.empty();

    private Mosquitto(Path folder, int port, List<String> more) {
        this.folder = folder;
        this.port = port;
        this.more = more;
    }

    /** Why there is no broker on this machine; empty when there is one. */
    public static Optional<String> lack() {
        try {
            program();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Has it write down each change at once, so that a kill costs nothing; slow. */
    static final List<String> CAREFUL =
            List.of("allow_anonymous true", "autosave_interval 1", "autosave_on_changes true");

    /** Whoever may connect may do all; what is not delivered is kept over restarts. */
    public static Mosquitto start(Path folder) throws IOException, InterruptedException {
        return start(folder, List.of("allow_anonymous true"));
    }

    /**
     * Starts one.
     *
     * @param more lines of its configuration
     */
    public static Mosquitto start(Path folder, List<String> more)
            throws IOException, InterruptedException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var broker = new Mosquitto(Files.createDirectories(folder), port, more);
        broker.again();
        return broker;
    }

    /** Starts it once more, at the same port with what it kept. */
    public void again() throws IOException, InterruptedException {
        var lines = new ArrayList<String>();
        lines.add("listener %d 127.0.0.1".formatted(port));
        lines.add("persistence true");
        lines.add("persistence_location %s/".formatted(folder));
        lines.add("max_queued_messages 0");
        if (System.getProperty("user.name").equals("root")) lines.add("user root");
        lines.addAll(more);
        var file = Files.write(folder.resolve("mosquitto.conf"), lines);
        var program = program();
        var builder =
                new ProcessBuilder(program.toString(), "-c", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        libraries(program)
                .ifPresent(it -> builder.environment().put("LD_LIBRARY_PATH", it.toString()));
        process = Optional.of(builder.start());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!answers()) {
            if (!process.orElseThrow().isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        "mosquitto did not start: " + Files.readString(folder.resolve("log")));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    public String url() {
        return "mqtt://127.0.0.1:" + port;
    }

    /** Publishes with QoS 1, and waits until the broker has them. */
    public void publish(String topic, String... payloads) {
        MqttHouse.publish(port, topic, payloads);
    }

    /** Ends it as an operator does: it writes down what it keeps. */
    public void stop() throws InterruptedException {
        end(process.orElseThrow()::destroy);
    }

    /** Ends it in the middle of everything. */
    public void kill() throws InterruptedException {
        end(process.orElseThrow()::destroyForcibly);
    }

    private void end(Runnable how) throws InterruptedException {
        how.run();
        process.orElseThrow().waitFor();
        process = Optional.empty();
    }

    @Override
    public void close() {
        process.ifPresent(it -> it.destroyForcibly().onExit().join());
        process = Optional.empty();
    }

    /** Makes of a file with USER:PASSWORD lines one that the broker takes. */
    static void hash(Path passwords) throws IOException, InterruptedException {
        var program = program();
        var tool = program.resolve("../../bin/mosquitto_passwd").normalize();
        run(passwords.resolveSibling("."), List.of(tool.toString(), "-U", passwords.toString()));
    }

    private static Path program() throws IOException, InterruptedException {
        for (var folder : System.getenv("PATH").split(":", -1)) {
            var it = Path.of(folder).resolve("mosquitto");
            if (Files.isExecutable(it)) return it;
        }
        for (var it : List.of("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")) {
            if (Files.isExecutable(Path.of(it))) return Path.of(it);
        }
        var kept = Path.of(System.getProperty("user.home"), ".cache", "sopwith", "mosquitto");
        var program = kept.resolve("usr/sbin/mosquitto");
        if (!Files.isExecutable(program)) unpack(kept);
        return program;
    }

    private static Optional<Path> libraries(Path program) throws IOException {
        var root = program.resolve("../..").normalize();
        var library = root.resolve("lib");
        if (root.toString().equals("/usr") || !Files.isDirectory(library)) return Optional.empty();
        try (var all = Files.list(library)) {
            return all.filter(it -> it.toString().endsWith("-linux-gnu")).findFirst();
        }
    }

    /** Into a folder of its own first, so that a half of it is never taken for the whole. */
    private static synchronized void unpack(Path kept) throws IOException, InterruptedException {
        if (Files.isExecutable(kept.resolve("usr/sbin/mosquitto"))) return;
        var cache = Files.createDirectories(kept.resolveSibling("."));
        var made = Files.createTempDirectory(cache, "mosquitto");
        var download = new ArrayList<>(List.of("apt-get", "download"));
        download.addAll(PACKAGES);
        run(made, download);
        try (var all = Files.list(made)) {
            for (var it : all.filter(file -> file.toString().endsWith(".deb")).toList()) {
                run(made, List.of("dpkg", "-x", it.toString(), made.toString()));
            }
        }
        if (!Files.exists(kept)) Files.move(made, kept);
    }

    private static void run(Path folder, List<String> command)
            throws IOException, InterruptedException {
        var log = folder.resolve("unpack.log");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        boolean isOver = process.waitFor(2, TimeUnit.MINUTES);
        if (!isOver) process.destroyForcibly();
        if (isOver && process.exitValue() == 0) return;
        throw new IOException(
                "mosquitto is not installed, and \"%s\" did not bring it: %s"
                        .formatted(String.join(" ", command), Files.readString(log).strip()));
    }
}
