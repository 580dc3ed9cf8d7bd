package dev.sopwith.bench;

import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.hardware.mqtt.MqttSource;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a message of QoS 1 costs that a broker has kept, from the connection until the last one is
 * stored and acknowledged, beside the same delivery handed to the engine itself. Needs mosquitto
 * and mosquitto_pub on this machine; says so and measures nothing without them.
 */
final class MessageFigures {
    private static final Duration MESSAGE_MAX = Duration.ofNanos(200_000); // 5,000 a second
    private static final long WAIT_SECONDS = 120;
    private static final int AT_ONCE = 64;
    private static final String NAME = "message of QoS 1 that the broker has kept";
    private static final String YARDSTICK = "the same delivery without a broker, 64 at once";

    private final int count;
    private final Effort effort;
    private final TriggerHouse house;

    MessageFigures(int count, Effort effort, TriggerHouse house) {
        this.count = count;
        this.effort = effort;
        this.house = house;
    }

    void measure(Meter meter) throws IOException {
        var broker = program("mosquitto");
        var publisher = program("mosquitto_pub");
        if (broker.isEmpty() || publisher.isEmpty()) {
            meter.say("messages: not measured, for want of mosquitto and mosquitto_pub, so no");
            return;
        }
        meter.say(NAME);
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var running = start(broker.get(), port);
        try {
            measure(meter, publisher.get(), port);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while messages were measured");
        } finally {
            running.destroyForcibly().onExit().join();
        }
    }

    private void measure(Meter meter, Path publisher, int port)
            throws IOException, InterruptedException {
        try (var source = source(port, house.engine())) {
            source.start();
            await(() -> source.health().hears()); // from now on the broker keeps messages
        }
        int samples = Math.max(1, effort.samples() / 3);
        var times = new ArrayList<Long>();
        var without = new ArrayList<Long>();
        for (int i = 0; i <= samples; i++) {
            long delivered = house.delivered(count, AT_ONCE);
            publish(publisher, port);
            var taken = new Counting();
            long start = System.nanoTime();
            try (var source = source(port, taken)) {
                source.start();
                if (!taken.all.tryAcquire(count, WAIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("not all messages came: " + source.health().detail());
                }
            }
            long nanos = (System.nanoTime() - start) / count;
            if (i == 0) continue; // to warm up
            without.add(delivered);
            times.add(nanos);
        }
        meter.add(NAME, MESSAGE_MAX, times, YARDSTICK, without);
    }

    /** The engine, and how much it has taken in. */
    private final class Counting implements Intake {
        private final Semaphore all = new Semaphore(0);

        @Override
        public List<Outcome> deliver(Arrival arrival) {
            return deliverAll(List.of(arrival)).getFirst();
        }

        @Override
        public List<List<Outcome>> deliverAll(List<Arrival> arrivals) {
            var outcomes = house.engine().deliverAll(arrivals);
            all.release(arrivals.size());
            return outcomes;
        }
    }

    private MqttSource source(int port, Intake intake) {
        return new MqttSource(
                "home",
                Broker.of("mqtt://127.0.0.1:" + port, List.of(), Optional.empty()).orElseThrow(),
                true,
                intake,
                house.store(),
                house::sops,
                () -> Roster.NONE.withOperator("alice"),
                new SecretSources(Map.of()),
                new SecureRandom(),
                InstantSource.system());
    }

    private void publish(Path publisher, int port) throws IOException, InterruptedException {
        var lines = house.folder().resolve("lines");
        Files.writeString(lines, "{\"env\":\"prod\"}\n".repeat(count));
        var command =
                List.of(
                        publisher.toString(),
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-q",
                        "1",
                        "-t",
                        "bench",
                        "-l");
        var process = new ProcessBuilder(command).redirectInput(lines.toFile()).start();
        if (process.waitFor() != 0) throw new IOException("mosquitto_pub failed");
    }

    private Process start(Path program, int port) throws IOException {
        var place = Files.createDirectories(house.folder().resolve("broker"));
        var lines = new ArrayList<String>();
        lines.add("listener %d 127.0.0.1".formatted(port));
        lines.add("allow_anonymous true");
        lines.add("max_queued_messages 0");
        if (System.getProperty("user.name").equals("root")) lines.add("user root");
        var file = Files.write(place.resolve("mosquitto.conf"), lines);
        var running =
                new ProcessBuilder(program.toString(), "-c", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(place.resolve("log").toFile())
                        .start();
        await(() -> !running.isAlive() || answers(port));
        if (!running.isAlive()) throw new IOException(Files.readString(place.resolve("log")));
        return running;
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > end) throw new IOException("the broker does not answer");
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a broker was waited for");
        }
    }

    private static Optional<Path> program(String name) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        for (var folder : (path + ":/usr/sbin:/usr/local/sbin").split(":", -1)) {
            var it = Path.of(folder).resolve(name);
            if (Files.isExecutable(it)) return Optional.of(it);
        }
        return Optional.empty();
    }
}
