package dev.sopwith.hardware.gpio;

import com.pi4j.io.gpio.digital.DigitalInputProvider;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;

import java.time.Duration;

/**
 * How chips of one kind are reached.
 *
 * <p>Threading: safe from any thread.
 */
interface ChipDriver extends AutoCloseable {
    /**
     * Opens a chip.
     *
     * @param chip as the roster has it
     * @param lost hears, once or more often and on any thread, that the chip is gone
     * @throws Unusable when it is not there or may not be used
     */
    OpenChip open(String chip, Runnable lost) throws Unusable;

    @Override
    void close();

    /** A chip that is there; its inputs and outputs are made by Pi4J with these providers. */
    interface OpenChip {
        /** {@return where it is, for people} */
        String shown();

        /** Whether nobody is behind it. */
        default boolean isSimulated() {
            return false;
        }

        /**
         * The number of a line on the chip.
         *
         * @param line its name, or its number
         * @throws Unusable when there is no such line
         */
        int number(String line) throws Unusable;

        /** Makes inputs, which are {@link Debounced} and dispatch {@link EdgeEvent}s. */
        DigitalInputProvider inputs();

        DigitalOutputProvider outputs();
    }

    /** An input whose levels have to stand for a while before they count. */
    interface Debounced {
        /**
         * For how long, from now on; zero means not at all.
         *
         * @throws Unusable when the chip is gone
         */
        void debounce(Duration time) throws Unusable;
    }
}
