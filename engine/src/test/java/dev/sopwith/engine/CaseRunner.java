package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;

import java.util.Map;

/** Asks the product about the input of one kind of case, through its public code only. */
interface CaseRunner {
    /** The answer where the product reports an error for the text that was given. */
    JsonValue INVALID = new JsonValue.Obj(Map.of("invalid", new JsonValue.Bool(true)));

    JsonValue run(CaseInput input);
}
