package dev.sopwith.engine.trigger;

import java.time.Instant;
import java.util.Optional;

/**
 * The port to what starts SOPs without being asked by a person: schedules, web requests, messages,
 * pins. A source makes deliveries of what comes in and hands them to an {@link Intake}; it decides
 * nothing about them.
 *
 * <p>Every source promises (DESIGN §4):
 *
 * <ul>
 *   <li>What came in is acknowledged to whoever sent it only after the intake has returned.
 *   <li>A delivery that may come twice has the same {@link Arrival#key} both times; content alone
 *       is never a key.
 *   <li>Nothing is handed over before {@link #start} or after {@link #close} has returned.
 *   <li>A source that cannot hear says so in {@link #health}, and goes on trying.
 * </ul>
 *
 * <p>Threading: one thread starts and closes it; health from any thread.
 */
public interface TriggerSource extends AutoCloseable {
    /** What it is called where its health is shown, such as {@code schedules}. */
    String name();

    /** Begins to hear; once. */
    void start();

    /** How it is, now. */
    Health health();

    /** Ends it; waits for a delivery that is being handed over. */
    @Override
    void close();

    /**
     * How a source is.
     *
     * @param hears whether what happens now would become a delivery
     * @param lastDelivery when the last one was made, as far as this process knows
     * @param detail in one line: what it listens to, or why it cannot
     */
    record Health(boolean hears, Optional<Instant> lastDelivery, String detail) {}
}
