package dev.sopwith.hardware.gpio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Chips that are not there, for trying out and for tests: {@code sim:NAME}. Each has the lines that
 * are asked for. They are kept while the service runs, also when nobody holds them.
 *
 * <p>Threading: safe from any thread; debounced edges come on a thread of its own.
 */
final class SimulatedChips implements ChipDriver {
    /** What the name of a simulated chip begins with. */
    static final String PREFIX = "sim:";

    private final Map<String, SimulatedChip> chips = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("gpio-simulated").factory());

    static boolean isMeant(String chip) {
        return chip.startsWith(PREFIX);
    }

    /** The chip of this name, whether or not somebody has opened it. */
    SimulatedChip chip(String name) {
        return chips.computeIfAbsent(name, it -> new SimulatedChip(it, timer));
    }

    @Override
    public OpenChip open(String name, Runnable lost) throws Unusable {
        var chip = chip(name);
        chip.plug(lost);
        return chip;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
