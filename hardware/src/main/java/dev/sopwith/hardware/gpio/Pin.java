package dev.sopwith.hardware.gpio;

import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalInputConfigBuilder;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputConfigBuilder;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;

import dev.sopwith.engine.roster.IngressSettings.Signal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A signal of a board and the line that it is, while the chip is there. A signal is on or off;
 * whether on means high or low is the roster's to say, and no business of anybody above.
 *
 * <p>Threading: {@link #take}, {@link #release} and {@link #debounce} by one thread; the rest from
 * any. Who sets an output {@link #use}s it first.
 */
final class Pin {
    private final String board;
    private final String name;
    private final Signal settings;
    private final ReentrantLock use = new ReentrantLock(true);
    private final AtomicLong missed = new AtomicLong();

    private volatile Optional<DigitalInput> input = Optional.empty();
    private volatile Optional<DigitalOutput> output = Optional.empty();
    private volatile String problem = "";
    private volatile String user = "";
    private Duration debounce = Duration.ZERO; // the taker's alone

    Pin(String board, String name, Signal settings) {
        this.board = board;
        this.name = name;
        this.settings = settings;
    }

    String board() {
        return board;
    }

    String name() {
        return name;
    }

    /** {@return as triggers and steps name it, such as {@code hall/button}} */
    String topic() {
        return board + "/" + name;
    }

    Signal settings() {
        return settings;
    }

    boolean isHeld() {
        return input.isPresent() || output.isPresent();
    }

    /** Why it is not held; empty when it is, or the chip is away. */
    String problem() {
        return isHeld() ? "" : problem;
    }

    void failed(String why) {
        problem = why;
    }

    /** Edges that came and went before they could be read, since the service started. */
    long missed() {
        return missed.get();
    }

    // Holding it

    /**
     * Takes the line.
     *
     * @param edges hears of each, on a thread that must not wait
     * @throws Unusable when it cannot be had
     */
    void take(Context context, int number, Consumer<EdgeEvent> edges) throws Unusable {
        try {
            if (settings.isOutput()) {
                var made = output(context, number);
                output = Optional.of(made);
            } else {
                input = Optional.of(input(context, number, edges));
            }
            problem = "";
        } catch (RuntimeException e) {
            // What went wrong stands in the innermost of Pi4J's exceptions.
            Throwable cause = e;
            while (cause.getCause() != null) cause = cause.getCause();
            throw new Unusable(String.valueOf(cause.getMessage()));
        }
    }

    private DigitalOutput output(Context context, int number) {
        var safe = level(settings.isOnWhenSafe());
        return context.create(
                DigitalOutputConfigBuilder.newInstance(context)
                        .id(topic())
                        .bcm(number)
                        .initial(safe)
                        .shutdown(safe)
                        .build());
    }

    private DigitalInput input(Context context, int number, Consumer<EdgeEvent> edges) {
        var pull =
                switch (settings.pull()) {
                    case UP -> PullResistance.PULL_UP;
                    case DOWN -> PullResistance.PULL_DOWN;
                    case NONE -> PullResistance.OFF;
                };
        debounce = Duration.ZERO;
        DigitalInput made =
                context.create(
                        DigitalInputConfigBuilder.newInstance(context)
                                .id(topic())
                                .bcm(number)
                                .pull(pull)
                                .debounce(0L) // else Pi4J asks for 10 ms
                                .build());
        made.addListener(
                it -> {
                    if (it instanceof EdgeEvent edge) {
                        missed.addAndGet(edge.missed());
                        edges.accept(edge);
                    }
                });
        return made;
    }

    /** Gives up the line; an output that still can be set is left in its safe state by Pi4J. */
    void release() {
        input = Optional.empty();
        output = Optional.empty();
    }

    /** Has new levels stand for this long before they count. */
    void debounce(Duration time) throws Unusable {
        if (time.equals(debounce)) return;
        if (input.orElse(null) instanceof ChipDriver.Debounced it) {
            it.debounce(time);
            debounce = time;
        }
    }

    // Levels

    private DigitalState level(boolean isOn) {
        return DigitalState.getState(isOn != settings.isActiveLow());
    }

    boolean isOn(DigitalState level) {
        return level.isHigh() != settings.isActiveLow();
    }

    /** Whether it is on, now; empty while it is not held. */
    Optional<Boolean> isOn() {
        var in = input;
        var out = output;
        var level =
                in.isPresent()
                        ? in.get().state()
                        : out.map(DigitalOutput::state).orElse(DigitalState.UNKNOWN);
        return level == DigitalState.UNKNOWN ? Optional.empty() : Optional.of(isOn(level));
    }

    /**
     * Sets an output that the caller uses.
     *
     * @throws Unusable when the chip is away
     */
    void set(boolean isOn) throws Unusable {
        var now = output;
        if (now.isEmpty()) throw new Unusable("%s is not there".formatted(topic()));
        try {
            now.get().state(level(isOn));
        } catch (com.pi4j.io.exception.IOException e) {
            throw new Unusable("%s cannot be set: %s".formatted(topic(), e.getMessage()));
        }
    }

    /**
     * Keeps others from setting it until it is {@link #leave left}, by the same thread.
     *
     * @param who in words for others
     * @return whether it was free in time
     */
    boolean use(String who, Duration patience) throws InterruptedException {
        if (!use.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) return false;
        user = who;
        return true;
    }

    /** {@return who uses it; empty when nobody does} */
    String user() {
        return user;
    }

    void leave() {
        user = "";
        use.unlock();
    }
}
