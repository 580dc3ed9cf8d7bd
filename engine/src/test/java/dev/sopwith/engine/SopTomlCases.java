package dev.sopwith.engine;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.reading.Manifest;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Trigger;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

final class SopTomlCases implements CaseRunner {

    /** Schedules of these cases are judged as on this day. */
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public JsonValue run(CaseInput input) {
        var read = SopReader.readManifest(input.text("toml"), NOW);
        var diagnostics = Json.diagnostics(read.diagnostics());
        return read.value().isPresent()
                ? Json.object("ok", manifest(read.value().get()), "diagnostics", diagnostics)
                : Json.object("broken", true, "diagnostics", diagnostics);
    }

    private static JsonValue manifest(Manifest manifest) {
        return Json.object(
                "name", manifest.name(),
                "description", manifest.description(),
                "version", manifest.version(),
                "priority", word(manifest.priority()),
                "execution_mode", word(manifest.executionMode().orElse(ExecutionMode.SUPERVISED)),
                "cooldown_secs", manifest.cooldown().toSeconds(),
                "max_concurrent", manifest.maxConcurrent(),
                "admission_policy", word(manifest.admissionPolicy()),
                "max_pending_approvals", manifest.maxPendingApprovals(),
                "timeout_secs", manifest.timeout().toSeconds(),
                "max_queue_secs", manifest.maxQueue().toSeconds(),
                "lock", manifest.lock(),
                "agent", manifest.agent(),
                "inputs", manifest.inputs().stream().map(SopTomlCases::input).toList(),
                "triggers", manifest.triggers().stream().map(SopTomlCases::trigger).toList());
    }

    private static JsonValue input(Input input) {
        return Json.object(
                "name", input.name(),
                "type", word(input.type()),
                "choices", input.choices(),
                "pattern", input.pattern().map(Object::toString),
                "required", input.required(),
                "default", input.defaultValue(),
                "secret", input.secret(),
                "description", input.description());
    }

    private static JsonValue trigger(Trigger trigger) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", trigger.type());
        if (!trigger.condition().equals(Condition.ALWAYS)) {
            members.put("condition", trigger.condition().text());
        }
        Map<String, String> inputs = new LinkedHashMap<>();
        trigger.inputs().forEach((name, path) -> inputs.put(name, path.text()));
        members.put("inputs", inputs);
        switch (trigger) {
            case Trigger.Webhook webhook -> {
                members.put("path", webhook.path());
                put(members, "auth", webhook.auth().map(SopTomlCases::word));
                put(members, "secret_env", webhook.secretEnv());
                put(members, "dedupe", webhook.dedupe().map(ValuePath::text));
            }
            case Trigger.Mqtt mqtt -> {
                members.put("topic", mqtt.topic().text());
                put(members, "broker", mqtt.broker());
                members.put("qos", mqtt.qos());
                members.put("retained", mqtt.retained());
                put(members, "dedupe", mqtt.dedupe().map(ValuePath::text));
            }
            case Trigger.Schedule schedule -> {
                members.put("expression", schedule.expression().text());
                put(members, "timezone", schedule.timezone().map(Object::toString));
                members.put("catch_up", word(schedule.catchUp()));
            }
            case Trigger.Peripheral pin -> {
                members.put("board", pin.board());
                members.put("signal", pin.signal());
                members.put("edge", word(pin.edge()));
                members.put("debounce_ms", pin.debounce().toMillis());
            }
            case Trigger.Manual _, Trigger.Foreign _ -> {}
        }
        return Json.of(members);
    }

    private static void put(Map<String, Object> members, String key, Optional<String> value) {
        value.ifPresent(text -> members.put(key, text));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
