package dev.sopwith.engine.runtime;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The clocks of Linux. Elsewhere, and where a sandbox forbids to ask, it answers that it does not
 * know.
 *
 * <p>{@code /proc/uptime} counts on while the machine sleeps, {@link System#nanoTime} does not.
 * {@code adjtimex} that changes nothing needs no right, and answers whether the clock is
 * synchronised: whoever sets the clock by hand takes that mark away, a time server's daemon gives
 * it back. {@code ProtectClock=} of systemd forbids the call.
 */
public final class LinuxClocks implements Clocks {
    private static final Path UPTIME = Path.of("/proc/uptime");

    /** More than {@code struct timex} has anywhere; all zero, it asks and sets nothing. */
    private static final long TIMEX_BYTES = 512;

    /** What {@code adjtimex} answers when the clock is not synchronised. */
    private static final int TIME_ERROR = 5;

    private static final Optional<MethodHandle> ADJTIMEX = adjtimex();

    private final InstantSource wall;

    /** The machine's clocks, the one on the wall as it is handed in. */
    public LinuxClocks(InstantSource wall) {
        this.wall = wall;
    }

    @Override
    public Instant wall() {
        return wall.instant();
    }

    @Override
    public Duration running() {
        return Duration.ofNanos(System.nanoTime());
    }

    @Override
    public Optional<Duration> runningOrAsleep() {
        try {
            var text = Files.readString(UPTIME);
            var seconds = new BigDecimal(text.substring(0, text.indexOf(' ')));
            return Optional.of(Duration.ofMillis(seconds.movePointRight(3).longValue()));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException _) {
            return Optional.empty(); // no /proc here, or another one
        }
    }

    @Override
    public Synchronised synchronised() {
        if (ADJTIMEX.isEmpty()) return Synchronised.UNKNOWN;
        int state = state(ADJTIMEX.get());
        if (state < 0) return Synchronised.UNKNOWN;
        return state == TIME_ERROR ? Synchronised.NO : Synchronised.YES;
    }

    private static int state(MethodHandle adjtimex) {
        try (var arena = Arena.ofConfined()) {
            return (int) adjtimex.invokeExact(arena.allocate(TIMEX_BYTES, Long.BYTES));
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the C library that throws", e);
        }
    }

    @SuppressWarnings("restricted") // the one call into the C library
    private static Optional<MethodHandle> adjtimex() {
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("adjtimex")
                .map(
                        it ->
                                linker.downcallHandle(
                                        it,
                                        FunctionDescriptor.of(
                                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS)));
    }
}
