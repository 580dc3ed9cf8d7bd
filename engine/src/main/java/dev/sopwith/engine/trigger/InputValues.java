package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The inputs of one start, checked before anything begins: unknown, missing and malformed ones are
 * all named in one answer (FORMAT §2).
 *
 * @param values by name in text form, defaults filled in; only meaningful without problems
 * @param problems in words; a secret value is never part of one
 */
public record InputValues(Map<String, String> values, List<String> problems) {
    /** The longest value that is taken, in characters. */
    public static final int LENGTH_MAX = 32 * 1024;

    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?");

    public InputValues {
        values = Map.copyOf(values);
        problems = List.copyOf(problems);
    }

    /** Checks what was given against what the SOP takes. */
    public static InputValues of(Sop sop, Map<String, String> given) {
        return of(sop, given, Input::required);
    }

    /** The same before secret ones are asked for: those may be missing. */
    public static InputValues beforeSecrets(Sop sop, Map<String, String> given) {
        return of(sop, given, it -> it.required() && !it.secret());
    }

    private static InputValues of(Sop sop, Map<String, String> given, Predicate<Input> isNeeded) {
        var problems = new ArrayList<String>();
        var values = new LinkedHashMap<String, String>();
        var names = sop.inputs().stream().map(Input::name).toList();
        for (var name : given.keySet().stream().sorted().toList()) {
            if (!names.contains(name)) problems.add(unknown(name, names));
        }
        for (var input : sop.inputs()) {
            var value = Optional.ofNullable(given.get(input.name())).or(input::defaultValue);
            if (value.isEmpty()) {
                if (isNeeded.test(input)) problems.add(input.name() + " is missing" + hint(input));
                continue;
            }
            problem(input, value.get())
                    .ifPresent(problem -> problems.add(input.name() + " " + problem));
            values.put(input.name(), value.get());
        }
        return new InputValues(values, problems);
    }

    private static String unknown(String name, List<String> names) {
        if (names.isEmpty()) return "unknown " + Quoted.of(name) + "; this SOP takes no inputs";
        return "unknown %s; %s".formatted(Quoted.of(name), Words.meant(name, names));
    }

    private static String hint(Input input) {
        return input.choices().isEmpty()
                ? ""
                : " (one of " + String.join(", ", input.choices()) + ")";
    }

    private static Optional<String> problem(Input input, String value) {
        if (value.length() > LENGTH_MAX) {
            return Optional.of("is longer than %,d characters".formatted(LENGTH_MAX));
        }
        if (value.indexOf('\0') >= 0) return Optional.of("holds a NUL character");
        var shown = input.secret() ? "it" : Quoted.of(value);
        return switch (input.type()) {
            case STRING ->
                    input.pattern()
                            .filter(pattern -> !pattern.matches(value))
                            .map(pattern -> "is %s, must match %s".formatted(shown, pattern));
            case CHOICE ->
                    input.choices().contains(value)
                            ? Optional.empty()
                            : Optional.of(
                                    "is %s, must be one of %s"
                                            .formatted(shown, String.join(", ", input.choices())));
            case INTEGER -> must(INTEGER, value, "is %s, must be a whole number".formatted(shown));
            case NUMBER -> must(NUMBER, value, "is %s, must be a number".formatted(shown));
            case BOOLEAN ->
                    value.equals("true") || value.equals("false")
                            ? Optional.empty()
                            : Optional.of("is %s, must be true or false".formatted(shown));
        };
    }

    private static Optional<String> must(Pattern form, String value, String problem) {
        return form.matcher(value).matches() ? Optional.empty() : Optional.of(problem);
    }
}
