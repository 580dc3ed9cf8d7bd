package dev.sopwith.engine.step;

import java.util.Optional;
import java.util.Set;

/**
 * Keeps what comes back from steps that leave nothing on the disk themselves, such as answers to
 * requests: beginning and end, masked, before anybody hears how the step ended.
 *
 * <p>Threading: as the runner it is given.
 */
public final class KeepingRunner implements StepRunner {
    private final StepRunner runner;
    private final StepOutputs outputs;

    public KeepingRunner(StepRunner runner, StepOutputs outputs) {
        this.runner = runner;
        this.outputs = outputs;
    }

    @Override
    public StepEnd run(StepOrder order) throws InterruptedException {
        var end = runner.run(order);
        // Nothing came back: no file says so, because no answer is not an empty one.
        if (!end.output().equals(StepOutput.NONE)) outputs.keep(order.key(), end.output());
        return end;
    }

    @Override
    public Recovered recover(StepOrder order) {
        return runner.recover(order);
    }

    @Override
    public StepEnd attach(StepOrder order) throws InterruptedException {
        return runner.attach(order);
    }

    @Override
    public boolean stop(StepKey key, String why) throws InterruptedException {
        return runner.stop(key, why);
    }

    @Override
    public Set<StepKey> unsettled() {
        return runner.unsettled();
    }

    @Override
    public void hide(StepKey key, Optional<StepOrder> order) {
        runner.hide(key, order);
    }
}
