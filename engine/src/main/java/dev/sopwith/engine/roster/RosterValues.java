package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_OUT_OF_RANGE;

import dev.sopwith.engine.expression.Durations;
import dev.sopwith.engine.reading.Findings;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Single values of a roster. What is not there, and what the schema has refused, is read as none:
 * it was said already.
 */
final class RosterValues {
    private final PlacedJson placed;
    private final Findings findings;

    RosterValues(PlacedJson placed, Findings findings) {
        this.placed = placed;
        this.findings = findings;
    }

    static SopPattern sops(JsonNode rule) {
        return new SopPattern(rule.path("sops").asString(""));
    }

    static List<String> texts(JsonNode list) {
        return list.isArray()
                ? list.values().stream()
                        .filter(JsonNode::isString)
                        .map(JsonNode::asString)
                        .distinct()
                        .toList()
                : List.of();
    }

    static Optional<String> text(JsonNode block, String key) {
        var value = block.path(key);
        return value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    static <T extends Enum<T>> Optional<T> word(JsonNode block, String key, Class<T> type) {
        var word = block.path(key).asString("");
        return Stream.of(type.getEnumConstants())
                .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    Optional<Duration> duration(List<String> path, JsonNode block, String key) {
        return duration(PlacedJson.below(path, key), block.path(key));
    }

    Optional<Duration> duration(List<String> path, JsonNode value) {
        if (!value.isString()) return Optional.empty();
        var duration = Durations.parse(value.asString());
        boolean fits = duration.filter(Duration::isPositive).isPresent();
        if (!fits && value.asString().matches("[0-9]{1,9}[smh]")) {
            findings.add(
                    VALUE_OUT_OF_RANGE,
                    placed.at(path),
                    "%s cannot be %s".formatted(RosterSchema.name(path), value.asString()),
                    "write more than nothing and at most ten years");
        }
        return duration.filter(Duration::isPositive);
    }
}
