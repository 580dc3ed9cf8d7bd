package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5UnsubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One connection to a broker, from its beginning to its end. A client of the library is used for
 * one connection only: over a reconnect it keeps what was not acknowledged and counts it against
 * the limit of the new connection. It listens before it connects: what a resumed session brings at
 * once would be acknowledged and dropped otherwise.
 *
 * <p>Threading: safe from any thread; what is heard is handed over on a thread of the library,
 * which must not be held up.
 */
final class MqttSession implements AutoCloseable {
    /** How long the broker keeps what comes while nobody is connected: 7 days. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int FILTERS_AT_ONCE = 100;

    /** A filter that is never asked for. */
    private static final String NOTHING = "sopwith/confirmed";

    /** A message, not yet acknowledged. */
    record Incoming(MqttSession session, Mqtt5Publish message) {}

    /**
     * Why a connection is over, or did not come about.
     *
     * @param isTakenOver whether another client came with the same name
     * @param isSilent whether the broker closed it without a word, as older ones do to a client
     *     when another one comes with its name
     * @param isFlooded whether the broker sent more at a time than it was allowed
     */
    record End(String why, boolean isTakenOver, boolean isSilent, boolean isFlooded) {}

    /** The broker did not do what it was asked. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message, null, false, false);
        }
    }

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final Mqtt5AsyncClient client;
    private final Consumer<End> ended;
    private volatile Optional<End> end = Optional.empty();
    private final CompletableFuture<Mqtt5ConnAck> connected = new CompletableFuture<>();

    private MqttSession(Mqtt5ClientBuilder builder, Consumer<End> ended) {
        this.ended = ended;
        this.client = builder.addDisconnectedListener(this::over).buildAsync();
    }

    /**
     * Connects, and goes on with what the broker keeps for this client.
     *
     * @param window how many messages may be unacknowledged at a time
     * @param heard takes what comes; must not block or throw
     * @param ended called once when the connection is over
     */
    static MqttSession open(
            Mqtt5ClientBuilder builder, int window, Consumer<Incoming> heard, Consumer<End> ended)
            throws Failed, InterruptedException {
        var session = new MqttSession(builder, ended);
        session.client.publishes(
                MqttGlobalPublishFilter.ALL,
                message -> heard.accept(new Incoming(session, message)),
                Runnable::run,
                true);
        try {
            var answer =
                    session.client
                            .connectWith()
                            .cleanStart(false)
                            .sessionExpiryInterval(KEPT.toSeconds())
                            .keepAlive(KEEP_ALIVE_SECONDS)
                            .restrictions()
                            .receiveMaximum(window)
                            .applyRestrictions()
                            .send();
            session.connected.complete(wait(answer));
            return session;
        } catch (Failed | InterruptedException e) {
            session.connected.completeExceptionally(e);
            session.close();
            throw e;
        }
    }

    /** Whether it was opened after the other one. */
    boolean isLaterThan(MqttSession other) {
        return number > other.number;
    }

    /** Whether nothing comes any more. */
    Optional<End> end() {
        return end;
    }

    /**
     * Whether the broker still had what it kept for this client. Messages may be heard before
     * whoever connects knows that it is connected: waits until it is known.
     */
    boolean isResumed() throws InterruptedException {
        try {
            return connected.get().isSessionPresent();
        } catch (ExecutionException _) {
            return true; // nobody knows, so what was known before is not forgotten
        }
    }

    /** What the broker does not do as it was asked; each in a few words. */
    List<String> notes() {
        var notes = new ArrayList<String>();
        if (connected.state() != Future.State.SUCCESS) return notes;
        var answer = connected.resultNow();
        var expiry = answer.getSessionExpiryInterval();
        if (expiry.isPresent() && expiry.getAsLong() < KEPT.toSeconds()) {
            notes.add(
                    "the broker keeps messages for %s only while nobody is connected"
                            .formatted(Duration.ofSeconds(expiry.getAsLong()).toString()));
        }
        if (answer.getRestrictions().getMaximumQos() == MqttQos.AT_MOST_ONCE) {
            notes.add("the broker takes QoS 0 only: messages can get lost");
        }
        return notes;
    }

    /**
     * Asks for messages.
     *
     * @return by filter why it was refused, or what is less than was asked for; empty when all is
     *     well
     */
    NavigableMap<String, String> subscribe(NavigableMap<String, Integer> filters)
            throws Failed, InterruptedException {
        var problems = new TreeMap<String, String>();
        var names = List.copyOf(filters.keySet());
        for (int from = 0; from < names.size(); from += FILTERS_AT_ONCE) {
            var some = names.subList(from, Math.min(names.size(), from + FILTERS_AT_ONCE));
            var codes = subscribe(some, filters);
            for (int i = 0; i < some.size(); i++) {
                int asked = filters.getOrDefault(some.get(i), 0);
                var code =
                        i < codes.size() ? codes.get(i) : Mqtt5SubAckReasonCode.UNSPECIFIED_ERROR;
                if (code.isError()) problems.put(some.get(i), "refused: " + words(code.name()));
                else if (code.getCode() < asked) {
                    problems.put(some.get(i), "only QoS %d".formatted(code.getCode()));
                }
            }
        }
        return problems;
    }

