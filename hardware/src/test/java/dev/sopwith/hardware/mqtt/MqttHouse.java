package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A source of messages with SOPs in a folder, and an intake that remembers and can fail. */
final class MqttHouse implements Intake, AutoCloseable {
    private final Path folder;
    private final String url;
    private final InMemoryStore store = new InMemoryStore(new Random(7));
    private final Map<String, String> environment = new TreeMap<>();
    private Optional<String> clientId = Optional.empty();
    private volatile SopSet sops;
    private Optional<MqttSource> source = Optional.empty();
    private volatile Roster roster = Roster.NONE.withOperator("alice");
    private String name = "home";
    private boolean isStandard = true;

    /** What was taken in, in order. */
    final List<Arrival> taken = Collections.synchronizedList(new ArrayList<>());

    /** How often the store still fails. */
    final AtomicInteger outages = new AtomicInteger();

    /** How often the queue is still found full. */
    final AtomicInteger full = new AtomicInteger();

    MqttHouse(Path folder, String url) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.url = url;
        this.sops = load();
    }

    MqttHouse environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    MqttHouse clientId(String id) {
        clientId = Optional.of(id);
        return this;
    }

    /** Under another name of the roster, which triggers have to write. */
    MqttHouse named(String other) {
        name = other;
        isStandard = false;
        return this;
    }

    /** With this roster from now on. */
    MqttHouse roster(String text) {
        var read = RosterReader.read(text.getBytes(StandardCharsets.UTF_8), "roster.yaml");
        roster = read.roster().orElseThrow(() -> new AssertionError(read.toString()));
        return this;
    }

    /** A SOP that hears this filter; {@code more} are further keys of the trigger. */
    MqttHouse sop(String name, String filter, String more) throws IOException {
        var sop = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"

                [[triggers]]
                type = "mqtt"
                topic = "%s"
                %s
                """
                        .formatted(name, filter, more));
        Files.writeString(sop.resolve("SOP.md"), "## Steps\n\n1. **Go** — home.\n");
        sops = load();
        return this;
    }

    MqttHouse without(String name) throws IOException {
        Files.delete(folder.resolve(name).resolve("SOP.toml"));
        Files.delete(folder.resolve(name).resolve("SOP.md"));
        Files.delete(folder.resolve(name));
        sops = load();
        return this;
    }

    private SopSet load() {
        return SopSet.load(folder, "sops", InstantSource.system());
    }

    /** Starts it, under the roster's name {@code home}. */
    MqttHouse start() {
        var broker = Broker.of(url, List.of(), clientId).orElseThrow();
        var made =
                new MqttSource(
                        name,
                        broker,
                        isStandard,
                        this,
                        store,
                        () -> sops,
                        () -> roster,
                        new SecretSources(environment),
                        new Random(7),
                        InstantSource.system());
        source = Optional.of(made);
        made.start();
        return this;
    }

    MqttHouse hearing() throws Exception {
        Await.until("it hears", () -> source().health().hears());
        return this;
    }

    MqttSource source() {
        return source.orElseThrow();
    }

    String detail() {
        return source().health().detail();
    }

    @Override
    public List<Outcome> deliver(Arrival arrival) {
        return deliverAll(List.of(arrival)).getFirst();
    }

    @Override
    public List<List<Outcome>> deliverAll(List<Arrival> arrivals) {
        if (outages.getAndUpdate(it -> Math.max(0, it - 1)) > 0) {
            throw new StoreException("the disk is away");
        }
        var outcomes = new ArrayList<List<Outcome>>();
        for (var it : arrivals) {
            if (full.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                outcomes.add(List.of(Outcome.of("x", Kind.QUEUE_FULL, "10 wait")));
                continue;
            }
            it.mark()
                    .ifPresent(
                            mark ->
                                    store.commit(
                                            tx -> {
                                                tx.node().set(mark.name(), mark.value());
                                                return true;
                                            }));
            taken.add(it);
            outcomes.add(List.of(Outcome.of("x", Kind.STARTED, "R-1")));
        }
        return outcomes;
    }

    /** What was carried by the messages that were taken in, in order. */
    List<String> payloads() {
        return List.copyOf(taken).stream().map(it -> it.delivery().payload().text()).toList();
    }

    /** What is kept under a name. */
    Optional<String> setting(String name) {
        return store.read(it -> it.node().setting(name));
    }

    void stop() {
        source.ifPresent(MqttSource::close);
        source = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        store.close();
    }

    /** Somebody else at the broker. */
    static Mqtt5BlockingClient somebody(int port, String id) {
        var client =
                MqttClient.builder()
                        .useMqttVersion5()
                        .identifier(id)
                        .serverHost("127.0.0.1")
                        .serverPort(port)
                        .buildBlocking();
        client.connect();
        return client;
    }

    /** Publishes with QoS 1, and waits until the broker has it. */
    static void publish(int port, String topic, String... payloads) {
        var client = somebody(port, "publisher");
        for (var it : payloads) {
            client.publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(it.getBytes(StandardCharsets.UTF_8))
                    .send();
        }
        client.disconnect();
    }
}
