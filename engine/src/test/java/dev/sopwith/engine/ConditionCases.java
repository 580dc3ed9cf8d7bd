package dev.sopwith.engine;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;

final class ConditionCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        var payload = input.textIfAny("payload").map(Payload::of).orElse(Payload.NONE);
        return switch (Condition.parse(input.text("condition"))) {
            case Parsed.Ok(var condition) ->
                    new JsonValue.Bool(condition.evaluate(payload).matches());
            case Parsed.Bad(_, _, _) -> INVALID;
        };
    }
}
