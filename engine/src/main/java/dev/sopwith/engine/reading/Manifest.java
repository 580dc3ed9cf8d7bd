package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What SOP.toml says, checked on its own: the part of a {@link Sop} that does not depend on SOP.md.
 *
 * @param executionMode none means the roster's default
 * @param places where things stand, for findings that only show when both files are known: {@code
 *     lock}, {@code inputs.version}, {@code triggers.2}, {@code triggers.2.inputs.version}
 */
public record Manifest(
        String name,
        String description,
        String version,
        Priority priority,
        Optional<ExecutionMode> executionMode,
        Duration cooldown,
        int maxConcurrent,
        AdmissionPolicy admissionPolicy,
        int maxPendingApprovals,
        Duration timeout,
        Duration maxQueue,
        Optional<String> lock,
        Optional<String> agent,
        List<Input> inputs,
        List<Trigger> triggers,
        Places places) {

    /** {@return the declared input of this name, if there is one} */
    Optional<Input> input(String wanted) {
        return inputs.stream().filter(input -> input.name().equals(wanted)).findFirst();
    }
}
