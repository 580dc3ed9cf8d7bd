package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.MqttBlock;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.FailureReason;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Publishes the message of an mqtt block, once, to the broker it names, else to the first one of
 * the roster: QoS 1, and the step has succeeded when the broker has confirmed it. Each message has
 * a connection of its own. The key of the attempt goes along as the user property {@code
 * idempotency-key}.
 *
 * <p>A message does not outlive the service, and nothing is durable: whether one that was under way
 * has reached the broker, nobody can say.
 *
 * <p>Threading: safe from any thread.
 */
public final class MqttRunner implements StepRunner {
    /** Without a time-out for the step. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Supplier<IngressSettings> settings;
    private final SecretSources secrets;
    private final Map<StepKey, Flight> flights = new ConcurrentHashMap<>();

    /**
     * @param settings that name the brokers, as they are now
     */
    public MqttRunner(Supplier<IngressSettings> settings, SecretSources secrets) {
        this.settings = settings;
        this.secrets = secrets;
    }

    /** A message under way. */
    private static final class Flight {
        private final CountDownLatch over = new CountDownLatch(1);
        private final CompletableFuture<String> stopped = new CompletableFuture<>();
        private boolean isSent;

        /** Waits for an answer; whoever stops the step ends the waiting. */
        <T> T wait(CompletableFuture<T> answer, long end)
                throws InterruptedException, ExecutionException, TimeoutException {
            long left = Math.max(1, end - System.nanoTime());
            CompletableFuture.anyOf(answer, stopped).get(left, TimeUnit.NANOSECONDS);
            if (stopped.isDone()) throw new TimeoutException("stopped");
            return answer.get();
        }
    }

    @Override
    public StepEnd run(StepOrder order) throws InterruptedException {
        if (order.block().tool() != Tool.MQTT) {
            throw new IllegalArgumentException(order.key() + " is no mqtt step");
        }
        var flight = new Flight();
        if (flights.putIfAbsent(order.key(), flight) != null) {
            throw new IllegalStateException(order.key() + " is being run by another thread");
        }
        try {
            return run(order, flight);
        } finally {
            flights.remove(order.key());
            flight.over.countDown();
        }
    }

    private StepEnd run(StepOrder order, Flight flight) throws InterruptedException {
        return switch (MqttBlock.parse(order.block().text())) {
            case Parsed.Bad<MqttBlock> bad -> notStarted(bad.problem());
            case Parsed.Ok<MqttBlock>(var block) -> run(order, flight, block);
        };
    }

    private StepEnd run(StepOrder order, Flight flight, MqttBlock block)
            throws InterruptedException {
        var now = settings.get();
        var name = block.broker().or(now::standardBroker);
        if (name.isEmpty()) return notStarted("the roster names no broker under ingress.mqtt");
        var broker = now.brokers().get(name.get());
        return broker == null
                ? notStarted("the roster names no broker " + name.get())
                : run(order, flight, name.get(), broker, block);
    }

    private StepEnd run(StepOrder order, Flight flight, String name, Broker broker, MqttBlock block)
            throws InterruptedException {
        var timeout = order.timeout().isZero() ? PATIENCE : order.timeout();
        long end = System.nanoTime() + timeout.toNanos();
        Optional<Mqtt5AsyncClient> open = Optional.empty();
        try {
            var id = broker.clientId().orElse("sopwith") + "-" + order.key().idempotencyKey();
            var login = new BrokerLogin(name, broker, secrets);
            var client = login.client(id).buildAsync();
            open = Optional.of(client);
            flight.wait(client.connectWith().cleanStart(true).send(), end);
            flight.isSent = true;
            var sent =
                    client.publishWith()
                            .topic(block.topic())
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .payload(block.payload().getBytes(StandardCharsets.UTF_8))
                            .userProperties()
                            .add(MqttIntake.KEY, order.key().idempotencyKey())
                            .applyUserProperties()
                            .send();
            var error = flight.wait(sent, end).getError();
            if (error.isPresent()) {
                return failed(new FailureReason.Unexpected(name + ": " + words(error.get())));
            }
            var how = "confirmed by " + name;
            return new StepEnd.Succeeded(Map.of(), how, StepOutput.NONE);
        } catch (BrokerLogin.Unusable | IllegalArgumentException e) {
            return notStarted(String.valueOf(e.getMessage()));
        } catch (TimeoutException _) {
            if (flight.stopped.isDone()) {
                return failed(new FailureReason.Stopped(flight.stopped.join()));
            }
            return failed(
                    flight.isSent
                            ? new FailureReason.NoAnswer(name + " did not confirm it", true)
                            : new FailureReason.TimedOut(timeout));
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            var why = "%s at %s: %s".formatted(name, broker, words(cause));
            return failed(new FailureReason.NoAnswer(why, flight.isSent));
        } finally {
            open.ifPresent(it -> it.disconnect().exceptionally(_ -> null));
        }
    }

    private static String words(Throwable cause) {
        return MqttSession.words(cause);
    }

    private static StepEnd notStarted(String why) {
        return failed(new FailureReason.NotStarted(why));
    }

    private static StepEnd failed(FailureReason reason) {
        return new StepEnd.Failed(reason, StepOutput.NONE);
    }

    @Override
    public Recovered recover(StepOrder order) {
        return flights.containsKey(order.key())
                ? new Recovered.Running()
                : new Recovered.Unknown("the service went down while it published the message");
    }

    /** Nothing goes on after a restart. */
    @Override
    public StepEnd attach(StepOrder order) {
        return new StepEnd.Lost("a message does not outlive the service", StepOutput.NONE);
    }

    @Override
    public boolean stop(StepKey key, String why) throws InterruptedException {
        var flight = flights.get(key);
        if (flight == null) return true;
        flight.stopped.complete(why);
        flight.over.await();
        return true;
    }
}
