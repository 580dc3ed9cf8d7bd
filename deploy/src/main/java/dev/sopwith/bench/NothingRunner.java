package dev.sopwith.bench;

import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepRunner;

import java.util.Map;

/** Ends every step well at once: what is left to measure is the engine. */
final class NothingRunner implements StepRunner {
    @Override
    public StepEnd run(StepOrder order) {
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
