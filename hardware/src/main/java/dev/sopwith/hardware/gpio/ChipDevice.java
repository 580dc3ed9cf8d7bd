package dev.sopwith.hardware.gpio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A character device {@code /dev/gpiochipN}, spoken to by version 2 of the kernel's interface
 * (Linux 5.10 and later); numbers and offsets are those of {@code linux/gpio.h} on 64-bit machines.
 *
 * <p>Threading: one thread uses it; what {@link #request} gives is a descriptor of its own, which
 * outlives this one.
 */
final class ChipDevice implements AutoCloseable {
    static final long USED = 1;
    static final long INPUT = 4;
    static final long OUTPUT = 8;
    static final long RISING = 16;
    static final long FALLING = 32;
    static final long PULL_UP = 256;
    static final long PULL_DOWN = 512;

    private static final long GET_CHIP = 0x8044B401L;
    private static final long GET_LINE_INFO = 0xC100B405L;
    private static final long GET_LINE = 0xC250B407L;
    private static final long SET_CONFIG = 0xC110B40DL;
    private static final long GET_VALUES = 0xC010B40EL;
    private static final long SET_VALUES = 0xC010B40FL;

    private static final int CHIP_BYTES = 68;
    private static final int LABEL_AT = 32;
    private static final int LINES_AT = 64;

    private static final int INFO_BYTES = 256;
    private static final int CONSUMER_AT = 32;
    private static final int OFFSET_AT = 64;
    private static final int FLAGS_AT = 72;

    private static final int REQUEST_BYTES = 592;
    private static final int REQUEST_CONSUMER_AT = 256;
    private static final int REQUEST_CONFIG_AT = 288;
    private static final int REQUEST_COUNT_AT = 560;
    private static final int REQUEST_BUFFER_AT = 564;
    private static final int REQUEST_DESCRIPTOR_AT = 588;
    private static final int CONSUMER_MAX = 31;

    private static final int CONFIG_BYTES = 272;
    private static final int ATTRIBUTES_AT = 32;
    private static final int ATTRIBUTE_BYTES = 24;
    private static final int OUTPUT_VALUES = 2;
    private static final int DEBOUNCE = 3;

    private static final int VALUES_BYTES = 16;

    /** The only line of a request: bits count within the request, not on the chip. */
    private static final long FIRST = 1;

    /** Events that the kernel keeps for who does not read them. */
    static final int BUFFER = 256;

    private final String path;
    private final int descriptor;

    private ChipDevice(String path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * @param label such as {@code pinctrl-rp1}: the same whatever number the kernel gave the chip
     */
    record Chip(String path, String label, int lines) {}

    /**
     * @param number on the chip
     * @param name as the board's maker has it; empty where none was given
     * @param user who holds it; empty where nobody does
     */
    record Line(int number, String name, String user) {}

    /**
     * How a line is wanted.
     *
     * @param flags of the kernel's interface
     * @param debounceMicros for how long a new level has to stand; 0 means not at all
     */
    record Wish(long flags, long debounceMicros) {}

    static ChipDevice open(String path) throws Linux.Failure {
        return new ChipDevice(path, Linux.open(path));
    }

    Chip chip() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(CHIP_BYTES, Long.BYTES);
            Linux.ioctl(descriptor, GET_CHIP, it, path);
            return new Chip(path, it.getString(LABEL_AT), it.get(JAVA_INT, LINES_AT));
        }
    }

    Line line(int number) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(INFO_BYTES, Long.BYTES);
            it.set(JAVA_INT, OFFSET_AT, number);
            Linux.ioctl(descriptor, GET_LINE_INFO, it, "%s line %d".formatted(path, number));
            boolean isUsed = (it.get(JAVA_LONG, FLAGS_AT) & USED) != 0;
            var user = it.getString(CONSUMER_AT);
            return new Line(
                    number, it.getString(0), !isUsed ? "" : user.isEmpty() ? "the kernel" : user);
        }
    }

    /**
     * Takes a line for this process alone: a descriptor that means it until it is closed.
     *
     * @param level of an output at once; means nothing for an input
     * @param user as who others are told that it is held
     */
    int request(int number, Wish wish, boolean level, String user) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(REQUEST_BYTES, Long.BYTES);
            it.set(JAVA_INT, 0, number);
            var name = user.getBytes(StandardCharsets.US_ASCII);
            int length = Math.min(name.length, CONSUMER_MAX);
            MemorySegment.copy(name, 0, it, JAVA_BYTE, REQUEST_CONSUMER_AT, length);
            write(it.asSlice(REQUEST_CONFIG_AT, CONFIG_BYTES), wish, level);
            it.set(JAVA_INT, REQUEST_COUNT_AT, 1);
            it.set(JAVA_INT, REQUEST_BUFFER_AT, BUFFER);
            Linux.ioctl(descriptor, GET_LINE, it, "%s line %d".formatted(path, number));
            return it.get(JAVA_INT, REQUEST_DESCRIPTOR_AT);
        }
    }

    /** Has an input that is held be another way from now on; nothing that it heard is lost. */
    static void change(int line, Wish wish) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(CONFIG_BYTES, Long.BYTES);
            write(it, wish, false);
            Linux.ioctl(line, SET_CONFIG, it, "the debouncing of a line");
        }
    }

    private static void write(MemorySegment config, Wish wish, boolean level) {
        config.set(JAVA_LONG, 0, wish.flags());
        int count = 0;
        if ((wish.flags() & OUTPUT) != 0) {
            attribute(config, count++, OUTPUT_VALUES, level ? FIRST : 0);
        }
        if (wish.debounceMicros() > 0) {
            attribute(config, count++, DEBOUNCE, wish.debounceMicros());
        }
        config.set(JAVA_INT, Long.BYTES, count);
    }

    private static void attribute(MemorySegment config, int index, int what, long value) {
        long at = ATTRIBUTES_AT + (long) index * ATTRIBUTE_BYTES;
        config.set(JAVA_INT, at, what);
        // Microseconds have 32 bits and stand first of 8: the same bytes on these machines.
        config.set(JAVA_LONG, at + Long.BYTES, value);
        config.set(JAVA_LONG, at + 2 * Long.BYTES, FIRST);
    }

    /** Whether a line that is held is on. */
    static boolean isOn(int line) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(VALUES_BYTES, Long.BYTES);
            it.set(JAVA_LONG, Long.BYTES, FIRST);
            Linux.ioctl(line, GET_VALUES, it, "the level of a line");
            return (it.get(JAVA_LONG, 0) & FIRST) != 0;
        }
    }

    static void set(int line, boolean isOn) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var it = arena.allocate(VALUES_BYTES, Long.BYTES);
            it.set(JAVA_LONG, 0, isOn ? FIRST : 0);
            it.set(JAVA_LONG, Long.BYTES, FIRST);
            Linux.ioctl(line, SET_VALUES, it, "the level of a line");
        }
    }

    @Override
    public void close() {
        Linux.close(descriptor);
    }
}
