package dev.sopwith.engine.run;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is started with, and never changes afterwards.
 *
 * @param snapshot digest of the SOP's folder; what runs, whatever is on disk later
 * @param mode the SOP's, raised by the roster's floors
 * @param inputs by name, in text form; of a secret one its keyed hash
 * @param secretInputs names of the inputs that {@code inputs} holds only hashes of
 * @param payload what came with the delivery, as text
 * @param cause the delivery in words, such as {@code cron 2026-11-21T02:00:00Z}
 * @param initiators persons who started it or are behind what started it
 * @param lock the rendered lock, if the SOP has one
 * @param rerun where it goes on from another run, if it does
 */
public record RunStart(
        RunId run,
        String sop,
        String version,
        String snapshot,
        Priority priority,
        ExecutionMode mode,
        Map<String, String> inputs,
        Set<String> secretInputs,
        String payload,
        String cause,
        Set<String> initiators,
        Optional<String> lock,
        Optional<Rerun> rerun) {

    /**
     * The earlier run that this one repeats in part.
     *
     * @param of the earlier run
     * @param from the step to begin with, from 1
     * @param results what the earlier run has from the steps before
     */
    public record Rerun(RunId of, int from, Map<Integer, StepResult> results) {
        public Rerun {
            results = Map.copyOf(results);
        }
    }

    public RunStart {
        inputs = Map.copyOf(inputs);
        secretInputs = Sorted.copyOf(secretInputs);
        initiators = Sorted.copyOf(initiators);
    }
}
