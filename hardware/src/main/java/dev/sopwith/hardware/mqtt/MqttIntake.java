package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Channel;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;
import dev.sopwith.hardware.mqtt.BrokerMemory.Taken;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Takes messages in, as many as have come in one commit, and acknowledges them after it, in the
 * order they came. What cannot be taken in now (the store does not answer, the queue is full) stays
 * unacknowledged and is tried again in place: the broker sends no more than its limit meanwhile.
 *
 * <p>Threading: {@link #heard} from any thread and never blocks; {@link #run} is one thread.
 */
final class MqttIntake {
    private static final System.Logger LOG = System.getLogger(MqttIntake.class.getName());

    /** The user property that carries the sender's own id of a message. */
    static final String KEY = "idempotency-key";

    private static final int KEY_MAX = 255;
    private static final int BATCH_MAX = 256;
    private static final int BATCH_BYTES_MAX = 4 * 1024 * 1024;

    /** Of a payload, in bytes (DESIGN §5). */
    static final int PAYLOAD_MAX = 1024 * 1024;

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private final String broker;
    private final boolean isStandard;
    private final Intake intake;
    private final Supplier<? extends Set<String>> initiators;
    private final InstantSource clock;
    private final CountDownLatch closing;
    private final LinkedBlockingQueue<MqttSession.Incoming> queue = new LinkedBlockingQueue<>();
    private final BrokerMemory memory;
    private final AtomicLong confirmed = new AtomicLong();
    private final String unique = UUID.randomUUID().toString();
    private long number;
    private Unconfirmed unconfirmed = new Unconfirmed();
    private Optional<MqttSession> latest = Optional.empty();
    private boolean isPastRepeats; // all that the broker repeats on this connection has come
    private boolean isAsking;
    private long known; // up to which number the broker has confirmed
    private long stored; // the same, as the store has it
    private volatile Optional<MqttSession> opened = Optional.empty();
    private volatile Optional<Instant> last = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    MqttIntake(
            String broker,
            boolean isStandard,
            Intake intake,
            BrokerMemory memory,
            Supplier<? extends Set<String>> initiators,
            InstantSource clock,
            CountDownLatch closing) {
        this.broker = broker;
        this.isStandard = isStandard;
        this.intake = intake;
        this.memory = memory;
        this.initiators = initiators;
        this.clock = clock;
        this.closing = closing;
    }

    /** A message has come. */
    void heard(MqttSession.Incoming message) {
        queue.add(message);
    }

    /** A connection has begun; before it brings messages, or a moment later. */
    void opened(MqttSession session) {
        opened = Optional.of(session);
    }

    Optional<Instant> last() {
        return last;
    }

    /** Why nothing is taken in at the moment. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Takes in until the service ends; what is left then is sent again by the broker. */
    void run() {
        try {
            if (!remember()) return;
            while (closing.getCount() > 0) {
                var first = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                var begun = opened;
                if (begun.isPresent() && !follow(begun.get())) return;
                if (first != null && !take(batch(first))) return;
                lookWhatIsConfirmed();
            }
        } catch (InterruptedException _) {
            // The service ends.
        }
    }

    private boolean remember() throws InterruptedException {
        return insist(
                () -> {
                    stored = memory.confirmed();
                    known = stored;
                    unconfirmed = new Unconfirmed(memory.session(), stored, memory.taken());
                });
    }

    /** What the broker has confirmed is stored when there is nothing better to do. */
    private void lookWhatIsConfirmed() {
        long now = confirmed.get();
        if (now > known) {
            known = now;
            isAsking = false;
            unconfirmed.confirmed(now, System.nanoTime());
        }
        if (stored < known && queue.isEmpty()) storeWhatIsConfirmed();
    }

    private void storeWhatIsConfirmed() {
        try {
            memory.confirmed(known);
            stored = known;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "mqtt {0}: {1}", broker, e.getMessage());
        }
    }

    /** Does it, also when the store is away for a while; not when the service ends. */
    private boolean insist(Runnable work) throws InterruptedException {
        for (var wait = RETRY; ; wait = longer(wait)) {
            try {
                work.run();
                trouble = Optional.empty();
                return true;
            } catch (RuntimeException e) {
                hold("messages cannot be taken in: " + e.getMessage());
            }
            if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) return false;
        }
    }

    private void hold(String why) {
        trouble = Optional.of(why);
        LOG.log(System.Logger.Level.WARNING, "mqtt {0}: {1}", broker, why);
    }

    private List<MqttSession.Incoming> batch(MqttSession.Incoming first) {
        var batch = new ArrayList<MqttSession.Incoming>();
        int bytes = 0;
        for (var it = Optional.of(first); it.isPresent(); it = Optional.ofNullable(queue.poll())) {
            batch.add(it.get());
            bytes += it.get().message().getPayload().map(ByteBuffer::remaining).orElse(0);
            if (batch.size() == BATCH_MAX || bytes > BATCH_BYTES_MAX) break;
        }
        return batch;
    }

    /**
     * @return whether all were taken in; not so when the service ends
     */
    private boolean take(List<MqttSession.Incoming> batch) throws InterruptedException {
        var arrivals = new ArrayList<Arrival>();
        var again = new ArrayList<Taken>();
        for (var it : batch) {
            if (!follow(it.session())) return false;
            var packet = PacketFacts.of(it.message());
            boolean isKnown = packet.isPresent() && isKnown(packet.get(), it);
            var taken = packet.map(facts -> added(facts, it.message()));
            if (isKnown) taken.ifPresent(again::add);
            else arrivals.add(arrival(it.message(), taken));
        }
        if (!deliver(arrivals) || !insist(() -> memory.takenAgain(again))) return false;
        for (var it : batch) it.message().acknowledge();
        askWhatIsConfirmed(batch.getLast().session());
        if (!arrivals.isEmpty()) last = Optional.of(arrivals.getLast().at());
        return true;
    }

    /**
     * Notes that messages come on another connection.
     *
     * @return whether that is done; not so when the service ends
     */
    private boolean follow(MqttSession session) throws InterruptedException {
        if (latest.filter(it -> it.equals(session)).isPresent()) return true;
        if (latest.filter(it -> it.isLaterThan(session)).isPresent()) return true; // a straggler
        latest = Optional.of(session);
        isPastRepeats = !session.isResumed();
        isAsking = false;
        if (session.isResumed()) return true;
        long number = unconfirmed.clear();
        return insist(() -> memory.session(number));
    }

    private boolean isKnown(PacketFacts packet, MqttSession.Incoming it) {
        boolean isOfLatest = latest.filter(it.session()::equals).isPresent();
        if (isOfLatest && !packet.isRepeat()) isPastRepeats = true; // those come first
        var topic = it.message().getTopic().toString();
        var payload = it.message().getPayloadAsBytes();
        return unconfirmed.knows(packet, topic, payload, System.nanoTime());
    }

    private Taken added(PacketFacts packet, Mqtt5Publish message) {
        return unconfirmed.add(packet, message.getTopic().toString(), message.getPayloadAsBytes());
    }

    private void askWhatIsConfirmed(MqttSession session) {
        long last = unconfirmed.last();
        if (isAsking || !isPastRepeats || last <= known) return;
        isAsking = true;
        session.whenConfirmed(() -> confirmed.accumulateAndGet(last, Math::max));
    }

    /** Tries until it is done, or the service ends. */
    private boolean deliver(List<Arrival> all) throws InterruptedException {
        var left = all;
        for (var wait = RETRY; !left.isEmpty(); wait = longer(wait)) {
            try {
                left = full(left, intake.deliverAll(left));
                if (left.isEmpty()) break;
                trouble = Optional.of("the queue is full: messages wait at the broker");
            } catch (RuntimeException e) {
                hold("messages cannot be taken in: " + e.getMessage());
            }
            if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) return false;
        }
        return true;
    }

    private static Duration longer(Duration wait) {
        var twice = wait.multipliedBy(2);
        return twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }

    /** Those that found the queue full: they come again, and what took them hears no second one. */
    private static List<Arrival> full(List<Arrival> arrivals, List<List<Outcome>> outcomes) {
        var left = new ArrayList<Arrival>();
        for (int i = 0; i < arrivals.size(); i++) {
            boolean isFull =
                    outcomes.get(i).stream().anyMatch(it -> it.kind() == Outcome.Kind.QUEUE_FULL);
            if (isFull) left.add(arrivals.get(i));
        }
        return left;
    }

    private Arrival arrival(Mqtt5Publish message, Optional<Taken> packet) {
        var topic = message.getTopic().toString();
        var key = key(message).orElseGet(() -> unique + " " + number++);
        var bytes = message.getPayloadAsBytes();
        var text = bytes.length > PAYLOAD_MAX ? Optional.<String>empty() : text(bytes);
        Optional<String> flaw =
                text.isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                bytes.length > PAYLOAD_MAX
                                        ? "the payload has %,d bytes, and %,d are read at most"
                                                .formatted(bytes.length, PAYLOAD_MAX)
                                        : "the payload is no UTF-8");
        var retained = message.isRetain() ? ", retained" : "";
        var arrival =
                new Arrival(
                                new Delivery(
                                        Source.MQTT,
                                        topic,
                                        text.map(Payload::of).orElse(Payload.NONE)),
                                Optional.of(broker + " " + key),
                                Map.of(),
                                initiators.get(),
                                false,
                                "mqtt %s from %s%s".formatted(topic, broker, retained),
                                clock.instant())
                        .by(new Channel.Broker(broker, isStandard, message.isRetain(), flaw));
        return packet.map(it -> arrival.marked(memory.mark(it))).orElse(arrival);
    }

    private static Optional<String> key(Mqtt5Publish message) {
        for (var it : message.getUserProperties().asList()) {
            var value = it.getValue().toString();
            if (it.getName().toString().equalsIgnoreCase(KEY)
                    && !value.isBlank()
                    && value.length() <= KEY_MAX) return Optional.of(value);
        }
        return Optional.empty();
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
