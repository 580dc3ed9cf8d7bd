package dev.sopwith.engine.step;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What steps have printed and servers have answered, for whoever shows it: masked, whether the step
 * still runs, has ended, or belongs to a run whose secrets are erased.
 *
 * <p>Threading: safe from any thread.
 */
public final class StepOutputs {
    private static final System.Logger LOG = System.getLogger(StepOutputs.class.getName());

    private final Path steps;

    /**
     * @param state directory of the service, the same as that of the runners
     */
    public StepOutputs(Path state) {
        this.steps = StepDirectory.all(state);
    }

    /** What was kept when the attempt ended; empty when it runs, or nothing is left of it. */
    public Optional<StepOutput> kept(StepKey key) {
        var directory = StepDirectory.of(steps, key).path();
        try {
            var stored = StoredOutput.in(directory);
            return stored.isEmpty() ? Optional.empty() : Optional.of(stored.get().excerpts());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what " + key + " printed cannot be read", e);
            return Optional.empty();
        }
    }

    /** What an attempt that did not end, or has only just, has printed so far. */
    public Optional<StepOutput> soFar(StepOrder order) {
        var directory = StepDirectory.of(steps, order.key()).path();
        try {
            var raw = KeptOutput.in(directory);
            var output = raw.excerpts(order.masker());
            // When it ends while we read, the files go, and what was kept is there instead.
            if (!KeptOutput.in(directory).isEmpty()) return Optional.of(output);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what " + order + " printed cannot be read", e);
        }
        return kept(order.key());
    }

    /**
     * Writes all that was kept when the attempt ended, with a line wherever something was dropped.
     *
     * @return false when it runs, or nothing is left of it
     */
    public boolean write(StepKey key, OutputStream target) throws IOException {
        var stored = StoredOutput.in(StepDirectory.of(steps, key).path());
        if (stored.isEmpty()) return false;
        stored.get().copy(target);
        return true;
    }

    /**
     * Writes all that an attempt that did not end has printed so far, secrets masked.
     *
     * @return false when nothing is there
     */
    public boolean writeSoFar(StepOrder order, OutputStream target) throws IOException {
        var raw = KeptOutput.in(StepDirectory.of(steps, order.key()).path());
        if (raw.isEmpty()) return write(order.key(), target);
        raw.write(order.masker(), target);
        return true;
    }

    /**
     * Keeps what is masked already, durably. A failure is logged and costs nothing else: how the
     * step ended counts for more.
     */
    void keep(StepKey key, StepOutput output) {
        try {
            var directory = StepDirectory.of(steps, key);
            directory.makeForOutput();
            StoredOutput.write(
                    directory.path(), output.bytes(), output.dropped(), output::writeExcerpts);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what came back to " + key + " was not kept", e);
        }
    }
}