    private static MqttQos qosOf(int code) {
        return Optional.ofNullable(MqttQos.fromCode(code)).orElse(MqttQos.AT_LEAST_ONCE);
    }

    private List<Mqtt5SubAckReasonCode> subscribe(
            List<String> filters, NavigableMap<String, Integer> qos)
            throws Failed, InterruptedException {
        var all =
                filters.stream()
                        .map(
                                it ->
                                        Mqtt5Subscription.builder()
                                                .topicFilter(it)
                                                .qos(qosOf(qos.getOrDefault(it, 1)))
                                                .retainHandling(
                                                        Mqtt5RetainHandling
                                                                .SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST)
                                                .build())
                        .toList();
        try {
            return wait(client.subscribeWith().addSubscriptions(all).send()).getReasonCodes();
        } catch (Refused e) {
            return e.codes;
        }
    }

    /** Asks for these no more. */
    void unsubscribe(Collection<String> filters) throws Failed, InterruptedException {
        for (var it : filters) wait(client.unsubscribeWith().topicFilter(it).send());
    }

    /**
     * Has something done as soon as the broker has got all acknowledgements so far: it answers in
     * the order it was asked, so it is asked for what changes nothing. Does not wait.
     */
    void whenConfirmed(Runnable done) {
        var _ =
                client.unsubscribeWith()
                        .topicFilter(NOTHING)
                        .send()
                        .whenComplete(
                                (_, failure) -> {
                                    // To refuse is to answer.
                                    if (failure == null
                                            || failure instanceof Mqtt5UnsubAckException) {
                                        done.run();
                                    }
                                });
    }

    /** Some filters were refused. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient List<Mqtt5SubAckReasonCode> codes;

        Refused(List<Mqtt5SubAckReasonCode> codes) {
            super(null, null, false, false);
            this.codes = codes;
        }
    }

    static <T> T wait(CompletableFuture<T> answer) throws Failed, InterruptedException {
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw new Failed("no answer for %d s".formatted(PATIENCE.toSeconds()));
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof Mqtt5SubAckException it) {
                throw new Refused(it.getMqttMessage().getReasonCodes());
            }
            throw new Failed(words(cause == null ? e : cause));
        }
    }

    private void over(MqttClientDisconnectedContext context) {
        var cause = context.getCause();
        var code =
                cause instanceof Mqtt5DisconnectException it
                        ? Optional.of(it.getMqttMessage().getReasonCode())
                        : Optional.<Mqtt5DisconnectReasonCode>empty();
        boolean isTakenOver =
                code.filter(it -> it == Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER).isPresent();
        boolean isFlooded =
                context.getSource() == MqttDisconnectSource.CLIENT
                        && code.filter(
                                        it ->
                                                it
                                                        == Mqtt5DisconnectReasonCode
                                                                .RECEIVE_MAXIMUM_EXCEEDED)
                                .isPresent();
        boolean isSilent =
                context.getSource() == MqttDisconnectSource.SERVER
                        && cause instanceof ConnectionClosedException;
        var it = new End(words(cause), isTakenOver, isSilent, isFlooded);
        end = Optional.of(it);
        ended.accept(it);
    }

    /** What went wrong, as a person can use it. */
    static String words(Throwable cause) {
        if (cause instanceof Mqtt5ConnAckException it) {
            var answer = it.getMqttMessage();
            return "refused: "
                    + words(answer.getReasonCode().name())
                    + answer.getReasonString().map(text -> " (" + text + ")").orElse("");
        }
        if (cause instanceof Mqtt5DisconnectException it) {
            return "closed: " + words(it.getMqttMessage().getReasonCode().name());
        }
        var deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        var text = deepest.getMessage();
        if (deepest instanceof ConnectionClosedException && text != null) {
            return text.replaceFirst("\\.$", "");
        }
        return text == null || text.isBlank() ? deepest.getClass().getSimpleName() : text;
    }

    private static String words(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Says goodbye; the broker keeps what comes from now on. */
    @Override
    public void close() {
        client.disconnect().exceptionally(_ -> null); // whoever is not connected has gone already
    }

    /** Says goodbye and waits until that is said, for a moment. */
    void closeAndWait() throws InterruptedException {
        try {
            client.disconnect().get(2, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // It has gone, or does not answer; either way the end has come.
        }
    }
}
