package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Parsed;

final class MqttFilterCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        return switch (MqttFilter.parse(input.text("filter"))) {
            case Parsed.Ok(var filter) -> new JsonValue.Bool(filter.matches(input.text("topic")));
            case Parsed.Bad(_, _, _) -> INVALID;
        };
    }
}
