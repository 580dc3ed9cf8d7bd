package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.run.ApprovalRule;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Step;

final class GateCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        var step =
                new ApprovalRule.Situation(
                        input.constant("execution_mode", ExecutionMode.class),
                        input.textIfAny("step_mode")
                                .map(mode -> CaseInput.constantOf(mode, ExecutionMode.class)),
                        input.constant("priority", Priority.class),
                        input.number("step_position") == 1,
                        input.bool("requires_confirmation"),
                        input.constant("kind", Step.Kind.class));
        return new JsonValue.Bool(ApprovalRule.waits(step));
    }
}
