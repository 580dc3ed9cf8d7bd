package dev.sopwith.engine;

import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.JsonValue.Arr;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The section "How to compare" of the conformance README, as code. */
final class Expectations {
    /** Objects under these keys have no other keys than expected. */
    private static final Set<String> COMPARED_WHOLE = Set.of("attributes", "tools", "inputs");

    private Expectations() {}

    /** The first place where the actual value is not as expected, if there is one. */
    static Optional<String> difference(JsonValue expected, JsonValue actual) {
        return differenceAt("answer", "", expected, actual);
    }

    private static Optional<String> differenceAt(
            String place, String key, JsonValue expected, JsonValue actual) {
        return switch (expected) {
            case Obj wanted when actual instanceof Obj found -> members(place, key, wanted, found);
            case Arr wanted when actual instanceof Arr found -> items(place, key, wanted, found);
            case Num wanted when actual instanceof Num found -> {
                boolean same = decimal(wanted).compareTo(decimal(found)) == 0;
                yield differsUnless(same, place, expected, actual);
            }
            case Str wanted when actual instanceof Str found ->
                    differsUnless(sameText(wanted, found), place, expected, actual);
            default -> differsUnless(expected.equals(actual), place, expected, actual);
        };
    }

    private static Optional<String> members(String place, String key, Obj expected, Obj actual) {
        boolean tooMany = !expected.members().keySet().containsAll(actual.members().keySet());
        if (COMPARED_WHOLE.contains(key) && tooMany)
            return Optional.of(place + " has other keys than " + expected.members().keySet());
        return expected.members().entrySet().stream()
                .flatMap(member -> member(place, member, actual).stream())
                .findFirst();
    }

    private static Optional<String> member(
            String place, Map.Entry<String, JsonValue> expected, Obj actual) {
        var name = expected.getKey();
        var found = actual.members().get(name);
        return found == null
                ? Optional.of(place + " has no " + name)
                : differenceAt(place + "." + name, name, expected.getValue(), found);
    }

    private static Optional<String> items(String place, String key, Arr expected, Arr actual) {
        var wanted = arranged(key, expected.items());
        var found = arranged(key, actual.items());
        if (wanted.size() != found.size())
            return Optional.of(place + " has " + found.size() + " items and not " + wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            var difference = differenceAt(place + "[" + i + "]", "", wanted.get(i), found.get(i));
            if (difference.isPresent()) return difference;
        }
        return Optional.empty();
    }

    private static List<JsonValue> arranged(String key, List<JsonValue> items) {
        var arranged = new ArrayList<>(items);
        switch (key) {
            case "warnings" -> arranged.sort(Comparator.comparing(JsonValue::toString));
            case "diagnostics" -> {
                arranged.replaceAll(Expectations::lineAndSeverity);
                arranged.sort(
                        Comparator.comparing((JsonValue item) -> decimal(item, "line"))
                                .thenComparing(JsonValue::toString));
            }
            default -> {}
        }
        return arranged;
    }

    private static JsonValue lineAndSeverity(JsonValue diagnostic) {
        return new Obj(
                Map.of(
                        "line", new CaseInput(diagnostic).at("line").value(),
                        "severity", new CaseInput(diagnostic).at("severity").value()));
    }

    private static BigDecimal decimal(JsonValue object, String key) {
        return decimal((Num) new CaseInput(object).at(key).value());
    }

    private static BigDecimal decimal(Num number) {
        return new BigDecimal(number.text());
    }

    private static boolean sameText(Str expected, Str actual) {
        if (expected.equals(actual)) return true;
        var instant = instant(expected);
        return instant.isPresent() && instant.equals(instant(actual));
    }

    private static Optional<Instant> instant(Str text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.text()).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> differsUnless(
            boolean same, String place, JsonValue expected, JsonValue actual) {
        return same
                ? Optional.empty()
                : Optional.of(place + " is " + shown(actual) + " and not " + shown(expected));
    }

    /** The whole value, however long: whoever reads it looks for a difference. */
    static String shown(JsonValue value) {
        return Excerpt.of(value, Integer.MAX_VALUE);
    }
}
