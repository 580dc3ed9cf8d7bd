package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.TriggerSource;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The messages of one broker start SOPs. Keeps the connection and what the broker is asked for: it
 * follows the SOPs as they change, and comes back by itself. What comes is taken in by {@link
 * MqttIntake}.
 *
 * <p>While the owners of the broker are nobody it does not connect: what comes is kept there.
 *
 * <p>Threading: as {@link TriggerSource} says; one thread keeps the connection, one takes in.
 */
public final class MqttSource implements TriggerSource {
    private static final System.Logger LOG = System.getLogger(MqttSource.class.getName());

    /** How many messages may be unacknowledged at a time. */
    static final int WINDOW = 500;

    /** No limit: for brokers that do not keep to one (mosquitto before 2.0.21). */
    private static final int NO_WINDOW = 65_535;

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 250;
    private static final long RETRY_MILLIS_MAX = 30_000;

    /** After this time a connection counts as one that works. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    /**
     * Failures that a client counts as which is thrown out by another of its name: 8 s and more.
     */
    private static final int FAILURES_WHEN_TAKEN = 6;

    private static final int SHOWN_MAX = 5;

    private final String broker;
    private final Broker settings;
    private final boolean isStandard;
    private final Supplier<SopSet> sops;
    private final Supplier<Roster> roster;
    private final BrokerLogin login;
    private final BrokerMemory memory;
    private final RandomGenerator random;
    private final MqttIntake intake;
    private final Semaphore wake = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private volatile Optional<MqttSession> session = Optional.empty();
    private volatile Optional<NavigableMap<String, Integer>> asked = Optional.empty();
    private volatile NavigableMap<String, String> problems = new TreeMap<>();
    private volatile String state = "not started";
    private volatile String clientId = "";
    private int window = WINDOW; // the keeper's alone, as is all that follows
    private int failures;
    private long connectedAt;
    private long retryAt = System.nanoTime();

    /**
     * Nobody listens before {@link #start}.
     *
     * @param broker its name in the roster
     * @param isStandard whether it is that of triggers which name none
     * @param store where it is kept what the broker knows of the service
     * @param sops as they are now
     * @param roster that says whose the broker is, as it is now
     * @param random for the name of the service at brokers
     */
    public MqttSource(
            String broker,
            Broker settings,
            boolean isStandard,
            Intake intake,
            Store store,
            Supplier<SopSet> sops,
            Supplier<Roster> roster,
            SecretSources secrets,
            RandomGenerator random,
            InstantSource clock) {
        this.broker = broker;
        this.settings = settings;
        this.isStandard = isStandard;
        this.sops = sops;
        this.roster = roster;
        this.login = new BrokerLogin(broker, settings, secrets);
        this.memory = new BrokerMemory(store, broker);
        this.random = random;
        this.intake =
                new MqttIntake(
                        broker, isStandard, intake, memory, this::initiators, clock, closing);
    }

    @Override
    public String name() {
        return "mqtt " + broker;
    }

    @Override
    public void start() {
        state = "connecting";
        threads.add(Thread.ofVirtual().name(name()).start(this::keep));
        threads.add(Thread.ofVirtual().name(name() + " intake").start(intake::run));
    }

    private List<String> owners() {
        var listed = roster.get().ingress().brokers().get(broker);
        return listed == null ? settings.owners() : listed.owners();
    }

    private Set<String> initiators() {
        return new HashSet<>(roster.get().persons(owners()));
    }

    /** Who is said to own the broker and is nobody. */
    private Optional<String> ownerless() {
        var owners = owners();
        return owners.isEmpty() || !roster.get().persons(owners).isEmpty()
                ? Optional.empty()
                : Optional.of("its owners are nobody: " + String.join(", ", owners));
    }

    // The connection

    private void keep() {
        try {
            while (closing.getCount() > 0) {
                try {
                    look();
                } catch (RuntimeException e) {
                    state = "cannot be kept: " + e.getMessage();
                    LOG.log(System.Logger.Level.WARNING, name() + ": " + e, e);
                    later();
                }
                if (wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) wake.drainPermits();
            }
        } catch (InterruptedException _) {
            // The service ends.
        }
    }

    private void look() throws InterruptedException {
        var ownerless = ownerless();
        var current = session;
        if (ownerless.isPresent()) {
            current.ifPresent(MqttSession::close);
            session = Optional.empty();
            state = ownerless.get();
            return;
        }
        if (current.isPresent() && current.get().end().isPresent()) {
            lost(current.get().end().get());
            current = Optional.empty();
        }
        if (current.isEmpty()) {
            if (System.nanoTime() - retryAt < 0) return;
            current = connect();
        }
        if (current.isPresent()) follow(current.get());
    }

