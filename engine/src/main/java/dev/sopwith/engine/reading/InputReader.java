package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_CHOICES_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_DEFAULT_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_NAME_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_PATTERN_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_TWICE;

import com.google.re2j.PatternSyntaxException;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Position;

import org.tomlj.TomlArray;

import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one {@code [[inputs]]} table (FORMAT §2). */
final class InputReader {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final List<String> KEYS =
            List.of(
                    "name",
                    "type",
                    "choices",
                    "pattern",
                    "required",
                    "default",
                    "secret",
                    "description");

    private final Findings findings;
    private final Map<String, Position> places;

    InputReader(Findings findings, Map<String, Position> places) {
        this.findings = findings;
        this.places = places;
    }

    Optional<Input> read(ManifestReader.TomlKeysOf item, List<Input> before) {
        var keys = new TomlKeys(item.table(), item.header(), "[[inputs]]", KEYS, findings);
        keys.require("name", "give it a name such as \"version\"");
        keys.require("type", "it may be string, integer, number, boolean or choice");
        var name = keys.string("name");
        places.put("inputs." + item.number() + ".default", keys.at("default"));
        name.ifPresent(text -> checkName(keys, text, before));
        var type = keys.word("type", Input.Type.class);
        var choices = choices(keys, type);
        var pattern = pattern(keys, type);
        var required = keys.bool("required").orElse(false);
        var secret = keys.bool("secret").orElse(false);
        var description = keys.string("description").orElse("");
        if (name.isEmpty() || type.isEmpty()) return Optional.empty();
        var given = defaultValue(keys, type.get(), choices, pattern);
        return Optional.of(
                new Input(
                        name.get(),
                        type.get(),
                        choices,
                        pattern,
                        required,
                        given,
                        secret,
                        description));
    }

    private void checkName(TomlKeys keys, String name, List<Input> before) {
        if (!NAME.matcher(name).matches()) {
            findings.add(
                    INPUT_NAME_INVALID,
                    keys.at("name"),
                    "%s cannot be an input's name".formatted(Quoted.of(name)),
                    "begin with a small letter, go on with small letters, digits and _");
        } else if (before.stream().anyMatch(input -> input.name().equals(name))) {
            findings.add(
                    INPUT_TWICE,
                    keys.at("name"),
                    "there is an input %s already".formatted(Quoted.of(name)),
                    "give each input a name of its own");
        }
    }

    private List<String> choices(TomlKeys keys, Optional<Input.Type> type) {
        if (!keys.has("choices")) {
            if (type.equals(Optional.of(Input.Type.CHOICE))) {
                keys.require("choices", "list what it may be: choices = [\"dev\", \"prod\"]");
            }
            return List.of();
        }
        if (type.isPresent() && type.get() != Input.Type.CHOICE) {
            findings.add(
                    INPUT_CHOICES_INVALID,
                    keys.at("choices"),
                    "choices beside type = \"%s\"".formatted(TomlKeys.word(type.get())),
                    "write type = \"choice\"");
            return List.of();
        }
        var array = keys.array("choices", "a list of strings");
        return array.isEmpty() ? List.of() : choices(keys, array.get());
    }

    private List<String> choices(TomlKeys keys, TomlArray array) {
        Set<String> choices = new LinkedHashSet<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof String choice) || choice.isBlank()) {
                badChoices(keys, "a choice must be a string that is not empty");
                return List.of();
            }
            if (!choices.add(choice)) {
                badChoices(keys, Quoted.of(choice) + " is in choices twice");
                return List.of();
            }
        }
        if (choices.isEmpty()) badChoices(keys, "choices is empty: nothing could be chosen");
        return List.copyOf(choices);
    }

    private void badChoices(TomlKeys keys, String problem) {
        findings.add(
                INPUT_CHOICES_INVALID,
                keys.at("choices"),
                problem,
                "list different strings, such as [\"dev\", \"prod\"]");
    }

    private Optional<com.google.re2j.Pattern> pattern(TomlKeys keys, Optional<Input.Type> type) {
        var text = keys.text("pattern");
        if (text.isEmpty()) return Optional.empty();
        if (type.isPresent() && type.get() != Input.Type.STRING) {
            findings.add(
                    INPUT_PATTERN_INVALID,
                    keys.at("pattern"),
                    "pattern beside type = \"%s\"".formatted(TomlKeys.word(type.get())),
                    "a pattern is for type = \"string\"");
            return Optional.empty();
        }
        try {
            return Optional.of(com.google.re2j.Pattern.compile(text.get()));
        } catch (PatternSyntaxException e) {
            findings.add(
                    INPUT_PATTERN_INVALID,
                    keys.at("pattern"),
                    "pattern %s: %s".formatted(Quoted.of(text.get()), e.getDescription()),
                    "patterns are RE2: no look-around and no back-references");
            return Optional.empty();
        }
    }

    private Optional<String> defaultValue(
            TomlKeys keys,
            Input.Type type,
            List<String> choices,
            Optional<com.google.re2j.Pattern> pattern) {
        var value = keys.value("default");
        if (value.isEmpty()) return Optional.empty();
        Optional<String> text =
                switch (type) {
                    case STRING, CHOICE -> as(String.class, value.get());
                    case BOOLEAN -> as(Boolean.class, value.get());
                    case INTEGER -> as(Long.class, value.get());
                    case NUMBER -> number(value.get());
                };
        if (text.isEmpty()) {
            badDefault(keys, TomlKeys.typeName(value.get()), "the type is " + TomlKeys.word(type));
        } else if (type == Input.Type.CHOICE
                && !choices.isEmpty()
                && !choices.contains(text.get())) {
            badDefault(keys, Quoted.of(text.get()), Words.meant(text.get(), choices));
        } else if (pattern.isPresent() && !pattern.get().matches(text.get())) {
            badDefault(
                    keys,
                    Quoted.of(text.get()),
                    "the whole of it must match " + Quoted.of(pattern.get().pattern()));
        }
        return text;
    }

    private void badDefault(TomlKeys keys, String what, String fix) {
        findings.add(INPUT_DEFAULT_INVALID, keys.at("default"), "the default is " + what, fix);
    }

    private static <T> Optional<String> as(Class<T> type, Object value) {
        return type.isInstance(value) ? Optional.of(value.toString()) : Optional.empty();
    }

    private static Optional<String> number(Object value) {
        return switch (value) {
            case Long number -> Optional.of(number.toString());
            case Double number when Double.isFinite(number) ->
                    Optional.of(BigDecimal.valueOf(number).toPlainString());
            default -> Optional.empty();
        };
    }
}
