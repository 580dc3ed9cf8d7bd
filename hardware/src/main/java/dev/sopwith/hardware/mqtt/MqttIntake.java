package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Channel;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

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
    private final Unconfirmed unconfirmed = new Unconfirmed();
    private final String unique = UUID.randomUUID().toString();
    private long number;
    private Optional<MqttSession> latest = Optional.empty();
    private volatile Optional<Instant> last = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    MqttIntake(
            String broker,
            boolean isStandard,
            Intake intake,
            Supplier<? extends Set<String>> initiators,
            InstantSource clock,
            CountDownLatch closing) {
        this.broker = broker;
        this.isStandard = isStandard;
        this.intake = intake;
        this.initiators = initiators;
        this.clock = clock;
        this.closing = closing;
    }

    /** A message has come. */
    void heard(MqttSession.Incoming message) {
        queue.add(message);
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
            while (closing.getCount() > 0) {
                var first = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null && !take(batch(first))) return;
            }
        } catch (InterruptedException _) {
            // The service ends.
        }
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
        for (var it : batch) {
            if (isNew(it)) arrivals.add(arrival(it.message()));
        }
        if (!deliver(arrivals)) return false;
        for (var it : batch) it.message().acknowledge();
        if (!arrivals.isEmpty()) last = Optional.of(arrivals.getLast().at());
        return true;
    }

    private boolean isNew(MqttSession.Incoming it) throws InterruptedException {
        if (latest.filter(known -> known.equals(it.session())).isEmpty()) {
            latest = Optional.of(it.session());
            if (!it.session().isResumed()) unconfirmed.clear();
        }
        var facts = PacketFacts.of(it.message());
        if (facts.isEmpty()) return true;
        var topic = it.message().getTopic().toString();
        var payload = it.message().getPayloadAsBytes();
        boolean isKnown = unconfirmed.knows(facts.get(), topic, payload);
        unconfirmed.add(facts.get(), topic, payload);
        return !isKnown;
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
                trouble = Optional.of("messages cannot be taken in: " + e.getMessage());
                LOG.log(System.Logger.Level.WARNING, "mqtt {0}: {1}", broker, trouble.get());
            }
            if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) return false;
        }
        trouble = Optional.empty();
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

    private Arrival arrival(Mqtt5Publish message) {
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
        return new Arrival(
                        new Delivery(
                                Source.MQTT, topic, text.map(Payload::of).orElse(Payload.NONE)),
                        Optional.of(broker + " " + key),
                        Map.of(),
                        initiators.get(),
                        false,
                        "mqtt %s from %s%s".formatted(topic, broker, retained),
                        clock.instant())
                .by(new Channel.Broker(broker, isStandard, message.isRetain(), flaw));
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
