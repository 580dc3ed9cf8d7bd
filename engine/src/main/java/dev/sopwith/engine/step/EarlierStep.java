package dev.sopwith.engine.step;

import java.util.Map;
import java.util.Optional;

/**
 * What a step before handed on.
 *
 * @param number of the step, from 1
 * @param id its name, where the author gave one
 * @param values by key, {@code [a-z][a-z0-9_]{0,63}}
 */
public record EarlierStep(int number, Optional<String> id, Map<String, String> values) {
    public EarlierStep {
        values = Map.copyOf(values);
    }

    /** Whether {@code name} in {@code ${steps.name.key}} means this step. */
    boolean isCalled(String name) {
        return name.equals(Integer.toString(number)) || id.filter(name::equals).isPresent();
    }
}
