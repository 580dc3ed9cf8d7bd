package dev.sopwith.hardware.gpio;

import com.pi4j.context.Context;
import com.pi4j.exception.InitializeException;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalInputBase;
import com.pi4j.io.gpio.digital.DigitalInputConfig;
import com.pi4j.io.gpio.digital.DigitalInputProvider;
import com.pi4j.io.gpio.digital.DigitalInputProviderBase;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputBase;
import com.pi4j.io.gpio.digital.DigitalOutputConfig;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalOutputProviderBase;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;

import dev.sopwith.engine.expression.Quoted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A chip that is not there: levels that somebody sets, with what a kernel does about them
 * (debouncing, lines that are held, a chip that is unplugged).
 *
 * <p>Threading: safe from any thread.
 */
final class SimulatedChip implements ChipDriver.OpenChip {
    private final String label;
    private final ScheduledExecutorService timer;
    private final Map<String, Integer> numbers = new HashMap<>(); // guarded by this
    private final Map<Integer, Line> lines = new HashMap<>(); // guarded by this
    private Optional<Runnable> lost = Optional.empty(); // guarded by this
    private boolean isThere = true; // guarded by this

    /** What is known of a line, also while nobody holds it; guarded by the chip. */
    private static final class Line {
        private Optional<Boolean> driven = Optional.empty(); // none: its pull decides
        private String user = "";
        private Optional<Input> input = Optional.empty();
        private final List<Boolean> levels = new ArrayList<>();
    }

    SimulatedChip(String label, ScheduledExecutorService timer) {
        this.label = label;
        this.timer = timer;
    }

    @Override
    public String shown() {
        return "simulated";
    }

    @Override
    public boolean isSimulated() {
        return true;
    }

    @Override
    public synchronized int number(String line) {
        return numbers.computeIfAbsent(line, _ -> numbers.size());
    }

    @Override
    public DigitalInputProvider inputs() {
        return new Inputs();
    }

    @Override
    public DigitalOutputProvider outputs() {
        return new Outputs();
    }

    private Line line(int number) {
        return lines.computeIfAbsent(number, _ -> new Line());
    }

    synchronized void plug(Runnable listener) throws Unusable {
        if (!isThere) throw new Unusable("there is no chip %s".formatted(Quoted.of(label)));
        lost = Optional.of(listener);
    }

    // What is outside of the chip

    /** Drives a line to this level, as a button or a sensor would. */
    void drive(String line, boolean isHigh) {
        Optional<Input> input;
        synchronized (this) {
            var it = line(number(line));
            it.driven = Optional.of(isHigh);
            input = it.input;
        }
        input.ifPresent(Input::look);
    }

    /** So many edges come and go before anybody can read them. */
    void lose(String line, int count) {
        Optional<Input> input;
        synchronized (this) {
            input = line(number(line)).input;
        }
        input.ifPresent(it -> it.lose(count));
    }

    /** All levels that an output was set to, in order. */
    synchronized List<Boolean> levels(String line) {
        return List.copyOf(line(number(line)).levels);
    }

    /** Somebody else holds a line, or gives it free when the name is empty. */
    synchronized void hold(String line, String user) {
        line(number(line)).user = user;
    }

    /** Takes the chip away. */
    void unplug() {
        Optional<Runnable> told;
        synchronized (this) {
            isThere = false;
            told = lost;
        }
        told.ifPresent(Runnable::run);
    }

    /** Brings it back. */
    synchronized void plugIn() {
        isThere = true;
    }

    private synchronized void take(int number, String user) throws InitializeException {
        if (!isThere) throw new InitializeException(label + " is gone");
        var it = line(number);
        if (!it.user.isEmpty()) {
            throw new InitializeException(
                    "line %d of %s is held by %s".formatted(number, label, Quoted.of(it.user)));
        }
        it.user = user;
    }

