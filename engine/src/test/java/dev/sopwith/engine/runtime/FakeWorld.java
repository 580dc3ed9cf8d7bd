package dev.sopwith.engine.runtime;

import dev.sopwith.engine.step.FailureReason;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Steps that go on without the service, as processes do: they are begun once, some only end when
 * told to, and whoever comes later finds them.
 *
 * <p>Threading: safe from any thread.
 */
final class FakeWorld implements StepRunner {
    /** Whether a service that comes back can see what became of what was begun. */
    private final boolean remembers;

    private final Map<StepKey, StepEnd> ends = new HashMap<>(); // guarded by this
    private final List<StepKey> begun = new ArrayList<>(); // guarded by this
    private final Set<Long> held = new HashSet<>(); // guarded by this
    private final Set<String> failing = new HashSet<>(); // guarded by this

    FakeWorld(boolean remembers) {
        this.remembers = remembers;
    }

    /** Steps of this run end only after {@link #release}. */
    synchronized void hold(long run) {
        held.add(run);
    }

    synchronized void release(long run) {
        held.remove(run);
        notifyAll();
    }

    synchronized boolean isHeld(long run) {
        return held.contains(run);
    }

    /** This attempt fails, such as {@code R-1.2.1.1}. */
    synchronized void fail(String key) {
        failing.add(key);
    }

    /** Every begin of a step, in order. */
    synchronized List<StepKey> begun() {
        return List.copyOf(begun);
    }

    /** Whether it was begun and has not ended. */
    synchronized boolean isGoingOn(StepKey key) {
        return begun.contains(key) && !ends.containsKey(key);
    }

    @Override
    public synchronized StepEnd run(StepOrder order) throws InterruptedException {
        if (!begun.contains(order.key())) begun.add(order.key());
        return attach(order);
    }

    @Override
    public synchronized Recovered recover(StepOrder order) {
        if (!begun.contains(order.key())) return new Recovered.NeverBegan();
        if (!remembers) return new Recovered.Unknown("the service went down");
        var end = ends.get(order.key());
        return end == null ? new Recovered.Running() : new Recovered.Ended(end);
    }

    @Override
    public synchronized StepEnd attach(StepOrder order) throws InterruptedException {
        while (held.contains(order.key().run()) && !ends.containsKey(order.key())) wait();
        return ends.computeIfAbsent(
                order.key(),
                key ->
                        failing.contains(key.toString())
                                ? failed(new FailureReason.ExitCode(1))
                                : new StepEnd.Succeeded(Map.of(), "done", StepOutput.NONE));
    }

    /** As of processes: what was not begun yet is not stopped either. */
    @Override
    public synchronized boolean stop(StepKey key, String why) {
        if (begun.contains(key)) ends.putIfAbsent(key, failed(new FailureReason.Stopped(why)));
        notifyAll();
        return true;
    }

    private static StepEnd failed(FailureReason why) {
        return new StepEnd.Failed(why, StepOutput.NONE);
    }
}
