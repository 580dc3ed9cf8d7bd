package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.KEY_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_MISSPELT;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_TWICE;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_OUT_OF_RANGE;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.WRONG_TYPE;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Position;

import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One TOML table read against the keys it may have: every key that is unknown, misspelt, written
 * twice or of the wrong type becomes a finding, at its own place. The getters answer empty for what
 * is absent or was found wrong, so reading goes on and finds everything in one pass.
 */
final class TomlKeys {

    private final TomlTable table;
    private final Position header;
    private final String what;
    private final Findings findings;

    /** The key as it is written in the file, by its canonical name. */
    private final Map<String, String> written = new HashMap<>();

    /** Known keys that a misspelt one stands for: they are not reported as missing as well. */
    private final Set<String> meant = new HashSet<>();

    /**
     * @param header where the table begins: findings about something absent stand there
     * @param what how the table is called in messages, such as {@code [sop]}
     * @param known the keys it may have, by their canonical names
     */
    TomlKeys(TomlTable table, Position header, String what, List<String> known, Findings findings) {
        this(table, header, what, known, Map.of(), findings);
    }

    /**
     * @param refused keys that have a message of their own, which is an error
     */
    TomlKeys(
            TomlTable table,
            Position header,
            String what,
            List<String> known,
            Map<String, Refusal> refused,
            Findings findings) {
        this.table = table;
        this.header = header;
        this.what = what;
        this.findings = findings;
        for (String key : table.keySet()) sort(key, known, refused);
    }

    /** Why a key that is known is an error all the same. */
    record Refusal(DiagnosticCode code, String message, String fix) {}

    private void sort(String key, List<String> known, Map<String, Refusal> refused) {
        var name = Words.known(key, known);
        if (name.isPresent()) {
            var first = written.putIfAbsent(name.get(), key);
            if (first != null) {
                var at = positionOf(key);
                findings.add(
                        KEY_TWICE,
                        at,
                        "%s has %s twice: \"%s\" and \"%s\""
                                .formatted(what, name.get(), first, key),
                        "case, - and _ make no difference; keep one of them");
            }
            return;
        }
        var refusal = Words.known(key, refused.keySet());
        if (refusal.isPresent()) {
            refuse(key, refused.get(refusal.get()));
            return;
        }
        var typo = Words.typoOf(key, known);
        if (typo.isPresent()) {
            meant.add(typo.get());
            findings.add(
                    KEY_MISSPELT,
                    positionOf(key),
                    "unknown key %s in %s".formatted(Quoted.of(key), what),
                    "did you mean \"%s\"?".formatted(typo.get()));
            return;
        }
        var refusedTypo = Words.typoOf(key, refused.keySet());
        if (refusedTypo.isPresent()) {
            refuse(key, refused.get(refusedTypo.get()));
            return;
        }
        findings.add(
                KEY_UNKNOWN,
                positionOf(key),
                "%s knows no key %s: it has no effect here".formatted(what, Quoted.of(key)),
                instead(key, known));
    }

    private static String instead(String key, List<String> known) {
        var near = Words.suggestion(key, known);
        if (near.isPresent()) return "did you mean \"%s\"?".formatted(near.get());
        return Words.known(key, AttributeLine.KEYS)
                .map("it belongs to a step: write - %s: VALUE under the step in SOP.md"::formatted)
                .orElse("remove it, or ignore this if another program reads it");
    }

    private void refuse(String key, @Nullable Refusal why) {
        if (why != null) findings.add(why.code(), positionOf(key), why.message(), why.fix());
    }

    private Position positionOf(String key) {
        return position(table.inputPositionOf(List.of(key)), header);
    }

    /** {@return a position of the TOML parser as ours; the other one where it gave none} */
    static Position position(@Nullable TomlPosition at, Position otherwise) {
        return at == null ? otherwise : new Position(at.line(), at.column());
    }

    /** {@return where the key stands, or where its table begins if it is absent} */
    Position at(String key) {
        var name = written.get(key);
        return name == null ? header : positionOf(name);
    }

    boolean has(String key) {
        return written.containsKey(key);
    }

    /** Reports a key that must be there, unless a misspelt one stands for it. */
    void require(String key, String why) {
        if (has(key) || meant.contains(key)) return;
        findings.add(KEY_MISSING, header, "%s lacks \"%s\"".formatted(what, key), why);
    }

    /** {@return whether the key is absent and no misspelt one stands for it} */
    boolean isMissing(String key) {
        return !has(key) && !meant.contains(key);
    }

