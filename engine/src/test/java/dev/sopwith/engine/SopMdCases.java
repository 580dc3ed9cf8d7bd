package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Step;

import java.util.Locale;
import java.util.Optional;

final class SopMdCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        var read = SopReader.readProcedure(input.text("md"));
        return Json.object(
                "steps",
                read.value().orElseThrow().steps().stream().map(SopMdCases::step).toList(),
                "diagnostics",
                Json.diagnostics(read.diagnostics()));
    }

    private static JsonValue step(Step step) {
        Optional<JsonValue> block =
                step.block().map(b -> Json.object("fence", b.fence(), "text", b.text()));
        return Json.object(
                "number", step.number(),
                "title", step.title(),
                "body", step.body(),
                "tools", step.tools(),
                "requires_confirmation", step.requiresConfirmation(),
                "kind", step.kind().name().toLowerCase(Locale.ROOT),
                "attributes", step.attributes(),
                "executable", block);
    }
}
