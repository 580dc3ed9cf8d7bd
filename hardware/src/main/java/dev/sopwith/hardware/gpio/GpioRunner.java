package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.sop.GpioBlock;
import dev.sopwith.engine.sop.GpioBlock.Action;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.FailureReason;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Sets the outputs of a gpio block, one line after the other. Nothing is set before all of them are
 * there and are used by nobody else. A pulse is on for its length and then off, whatever the signal
 * was before, and whatever ends the step.
 *
 * <p>Nothing is durable: whether a step that was under way when the service was killed has set
 * anything, nobody can say. What it had set is in its safe state by the time anybody asks.
 *
 * <p>Threading: safe from any thread. Interrupting the thread that waits ends the pulse.
 */
public final class GpioRunner implements StepRunner {
    /** For outputs that are not there, or are used by others, without a time-out for the step. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Boards boards;
    private final Map<StepKey, Flight> flights = new ConcurrentHashMap<>();

    GpioRunner(Boards boards) {
        this.boards = boards;
    }

    /** A step under way. */
    private static final class Flight {
        private final CountDownLatch over = new CountDownLatch(1);
        private final CompletableFuture<String> stopped = new CompletableFuture<>();
    }

    /** A step that goes no further. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1;

        private final transient StepEnd end;

        Ended(StepEnd end) {
            this.end = end;
        }
    }

    @Override
    public StepEnd run(StepOrder order) throws InterruptedException {
        if (order.block().tool() != Tool.GPIO) {
            throw new IllegalArgumentException(order.key() + " is no gpio step");
        }
        var flight = new Flight();
        if (flights.putIfAbsent(order.key(), flight) != null) {
            throw new IllegalStateException(order.key() + " is being run by another thread");
        }
        try {
            return run(order, flight);
        } catch (Ended e) {
            return e.end;
        } finally {
            flights.remove(order.key());
            flight.over.countDown();
        }
    }

    private StepEnd run(StepOrder order, Flight flight) throws InterruptedException, Ended {
        var actions =
                switch (GpioBlock.parse(order.block().text())) {
                    case Parsed.Ok<GpioBlock>(var block) -> block.actions();
                    case Parsed.Bad<GpioBlock> bad -> throw new Ended(notStarted(bad.problem()));
                };
        var length = length(actions);
        if (!order.timeout().isZero() && length.compareTo(order.timeout()) >= 0) {
            return notStarted(
                    "its pulses take %d ms, and the step has %d"
                            .formatted(length.toMillis(), order.timeout().toMillis()));
        }
        var pins = pins(actions);
        var left = order.timeout().isZero() ? PATIENCE : order.timeout().minus(length);
        long end = System.nanoTime() + left.toNanos();
        for (var pin : pins.values()) await(pin, flight, end);
        var used = new ArrayList<Pin>();
        try {
            for (var pin : pins.values()) {
                use(pin, order.key().toString(), flight, end);
                used.add(pin);
            }
            int done = 0;
            for (var action : actions) act(action, pins, flight, done++);
            var how = actions.size() == 1 ? shown(actions.getFirst()) : done + " signals set";
            return new StepEnd.Succeeded(Map.of(), how, StepOutput.NONE);
        } finally {
            used.forEach(Pin::leave);
        }
    }

    private static Duration length(List<Action> actions) {
        var length = Duration.ZERO;
        for (var it : actions) {
            if (it instanceof Action.Pulse pulse) length = length.plus(pulse.length());
        }
        return length;
    }

    private static String topic(Action action) {
        return switch (action) {
            case Action.Set it -> it.board() + "/" + it.signal();
            case Action.Pulse it -> it.board() + "/" + it.signal();
        };
    }

    private static String shown(Action action) {
        return switch (action) {
            case Action.Set it -> topic(it) + (it.on() ? " on" : " off");
            case Action.Pulse it -> "%s pulsed %d ms".formatted(topic(it), it.length().toMillis());
        };
    }

    /** By name, so that two steps that use the same ones never wait for each other. */
    private SequencedMap<String, Pin> pins(List<Action> actions) throws Ended {
        var pins = new TreeMap<String, Pin>();
        for (var action : actions) {
            try {
                var pin = boards.find(topic(action));
                if (!pin.settings().isOutput()) {
                    throw new Unusable(
                            topic(action)
                                    + " is an input; direction: out in the roster changes it");
                }
                pins.put(topic(action), pin);
            } catch (Unusable e) {
                throw new Ended(notStarted(String.valueOf(e.getMessage())));
            }
        }
        return pins;
    }

    /** Boards come some time after the service has started, and back some time after a loss. */
    private void await(Pin pin, Flight flight, long end) throws InterruptedException, Ended {
        while (!pin.isHeld()) {
            if (System.nanoTime() - end > 0) {
                throw new Ended(notStarted(boards.why(pin)));
            }
            pause(flight, LOOK, () -> notStarted(pin.topic() + ": the service ends"));
        }
    }

    private void use(Pin pin, String who, Flight flight, long end)
            throws InterruptedException, Ended {
        while (!pin.use(who, LOOK)) {
            if (flight.stopped.isDone()) throw new Ended(stopped(flight));
            if (boards.ending().isDone()) {
                throw new Ended(notStarted(pin.topic() + ": the service ends"));
            }
            if (System.nanoTime() - end > 0) {
                throw new Ended(notStarted("%s is used by %s".formatted(pin.topic(), pin.user())));
            }
        }
    }

    /**
     * Waits; whoever stops the step or ends the service ends the waiting.
     *
     * @param atEnd what becomes of the step when the service ends
     */
    private void pause(Flight flight, Duration time, Supplier<StepEnd> atEnd)
            throws InterruptedException, Ended {
        try {
            CompletableFuture.anyOf(flight.stopped, boards.ending())
                    .get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // neither fails
        }
        throw new Ended(flight.stopped.isDone() ? stopped(flight) : atEnd.get());
    }

    private void act(Action action, Map<String, Pin> pins, Flight flight, int done)
            throws InterruptedException, Ended {
        var pin = pins.get(topic(action));
        if (pin == null) throw new IllegalStateException(topic(action));
        if (flight.stopped.isDone()) throw new Ended(stopped(flight));
        if (boards.ending().isDone()) {
            throw new Ended(
                    done == 0
                            ? notStarted(pin.topic() + ": the service ends")
                            : lost(action, done));
        }
        try {
            switch (action) {
                case Action.Set it -> boards.set(pin, it.on());
                case Action.Pulse it -> {
                    boards.set(pin, true);
                    try {
                        pause(flight, it.length(), () -> lost(it, done));
                    } finally {
                        boards.set(pin, false);
                    }
                }
            }
        } catch (Unusable e) {
            var before = done == 0 ? "" : "; %d before it were set".formatted(done);
            throw new Ended(
                    failed(
                            new FailureReason.Unexpected(
                                    "%s: %s%s".formatted(shown(action), e.getMessage(), before))));
        }
    }

    private static StepEnd lost(Action action, int done) {
        return new StepEnd.Lost(
                "the service ended in the middle (%s, %d before it): outputs are in their safe states"
                        .formatted(shown(action), done),
                StepOutput.NONE);
    }

    private static StepEnd stopped(Flight flight) {
        return failed(new FailureReason.Stopped(flight.stopped.join()));
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
                : new Recovered.Unknown(
                        "the service went down while it set outputs; they are in their safe states"
                                + " since");
    }

    /** Nothing goes on after a restart. */
    @Override
    public StepEnd attach(StepOrder order) {
        return new StepEnd.Lost("what sets outputs does not outlive the service", StepOutput.NONE);
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