    private void lost(MqttSession.End end) {
        session = Optional.empty();
        if (end.isFlooded() && window != NO_WINDOW) {
            // Its fault, and it would go on for ever: such a broker limits itself.
            window = NO_WINDOW;
            memory.flooding(settings.toString());
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: the broker sends more at a time than it may; it is not limited any more",
                    name());
        } else if (System.nanoTime() - connectedAt > STEADY.toNanos()) {
            failures = 0;
        }
        if (end.isTakenOver()) failures = Math.max(failures, FAILURES_WHEN_TAKEN);
        state = end.why();
        if (end.isTakenOver()) {
            state = "thrown out: another client has the same name, " + clientId;
        } else if (end.isSilent()) {
            state = "%s; does another client have the same name, %s?".formatted(state, clientId);
        }
        later();
    }

    private void later() {
        long most = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS << Math.min(failures++, 10));
        long wait = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
        retryAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
    }

    private Optional<MqttSession> connect() throws InterruptedException {
        try {
            var id = settings.clientId().orElseGet(() -> memory.clientId(random));
            clientId = id;
            var client = login.client(id);
            if (memory.isFlooding(settings.toString())) window = NO_WINDOW;
            var made = MqttSession.open(client, window, intake::heard, _ -> wake.release());
            intake.opened(made);
            connectedAt = System.nanoTime();
            session = Optional.of(made);
            asked = Optional.empty();
            problems = new TreeMap<>();
            state = "connected";
            LOG.log(System.Logger.Level.INFO, "{0}: connected to {1}", name(), settings);
            return session;
        } catch (BrokerLogin.Unusable | MqttSession.Failed e) {
            state = String.valueOf(e.getMessage());
            later();
            return Optional.empty();
        }
    }

    /** Has the broker asked for what the SOPs want now. */
    private void follow(MqttSession current) throws InterruptedException {
        var wanted = Subscriptions.of(sops.get(), broker, isStandard).byFilter();
        if (asked.filter(wanted::equals).isPresent()) return;
        var known = asked.orElseGet(TreeMap::new);
        try {
            var before = new LinkedHashSet<String>(memory.subscribed());
            before.addAll(known.keySet());
            var gone = new LinkedHashSet<String>(before);
            gone.removeAll(wanted.keySet());
            before.addAll(wanted.keySet());
            if (!before.equals(memory.subscribed())) memory.subscribed(before);
            var fresh = new TreeMap<String, Integer>(wanted);
            fresh.entrySet().removeAll(known.entrySet());
            var found = new TreeMap<String, String>(problems);
            found.keySet().retainAll(wanted.keySet());
            found.keySet().removeAll(fresh.keySet());
            if (!fresh.isEmpty()) found.putAll(current.subscribe(fresh));
            if (!gone.isEmpty()) current.unsubscribe(gone);
            if (!gone.isEmpty()) memory.subscribed(wanted.keySet());
            problems = found;
            asked = Optional.of(wanted);
        } catch (MqttSession.Failed e) {
            state = "cannot subscribe: " + e.getMessage();
            current.close();
        }
    }

    // How it is

    @Override
    public Health health() {
        var last = intake.last();
        var now = session.filter(it -> it.end().isEmpty());
        if (now.isEmpty()) return new Health(false, last, "%s: %s".formatted(settings, state));
        var trouble = intake.trouble();
        boolean isRefused = problems.values().stream().anyMatch(it -> it.startsWith("refused"));
        var parts = new ArrayList<String>();
        trouble.ifPresent(parts::add);
        problems.forEach((filter, why) -> parts.add("%s %s".formatted(filter, why)));
        parts.add(shown());
        parts.addAll(now.get().notes());
        login.note().ifPresent(parts::add);
        return new Health(
                trouble.isEmpty() && !isRefused && asked.isPresent(),
                last,
                "%s: %s".formatted(settings, String.join("; ", parts)));
    }

    private String shown() {
        var known = asked;
        if (known.isEmpty()) return "about to ask for messages";
        var filters = known.get();
        if (filters.isEmpty()) return "no SOP asks for messages";
        var some = filters.keySet().stream().limit(SHOWN_MAX).toList();
        var more =
                filters.size() > SHOWN_MAX
                        ? " and %,d more".formatted(filters.size() - SHOWN_MAX)
                        : "";
        return "hears " + String.join(", ", some) + more;
    }

    /** What keeps the broker from being of use, or safe; each in one line. */
    public List<String> notes() {
        var notes = new ArrayList<String>();
        PacketFacts.lack().ifPresent(it -> notes.add("%s: %s".formatted(name(), it)));
        ownerless().ifPresent(it -> notes.add("%s: %s, so nothing is heard".formatted(name(), it)));
        if (owners().isEmpty()
                && !roster.get().singleOperator()
                && !Subscriptions.of(sops.get(), broker, isStandard).byFilter().isEmpty()) {
            notes.add(
                    ("%s: nobody owns it (ingress.mqtt.%s.owners), so whoever publishes there may"
                                    + " approve what that starts")
                            .formatted(name(), broker));
        }
        return notes;
    }

    @Override
    public void close() {
        if (closing.getCount() == 0) return;
        closing.countDown();
        wake.release();
        try {
            for (var it : threads) it.join();
            var open = session;
            if (open.isPresent()) open.get().closeAndWait();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** When the last message was taken in. */
    Optional<Instant> last() {
        return intake.last();
    }
}
