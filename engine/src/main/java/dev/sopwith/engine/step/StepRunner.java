package dev.sopwith.engine.step;

import java.util.Optional;
import java.util.Set;

/**
 * Does steps of one kind.
 *
 * <p>The caller has stored that the step starts before it calls {@link #run}; from then on a crash
 * leaves the step in doubt, and {@link #recover} says what became of it.
 *
 * <p>Threading: safe from any thread; every method may block for as long as a step lasts, so call
 * from virtual threads. Interrupting a thread that waits ends the waiting, never the step.
 */
public interface StepRunner {

    /**
     * Starts the step and waits for its end. A world that fails is a {@link StepEnd}, no exception.
     * Called again for a step that began, it waits for that one: nothing is started twice.
     *
     * @throws IllegalStateException if this very step is being run by another thread
     */
    StepEnd run(StepOrder order) throws InterruptedException;

    /**
     * After a restart of the service: what became of a step that was to start. The answer {@link
     * Recovered.NeverBegan} bars a late start; it may be asked again.
     */
    Recovered recover(StepOrder order);

    /** Waits for the end of a step that was found {@link Recovered.Running}. */
    StepEnd attach(StepOrder order) throws InterruptedException;

    /**
     * Ends a step, or bars its start, and waits until it is over; {@link #run} and {@link #attach}
     * then return {@link FailureReason.Stopped}. Does nothing where nothing goes on. A step that
     * ends by itself at that very moment may count as stopped.
     *
     * @param why who or what ended it, in words for people
     * @return whether nothing of the step is left; {@code false} if parts of it could not be ended
     */
    boolean stop(StepKey key, String why) throws InterruptedException;

    /**
     * Attempts that began, also under a service before this one, of which something may still live
     * or lie unmasked. {@link #stop} makes sure that nothing lives, {@link #hide} that nothing lies
     * there. Cheap, so that it can be asked before every step.
     */
    default Set<StepKey> unsettled() {
        return Set.of();
    }

    /**
     * Masks what an attempt left unmasked, or removes it: nothing of it lives, and its run has gone
     * on without it. What does not work is tried again when this is called again; until then the
     * attempt is {@link #unsettled}.
     *
     * @param order what knows its secrets; empty when these are gone, and with them all that only
     *     they could have masked
     */
    default void hide(StepKey key, Optional<StepOrder> order) {}
}
