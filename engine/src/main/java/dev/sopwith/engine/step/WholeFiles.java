package dev.sopwith.engine.step;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work with files that an interrupt must not tear. A service that is stopped interrupts whoever
 * waits for a step; the channel that is read or written just then is closed under its thread. That
 * says nothing about the step: taken for a failure of the disk, it would fail a run, or lose what a
 * step printed.
 */
final class WholeFiles {
    private WholeFiles() {}

    /** Something with files that may be done again from its beginning. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does it, once more if need be; whoever waits next hears of the interrupt. */
    static <T> T with(Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