    private synchronized void release(int number) {
        var it = line(number);
        it.user = "";
        it.input = Optional.empty();
    }

    private final class Inputs extends DigitalInputProviderBase {
        Inputs() {
            super("sopwith-simulated-input", "inputs of " + label);
        }

        @Override
        public DigitalInput create(DigitalInputConfig config) {
            var input = new Input(this, config);
            context.registry().add(input);
            return input;
        }
    }

    private final class Outputs extends DigitalOutputProviderBase {
        Outputs() {
            super("sopwith-simulated-output", "outputs of " + label);
        }

        @Override
        public DigitalOutput create(DigitalOutputConfig config) {
            var output = new Output(this, config);
            context.registry().add(output);
            return output;
        }
    }

    /** A new level counts once it has stood for the time of debouncing, as with the kernel. */
    private final class Input extends DigitalInputBase implements ChipDriver.Debounced {
        private Duration debounce; // guarded by this, as is all that follows
        private boolean isHigh;
        private long sequence;
        private long missed;
        private Optional<Future<?>> settling = Optional.empty();
        private boolean isHeld;

        Input(DigitalInputProvider provider, DigitalInputConfig config) {
            super(provider, config);
            debounce = Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(config.debounce()));
        }

        @Override
        public DigitalInput initialize(Context context) throws InitializeException {
            super.initialize(context);
            take(config().bcm(), "sopwith:" + id());
            isHeld = true;
            isHigh = level();
            synchronized (SimulatedChip.this) {
                line(config().bcm()).input = Optional.of(this);
            }
            return this;
        }

        private boolean level() {
            synchronized (SimulatedChip.this) {
                return line(config().bcm())
                        .driven
                        .orElse(config().pull() == PullResistance.PULL_UP);
            }
        }

        @Override
        public synchronized void debounce(Duration time) {
            debounce = time;
        }

        synchronized void look() {
            settling.ifPresent(it -> it.cancel(false));
            if (debounce.isZero()) {
                settle();
            } else {
                settling =
                        Optional.of(
                                timer.schedule(
                                        this::settle, debounce.toNanos(), TimeUnit.NANOSECONDS));
            }
        }

        synchronized void lose(int count) {
            sequence += count;
            missed += count;
        }

        private synchronized void settle() {
            boolean now = level();
            if (now == isHigh || !isHeld) return;
            isHigh = now;
            sequence++;
            dispatch(new EdgeEvent(this, now, System.nanoTime(), sequence, missed));
            missed = 0;
        }

        @Override
        public synchronized DigitalState state() {
            return isHeld ? DigitalState.getState(isHigh) : DigitalState.UNKNOWN;
        }

        @Override
        public DigitalInput shutdownInternal(Context context) {
            synchronized (this) {
                if (isHeld) release(config().bcm());
                isHeld = false;
            }
            super.shutdownInternal(context);
            return this;
        }
    }

    private final class Output extends DigitalOutputBase {
        private boolean isHeld;

        Output(DigitalOutputProvider provider, DigitalOutputConfig config) {
            super(provider, config);
        }

        @Override
        public DigitalOutput initialize(Context context) throws InitializeException {
            take(config().bcm(), "sopwith:" + id());
            isHeld = true;
            return super.initialize(context);
        }

        @Override
        public DigitalOutput state(DigitalState wanted) {
            synchronized (SimulatedChip.this) {
                if (!isThere) throw new com.pi4j.io.exception.IOException(label + " is gone");
                line(config().bcm()).levels.add(wanted == DigitalState.HIGH);
            }
            return super.state(wanted);
        }

        @Override
        public DigitalOutput shutdownInternal(Context context) {
            if (!isHeld) return this;
            isHeld = false;
            boolean isGone;
            synchronized (SimulatedChip.this) {
                isGone = !isThere;
            }
            try {
                if (!isGone) super.shutdownInternal(context);
            } finally {
                release(config().bcm());
            }
            return this;
        }
    }
}
