package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Takes the times of a figure and its yardstick in turns, so that whatever else the machine does
 * meets both.
 *
 * <p>Threading: one thread.
 */
final class Meter {
    /** Results go here: the compiler must not find out that nobody reads them. */
    @SuppressWarnings("UnusedVariable")
    private static volatile Object sink = "";

    /** What takes less is warmed up longer. */
    static final long SHORT_NANOS = 1_000_000;

    private final Effort effort;
    private final Progress progress;
    private final FreshJvm freshJvm = FreshJvm.likeThisOne();
    private final List<Measurement> measurements = new ArrayList<>();

    Meter(Effort effort, Progress progress) {
        this.effort = effort;
        this.progress = progress;
    }

    /** What was measured so far, in order. */
    List<Measurement> measurements() {
        return List.copyOf(measurements);
    }

    /** Says what is done between measurements, because it takes its time. */
    void say(String what) {
        progress.say(what);
    }

    /** Measures in this process, compiled and repeated. */
    void warm(String name, Duration target, Work figure, String yardstick, Work yardstickWork)
            throws IOException {
        progress.say(name);
        int repeats = warmUp(figure);
        int yardstickRepeats = warmUp(yardstickWork);
        var times = new ArrayList<Long>();
        var yardstickTimes = new ArrayList<Long>();
        for (int i = 0; i < effort.samples(); i++) {
            times.add(time(figure, repeats));
            yardstickTimes.add(time(yardstickWork, yardstickRepeats));
        }
        add(name, target, times, yardstick, yardstickTimes);
    }

    /** Measures the first time in a process, once in each of several fresh ones. */
    void cold(
            String name,
            Duration target,
            Task figure,
            Path input,
            String yardstick,
            Task yardstickTask,
            Path yardstickInput)
            throws IOException {
        progress.say(name);
        var times = new ArrayList<Long>();
        var yardstickTimes = new ArrayList<Long>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            times.add(freshJvm.time(figure, input));
            yardstickTimes.add(freshJvm.time(yardstickTask, yardstickInput));
        }
        add(name, target, times, yardstick, yardstickTimes);
    }

    /** Keeps amounts of memory, in turns with those of the yardstick. */
    void addBytes(
            String name,
            long target,
            List<Long> bytes,
            String yardstick,
            List<Long> yardstickBytes) {
        measurements.add(
                new Measurement(
                        name,
                        Measurement.Unit.BYTES,
                        target,
                        Spread.of(bytes),
                        yardstick,
                        Spread.of(yardstickBytes)));
    }

    /** Keeps how often something happened, beside how often something else did. */
    void addCounts(
            String name,
            long target,
            List<Long> counts,
            String yardstick,
            List<Long> yardstickCounts) {
        measurements.add(
                new Measurement(
                        name,
                        Measurement.Unit.TIMES,
                        target,
                        Spread.of(counts),
                        yardstick,
                        Spread.of(yardstickCounts)));
    }

    /** Keeps the median and, as a figure of its own, what 99 of 100 times do not exceed. */
    void addWithSlowest(
            String name,
            Duration target,
            List<Long> times,
            String yardstick,
            List<Long> yardstickTimes) {
        add(name + ", median", target, times, yardstick, yardstickTimes);
        var sorted = times.stream().sorted().toList();
        long slow = sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
        add(name + ", 99 of 100", target, List.of(slow), yardstick, yardstickTimes);
    }

    /** Keeps times that somebody else took, in turns with those of the yardstick. */
    void add(
            String name,
            Duration target,
            List<Long> times,
            String yardstick,
            List<Long> yardstickTimes) {
        measurements.add(
                new Measurement(
                        name, target, Spread.of(times), yardstick, Spread.of(yardstickTimes)));
    }

    /** {@return how often it is to be repeated to fill one sample} */
    private int warmUp(Work work) throws IOException {
        long start = System.nanoTime();
        long last;
        Duration enough;
        do {
            last = time(work, 1);
            enough = last < SHORT_NANOS ? effort.shortWarmUp() : effort.warmUp();
        } while (System.nanoTime() - start < enough.toNanos());
        if (work.before().isPresent()) return 1;
        return Math.clamp(effort.batch().toNanos() / Math.max(1, last), 1, 1_000_000);
    }

    /** {@return nanoseconds of one of so many repeats} */
    private static long time(Work work, int repeats) throws IOException {
        if (work.before().isPresent()) work.before().get().run();
        long start = System.nanoTime();
        for (int i = 0; i < repeats; i++) sink = work.body().run();
        return (System.nanoTime() - start) / repeats;
    }

    /** Milliseconds as a target. */
    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Microseconds as a target. */
    static Duration micros(long micros) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }
}
