package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Digest;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.sop.Step;

import java.util.Map;
import java.util.TreeMap;

/**
 * The digest of exactly what a step of a run does now: what people vote on, and what is computed
 * once more before it begins.
 *
 * <p>A shell block is fixed text, and every value that a request is filled with comes from the
 * inputs, the payload or what other steps handed on: with all of them in it, nothing can be filled
 * in otherwise. What the step itself handed on in a former visit is in neither the request nor the
 * digest: a failed attempt erases it, and a retry is still what was approved.
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
                                new TreeMap<>(number == step.number() ? Map.of() : result.outputs())
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
