package dev.sopwith.bot.room;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;

/**
 * All that one attempt of a step printed: where to find it, so that who was promised it gets it
 * also after a crash.
 */
public record FullOutput(RunId run, StepVisit step, int attempt) {

    /** What a file of it is called. */
    public String fileName() {
        return "%s-step-%d.txt".formatted(run, step.step());
    }
}
