package dev.sopwith.bench;

import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Ends every step well, without doing anything: what is left to measure is the engine. */
final class NothingRunner implements StepRunner {
    private final Duration time;

    /** Ends them at once. */
    NothingRunner() {
        this(Duration.ZERO);
    }

    /** Ends them after this time. */
    NothingRunner(Duration time) {
        this.time = time;
    }

    @Override
    public StepEnd run(StepOrder order) {
        if (time.isPositive()) LockSupport.parkNanos(time.toNanos());
        return new StepEnd.Succeeded(Map.of(), "nothing to do", StepOutput.NONE);
    }

    @Override
    public Recovered recover(StepOrder order) {
        return new Recovered.NeverBegan();
    }

    @Override
    public StepEnd attach(StepOrder order) {
        return run(order);
    }

    @Override
    public boolean stop(StepKey key, String why) {
        return true;
    }
}
