package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.sop.Diagnostic;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes what the product answers as JSON, to be compared with what a case expects. */
final class Json {

    private Json() {}

    static JsonValue object(Object... keysAndValues) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            members.put((String) keysAndValues[i], of(keysAndValues[i + 1]));
        }
        return new JsonValue.Obj(members);
    }

    static JsonValue of(Object value) {
        return switch (value) {
            case JsonValue json -> json;
            case String text -> new JsonValue.Str(text);
            case Boolean bool -> new JsonValue.Bool(bool);
            case Number number -> new JsonValue.Num(number.toString());
            case Optional<?> optional ->
                    optional.isPresent() ? of(optional.get()) : new JsonValue.Null();
            case List<?> list -> new JsonValue.Arr(list.stream().map(Json::of).toList());
            case Map<?, ?> map -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                map.forEach((key, member) -> members.put((String) key, of(member)));
                yield new JsonValue.Obj(members);
            }
            default -> throw new IllegalStateException("no JSON for " + value.getClass());
        };
    }

    /** Diagnostics compare line and severity only, sorted by line, then severity. */
    static List<JsonValue> diagnostics(List<Diagnostic> diagnostics) {
        return diagnostics.stream()
                .sorted(
                        Comparator.comparingInt(Diagnostic::line)
                                .thenComparing(d -> d.severity().word()))
                .map(d -> object("line", d.line(), "severity", d.severity().word()))
                .toList();
    }
}
