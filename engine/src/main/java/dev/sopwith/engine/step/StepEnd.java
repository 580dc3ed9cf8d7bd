package dev.sopwith.engine.step;

import java.util.Map;

/** How a step ended. Secrets are masked in everything it holds. */
public sealed interface StepEnd {

    StepOutput output();

    /**
     * It did what it should.
     *
     * @param outputs what it hands on to later steps, by key
     * @param how in a few words, such as {@code exit code 0} or {@code HTTP 204}
     */
    record Succeeded(Map<String, String> outputs, String how, StepOutput output)
            implements StepEnd {
        public Succeeded {
            outputs = Map.copyOf(outputs);
        }
    }

    /** It did not; the author's {@code on_failure} decides what follows. */
    record Failed(FailureReason reason, StepOutput output) implements StepEnd {}

    /**
     * It began, and nobody can say how it ended: a person decides. No failure, because a failure
     * may be tried again, and this step may have done its work.
     */
    record Lost(String why, StepOutput output) implements StepEnd {}
}
