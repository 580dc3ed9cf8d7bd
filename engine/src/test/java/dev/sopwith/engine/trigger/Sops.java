package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Procedures of which only the triggers matter. */
final class Sops {
    private Sops() {}

    static Sop sop(String name, Trigger... triggers) {
        return new Sop(
                name,
                "",
                "0.1.0",
                Priority.NORMAL,
                ExecutionMode.SUPERVISED,
                Duration.ZERO,
                1,
                AdmissionPolicy.PARALLEL,
                0,
                Duration.ZERO,
                Duration.ofHours(1),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(triggers),
                name,
                "",
                List.of(),
                List.of());
    }

    static Trigger manual() {
        return new Trigger.Manual();
    }

    static Trigger webhook(String path, String condition) {
        return new Trigger.Webhook(
                path,
                condition(condition),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static Trigger mqtt(String filter, String condition) {
        return new Trigger.Mqtt(
                ok(MqttFilter.parse(filter)),
                condition(condition),
                Map.of(),
                Optional.empty(),
                0,
                false,
                Optional.empty());
    }

    static Trigger cron() {
        return new Trigger.Schedule(
                ok(Cron.parse("0 9 * * *")), Optional.empty(), Trigger.CatchUp.NONE);
    }

    static Trigger peripheral(String board, String signal, String condition) {
        return new Trigger.Peripheral(
                board, signal, condition(condition), Map.of(), Trigger.Edge.BOTH, Duration.ZERO);
    }

    private static Condition condition(String text) {
        return ok(Condition.parse(text));
    }

    private static <T> T ok(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Ok(var value) -> value;
            case Parsed.Bad(_, var problem, _) -> throw new AssertionError(problem);
        };
    }
}
