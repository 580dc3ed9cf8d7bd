package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Digest;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.sop.Step;

import java.util.TreeMap;

/**
 * The digest of exactly what a step of a run does now: what people vote on, and what is computed
 * once more before it begins.
 *
 * <p>A shell block is fixed text, and every value that a request is filled with comes from the
 * inputs, the payload or earlier results: with all of them in it, nothing can be filled in
 * otherwise.
 */
final class StepDigest {
    private StepDigest() {}

    static String of(Progress run, Step step) {
        var start = run.start();
        var action = new StringBuilder();
        step.block().ifPresent(it -> part(action, it.fence(), it.text()));
        step.rules().secrets().forEach(name -> part(action, "secret", name));
        new TreeMap<>(run.results())
                .forEach(
                        (number, result) ->
                                new TreeMap<>(result.outputs())
                                        .forEach(
                                                (key, value) ->
                                                        part(action, number + "." + key, value)));
        return Digest.of(
                start.snapshot(),
                step.number(),
                start.inputs(),
                start.payload(),
                action.toString());
    }

    /** Lengths keep two different lists of parts from being the same text. */
    private static void part(StringBuilder action, String name, String value) {
        action.append(name.length()).append(':').append(name);
        action.append(value.length()).append(':').append(value);
    }
}
