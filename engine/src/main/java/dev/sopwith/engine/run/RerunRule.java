package dev.sopwith.engine.run;

import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Finished;
import dev.sopwith.engine.run.RunState.NotStarted;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.sop.Sop;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether a run that has ended can be repeated, and from which step (CHAT §1 {@code rerun}).
 *
 * <p>Only from a step it came to: everything before that was done or rightly passed by, so nobody
 * gets past a gate by repeating a run from behind it.
 */
public final class RerunRule {
    private RerunRule() {}

    /** What there is to say to {@code rerun}. */
    public sealed interface Answer {
        /**
         * A new run may begin.
         *
         * @param progress of the earlier run
         */
        record Ready(RunStart.Rerun rerun, Progress progress) implements Answer {}

        /**
         * It cannot.
         *
         * @param why a sentence for people
         */
        record No(String why) implements Answer {}
    }

    /**
     * The answer for a run.
     *
     * @param sop the snapshot it was started with
     * @param from the step to begin with
     */
    public static Answer of(RunId run, Sop sop, RunState state, int from) {
        return switch (state) {
            case NotStarted _ -> new Answer.No("there is no run " + run);
            case Active _ ->
                    new Answer.No("%s has not ended; cancel it or wait for it".formatted(run));
            case Finished it -> of(run, sop, it.progress(), from);
        };
    }

    private static Answer of(RunId run, Sop sop, Progress progress, int from) {
        var start = progress.start();
        if (start.inputs().keySet().stream().anyMatch(start.secretInputs()::contains)) {
            return new Answer.No(
                    "the secret inputs of %s were erased when it ended; start it anew: run %s"
                            .formatted(run, start.sop()));
        }
        if (from < 1 || from > sop.steps().size()) {
            return new Answer.No("%s has steps 1 to %d".formatted(run, sop.steps().size()));
        }
        var known = new TreeSet<>(progress.visits().keySet());
        known.addAll(progress.results().keySet());
        known.add(1);
        if (!known.contains(from)) {
            var steps = known.stream().map(String::valueOf).collect(Collectors.joining(", "));
            return new Answer.No(
                    "%s never came to step %d; it can be repeated from %s"
                            .formatted(run, from, steps));
        }
        Map<Integer, StepResult> earlier = new HashMap<>(progress.results());
        earlier.keySet().removeIf(step -> step >= from);
        return new Answer.Ready(new RunStart.Rerun(run, from, earlier), progress);
    }
}