    /** {@return the value as it was parsed, of whatever type} */
    Optional<Object> value(String key) {
        var name = written.get(key);
        return name == null ? Optional.empty() : Optional.ofNullable(table.get(List.of(name)));
    }

    Optional<String> string(String key) {
        return typed(key, String.class, "a string in quotes");
    }

    /** {@return a string that is not blank} */
    Optional<String> text(String key) {
        var string = string(key);
        if (string.isPresent() && string.get().isBlank()) {
            findings.add(
                    VALUE_EMPTY,
                    at(key),
                    "%s in %s is empty".formatted(key, what),
                    "write a value between the quotes, or remove the key");
            return Optional.empty();
        }
        return string;
    }

    Optional<Boolean> bool(String key) {
        return typed(key, Boolean.class, "true or false, without quotes");
    }

    Optional<TomlTable> table(String key) {
        return typed(key, TomlTable.class, "a table");
    }

    Optional<TomlArray> array(String key, String expected) {
        return typed(key, TomlArray.class, expected);
    }

    Optional<Long> integer(String key, long least, long most) {
        var number = typed(key, Long.class, "a whole number, without quotes");
        if (number.isEmpty() || (number.get() >= least && number.get() <= most)) return number;
        findings.add(
                VALUE_OUT_OF_RANGE,
                at(key),
                "%s is %d".formatted(key, number.get()),
                number.get() < least
                        ? "it must be at least " + least
                        : "it must be at most " + most);
        return Optional.empty();
    }

    /** {@return one of the words of a fixed set; words are compared as they are} */
    <E extends Enum<E>> Optional<E> word(String key, Class<E> words) {
        return string(key).flatMap(word -> word(key, word, words));
    }

    private <E extends Enum<E>> Optional<E> word(String key, String word, Class<E> words) {
        for (E constant : words.getEnumConstants()) {
            if (word(constant).equals(word)) return Optional.of(constant);
        }
        unknownWord(
                key, word, Arrays.stream(words.getEnumConstants()).map(TomlKeys::word).toList());
        return Optional.empty();
    }

    /** Reports a value that is none of the words it may be. */
    void unknownWord(String key, String word, List<String> words) {
        findings.add(
                VALUE_UNKNOWN,
                at(key),
                "%s is %s".formatted(key, Quoted.of(word)),
                "%s; it may be %s"
                        .formatted(
                                Words.suggestion(word, words)
                                        .map(near -> "did you mean \"" + near + "\"?")
                                        .orElse("words are compared as they are written"),
                                String.join(", ", words)));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Reads a string by one of the small parsers; what cannot be read becomes a finding. */
    <T> Optional<T> parsed(String key, DiagnosticCode code, Function<String, Parsed<T>> parser) {
        return string(key).flatMap(text -> parsed(at(key), key, text, code, parser));
    }

    /** The same for a text that stands somewhere below a key. */
    <T> Optional<T> parsed(
            Position at,
            String name,
            String text,
            DiagnosticCode code,
            Function<String, Parsed<T>> parser) {
        return switch (parser.apply(text)) {
            case Parsed.Ok<T> ok -> Optional.of(ok.value());
            case Parsed.Bad<T> bad -> {
                findings.add(
                        code,
                        at,
                        "%s %s: %s (character %d)"
                                .formatted(name, Quoted.of(text), bad.problem(), bad.offset() + 1),
                        bad.fix());
                yield Optional.empty();
            }
        };
    }

    private <T> Optional<T> typed(String key, Class<T> type, String expected) {
        var value = value(key);
        if (value.isEmpty()) return Optional.empty();
        if (type.isInstance(value.get())) return Optional.of(type.cast(value.get()));
        wrongType(key, at(key), value.get(), expected);
        return Optional.empty();
    }

    /** Reports a value of the wrong type. */
    void wrongType(String key, Position at, @Nullable Object value, String expected) {
        findings.add(
                WRONG_TYPE, at, "%s is %s".formatted(key, typeName(value)), "write " + expected);
    }

    static String typeName(@Nullable Object value) {
        return switch (value) {
            case String _ -> "a string";
            case Long _ -> "a whole number";
            case Double _ -> "a number with a fraction";
            case Boolean _ -> "true or false";
            case TomlTable _ -> "a table";
            case TomlArray _ -> "a list";
            case null -> "nothing";
            default -> "a date or time";
        };
    }
}
