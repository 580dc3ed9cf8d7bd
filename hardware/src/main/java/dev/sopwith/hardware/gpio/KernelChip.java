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

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A chip that the kernel drives, as Pi4J's providers of inputs and outputs. Each holds its line for
 * this process alone, from when it is made until it is shut down or the process ends, however it
 * ends: then the kernel takes the line back, and what level it has depends on the chip.
 *
 * <p>Threading: as Pi4J's; edges come on the thread of {@link LinePoll}.
 */
final class KernelChip implements ChipDriver.OpenChip {
    private static final int NAMES_MAX = 20;

    private final ChipDevice.Chip chip;
    private final LinePoll poll;
    private final Runnable lost;

    KernelChip(ChipDevice.Chip chip, LinePoll poll, Runnable lost) {
        this.chip = chip;
        this.poll = poll;
        this.lost = lost;
    }

    @Override
    public String shown() {
        return chip.path();
    }

    @Override
    public int number(String line) throws Unusable {
        try {
            return number(chip, line);
        } catch (IOException e) {
            throw new Unusable(KernelChips.why(Path.of(chip.path()), e));
        }
    }

    static int number(ChipDevice.Chip chip, String line) throws IOException, Unusable {
        var lines = KernelChips.lines(chip);
        var named = lines.stream().filter(it -> it.name().equals(line)).toList();
        if (named.size() == 1) return named.getFirst().number();
        if (named.size() > 1) {
            var numbers = named.stream().map(it -> "" + it.number()).toList();
            throw new Unusable(
                    "%d lines of %s are called %s; write the number, one of %s"
                            .formatted(
                                    named.size(),
                                    chip.path(),
                                    Quoted.of(line),
                                    String.join(", ", numbers)));
        }
        if (line.matches("[0-9]{1,6}")) {
            int number = Integer.parseInt(line);
            if (number < chip.lines()) return number;
            throw new Unusable(
                    "%s has no line %d: they are 0 to %d"
                            .formatted(chip.path(), number, chip.lines() - 1));
        }
        throw new Unusable(
                "%s has no line %s; %s"
                        .formatted(chip.path(), Quoted.of(line), meant(line, lines)));
    }

    private static String meant(String line, List<ChipDevice.Line> lines) {
        var names = lines.stream().map(ChipDevice.Line::name).filter(it -> !it.isEmpty()).toList();
        if (names.isEmpty()) return "its lines have no names, so write a number";
        var some = new ArrayList<>(names.subList(0, Math.min(NAMES_MAX, names.size())));
        if (names.size() > NAMES_MAX) some.add("…");
        return Words.suggestion(line, names)
                .map(near -> "did you mean \"%s\"?".formatted(near))
                .orElseGet(() -> "known: " + String.join(", ", some));
    }

    @Override
    public DigitalInputProvider inputs() {
        return new Inputs();
    }

    @Override
    public DigitalOutputProvider outputs() {
        return new Outputs();
    }

    /** Takes a line, or says who has it. */
    private int take(int number, ChipDevice.Wish wish, boolean level, String id)
            throws InitializeException {
        try (var device = ChipDevice.open(chip.path())) {
            var user = device.line(number).user();
            if (!user.isEmpty()) throw new InitializeException(held(number, user));
            try {
                return device.request(number, wish, level, "sopwith:" + id);
            } catch (Linux.Failure e) {
                if (e.number() != Linux.EBUSY) throw e;
                throw new InitializeException(held(number, device.line(number).user()));
            }
        } catch (IOException e) {
            throw new InitializeException(KernelChips.why(Path.of(chip.path()), e));
        }
    }

    private String held(int number, String user) {
        return "%s line %d is held by %s".formatted(chip.path(), number, Quoted.of(user));
    }

    private final class Inputs extends DigitalInputProviderBase {
        Inputs() {
            super("sopwith-kernel-input", "inputs of " + chip.path());
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
            super("sopwith-kernel-output", "outputs of " + chip.path());
        }

        @Override
        public DigitalOutput create(DigitalOutputConfig config) {
            var output = new Output(this, config);
            context.registry().add(output);
            return output;
        }
    }

    private final class Input extends DigitalInputBase
            implements ChipDriver.Debounced, LinePoll.Listener {
        private static final int NONE = -1;

        private volatile int line = NONE;

        Input(DigitalInputProvider provider, DigitalInputConfig config) {
            super(provider, config);
        }

        private ChipDevice.Wish wish(long debounceMicros) {
            long pull =
                    switch (config().pull()) {
                        case PULL_UP -> ChipDevice.PULL_UP;
                        case PULL_DOWN -> ChipDevice.PULL_DOWN;
                        case OFF -> 0; // as the board's maker left it
                    };
            return new ChipDevice.Wish(
                    ChipDevice.INPUT | ChipDevice.RISING | ChipDevice.FALLING | pull,
                    debounceMicros);
        }

        @Override
        public DigitalInput initialize(Context context) throws InitializeException {
            super.initialize(context);
            line = take(config().bcm(), wish(config().debounce()), false, id());
            poll.add(line, true, this);
            return this;
        }

        @Override
        public void debounce(Duration time) throws Unusable {
            try {
                ChipDevice.change(line, wish(time.toNanos() / 1000));
            } catch (IOException e) {
                throw new Unusable(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void edge(boolean isHigh, long nanos, long sequence, long missed) {
            dispatch(new EdgeEvent(this, isHigh, nanos, sequence, missed));
        }

        @Override
        public void lost() {
            lost.run();
        }

        @Override
        public DigitalState state() {
            try {
                return DigitalState.getState(ChipDevice.isOn(line));
            } catch (IOException _) {
                return DigitalState.UNKNOWN; // that the chip is gone is told by others
            }
        }

        @Override
        public DigitalInput shutdownInternal(Context context) {
            int held = line;
            line = NONE;
            try {
                super.shutdownInternal(context);
            } finally {
                if (held != NONE) {
                    poll.remove(held);
                    Linux.close(held);
                }
            }
            return this;
        }
    }

    private final class Output extends DigitalOutputBase implements LinePoll.Listener {
        private static final int NONE = -1;

        private volatile int line = NONE;
        private volatile boolean isLost;

        Output(DigitalOutputProvider provider, DigitalOutputConfig config) {
            super(provider, config);
        }

        @Override
        public DigitalOutput initialize(Context context) throws InitializeException {
            boolean isHigh = config().initialState() == DigitalState.HIGH;
            var wish = new ChipDevice.Wish(ChipDevice.OUTPUT, 0);
            line = take(config().bcm(), wish, isHigh, id());
            poll.add(line, false, this);
            return super.initialize(context);
        }

        @Override
        public void edge(boolean isHigh, long nanos, long sequence, long missed) {
            throw new IllegalStateException(id() + " is an output and asks for no edges");
        }

        @Override
        public void lost() {
            isLost = true;
            lost.run();
        }

        @Override
        public DigitalOutput state(DigitalState wanted) {
            try {
                ChipDevice.set(line, wanted == DigitalState.HIGH);
            } catch (IOException e) {
                throw new com.pi4j.io.exception.IOException(e.getMessage());
            }
            return super.state(wanted);
        }

        @Override
        public DigitalOutput shutdownInternal(Context context) {
            int held = line;
            if (held == NONE) return this;
            try {
                // It sets the line as it is left, which a chip that is gone cannot be.
                if (!isLost) super.shutdownInternal(context);
            } finally {
                line = NONE;
                poll.remove(held);
                Linux.close(held);
            }
            return this;
        }
    }
}
