package dev.sopwith.engine.run;

/**
 * One coming of a run to a step. Commands name the visit they answer, so that what was meant for an
 * earlier one changes nothing.
 *
 * @param step number in the SOP, from 1
 * @param visit how often the run has come to this step, from 1
 */
public record StepVisit(int step, int visit) {
    @Override
    public String toString() {
        return visit == 1 ? "step " + step : "step " + step + " (visit " + visit + ")";
    }
}
