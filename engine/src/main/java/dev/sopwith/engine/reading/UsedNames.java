package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_UNDECLARED;
import static dev.sopwith.engine.sop.DiagnosticCode.SECRET_EXPOSED;
import static dev.sopwith.engine.sop.DiagnosticCode.TARGET_MISSING;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Position;

import java.util.List;
import java.util.Optional;

/** Inputs and steps that one place of a SOP uses and another one declares. */
final class UsedNames {

    private final Manifest manifest;
    private final Procedure procedure;

    UsedNames(Manifest manifest, Procedure procedure) {
        this.manifest = manifest;
        this.procedure = procedure;
    }

    /** Reports an input that SOP.toml does not declare. */
    void input(String name, String where, Position at, Findings findings) {
        if (manifest.input(name).isPresent()) return;
        List<String> names = manifest.inputs().stream().map(Input::name).toList();
        Optional<String> near = Words.suggestion(name, names);
        findings.add(
                INPUT_UNDECLARED,
                at,
                "%s uses the input %s, which is not declared".formatted(where, Quoted.of(name)),
                near.map(n -> "did you mean \"%s\"?".formatted(n))
                        .orElse("declare it in SOP.toml under [[inputs]]"));
    }

    /** The same where everybody can read the value: it must not be a secret either. */
    void shownInput(String name, String where, Position at, Findings findings) {
        input(name, where, at, findings);
        if (!manifest.input(name).map(Input::secret).orElse(false)) return;
        findings.add(
                SECRET_EXPOSED,
                at,
                "%s shows the secret input %s".formatted(where, Quoted.of(name)),
                "leave it out here; a header or a body of a request, or the environment of a shell"
                        + " block, may hold it");
    }

    /** Reports a step that does not exist. */
    void step(String numberOrId, Position at, Findings findings) {
        boolean exists =
                procedure.steps().stream()
                        .anyMatch(
                                s ->
                                        numberOrId.equals(Integer.toString(s.number()))
                                                || s.rules().id().equals(Optional.of(numberOrId)));
        if (exists) return;
        findings.add(
                TARGET_MISSING,
                at,
                "there is no step %s".formatted(numberOrId),
                "the steps are 1 to %d".formatted(procedure.steps().size()));
    }
}
