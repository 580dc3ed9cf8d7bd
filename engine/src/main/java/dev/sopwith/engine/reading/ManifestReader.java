package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.DESCRIPTION_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.MODE_CONFLICT;
import static dev.sopwith.engine.sop.DiagnosticCode.NAME_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.NAME_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.NO_TRIGGERS;
import static dev.sopwith.engine.sop.DiagnosticCode.SOP_TABLE_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.STEPS_IN_TOML;
import static dev.sopwith.engine.sop.DiagnosticCode.TOO_MANY;

import dev.sopwith.engine.expression.Durations;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Trigger;

import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * Reads SOP.toml (FORMAT §2): all of its problems in one pass, each at its key, or at the header of
 * the table that lacks something.
 *
 * <p>Threading: one instance reads one file.
 */
final class ManifestReader {

    static final int TRIGGERS_MAX = 200;
    static final int INPUTS_MAX = 64;

    /** Far more than 200 triggers and 64 inputs need; the parser is slow on lines of rubbish. */
    static final int LINES_MAX = 5_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final List<String> TABLES = List.of("sop", "inputs", "triggers", "positions");
    private static final List<String> SOP_KEYS =
            List.of(
                    "name",
                    "description",
                    "version",
                    "priority",
                    "execution_mode",
                    "deterministic",
                    "cooldown_secs",
                    "max_concurrent",
                    "admission_policy",
                    "max_pending_approvals",
                    "timeout_secs",
                    "max_queue_secs",
                    "lock",
                    "agent");
    private static final int DEFAULT_MAX_QUEUE_SECS = 3600;

    private final Findings findings;
    private final Instant now;
    private final Map<String, Position> places = new HashMap<>();

    ManifestReader(Findings findings, Instant now) {
        this.findings = findings;
        this.now = now;
    }

    /** {@return what the file says; empty when any finding is an error} */
    Optional<Manifest> read(SourceText source) {
        if (source.lineCount() > LINES_MAX) {
            findings.add(
                    TOO_MANY,
                    new Position(LINES_MAX + 1, 1),
                    "SOP.toml has %,d lines".formatted(source.lineCount()),
                    "at most %,d are read; split the SOP".formatted(LINES_MAX));
            return Optional.empty();
        }
        var text = new TomlText(source.text());
        if (text.excess().isPresent()) {
            var excess = text.excess().get();
            findings.add(
                    TOO_MANY,
                    source.positionOf(excess.offset()),
                    excess.problem(),
                    "no manifest needs so many; the file was not read");
            return Optional.empty();
        }
        TomlParseResult toml = Toml.parse(text.withoutComments());
        if (toml.hasErrors()) {
            toml.errors().forEach(error -> TomlErrors.report(error, source, findings));
            return Optional.empty();
        }
        var root = root(toml);
        var inputs = tables(root, "inputs", INPUTS_MAX, this::input);
        var triggers = tables(root, "triggers", TRIGGERS_MAX, this::trigger);
        var sop = root.table("sop");
        if (sop.isEmpty()) {
            if (root.isMissing("sop")) {
                findings.add(
                        SOP_TABLE_MISSING,
                        Position.START,
                        "SOP.toml has no [sop] table",
                        "begin the file with [sop] and a name");
            }
            return Optional.empty();
        }
        var manifest = manifest(sop.get(), root.at("sop"), inputs, triggers);
        if (root.isMissing("triggers") || isEmptyList(root.value("triggers"))) {
            findings.add(
                    NO_TRIGGERS,
                    root.at("sop"),
                    "SOP has no triggers defined",
                    "nobody can start it; add [[triggers]] with type = \"manual\"");
        }
        return findings.hasErrors() ? Optional.empty() : Optional.of(manifest);
    }

    private static boolean isEmptyList(Optional<Object> value) {
        return value.isPresent() && value.get() instanceof TomlArray array && array.isEmpty();
    }

    private TomlKeys root(TomlParseResult toml) {
        var steps =
                new TomlKeys.Refusal(
                        STEPS_IN_TOML,
                        "steps in SOP.toml are not read",
                        "write them in SOP.md under ## Steps, where their gates are read");
        return new TomlKeys(
                toml, Position.START, "SOP.toml", TABLES, Map.of("steps", steps), findings);
    }

    private Manifest manifest(
            TomlTable table, Position header, List<Input> inputs, List<Trigger> triggers) {
        var sop = new TomlKeys(table, header, "[sop]", SOP_KEYS, findings);
        places.put("sop", header);
        places.put("name", sop.at("name"));
        places.put("lock", sop.at("lock"));
        places.put("timeout_secs", sop.at("timeout_secs"));
        var lock = sop.text("lock");
        lock.ifPresent(text -> new LockText(text).check(sop.at("lock"), inputs, findings));
        return new Manifest(
                name(sop),
                description(sop),
                sop.string("version").orElse("0.1.0"),
                sop.word("priority", Priority.class).orElse(Priority.NORMAL),
                executionMode(sop),
                seconds(sop, "cooldown_secs", 0, 0),
                number(sop, "max_concurrent", 1, 1),
                sop.word("admission_policy", AdmissionPolicy.class)
                        .orElse(AdmissionPolicy.PARALLEL),
                number(sop, "max_pending_approvals", 0, 0),
                seconds(sop, "timeout_secs", 0, 0),
                seconds(sop, "max_queue_secs", 1, DEFAULT_MAX_QUEUE_SECS),
                lock,
                sop.text("agent"),
                inputs,
                triggers,
                new Places(places));
    }

    private String name(TomlKeys sop) {
        var name = sop.string("name");
        boolean absent = name.isEmpty() && sop.isMissing("name");
        if (absent || (name.isPresent() && name.get().isBlank())) {
            findings.add(
                    NAME_EMPTY,
                    sop.at("name"),
                    "SOP name is empty",
                    "write name = \"deploy-prod\"");
        } else if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            findings.add(
                    NAME_INVALID,
                    sop.at("name"),
                    "%s cannot be a SOP's name".formatted(Quoted.of(name.get())),
                    "use 1 to 64 of the letters A-Z a-z, digits, dot, _ and -,"
                            + " beginning with a letter or digit");
        }
        return name.orElse("");
    }

    private String description(TomlKeys sop) {
        var description = sop.string("description");
        boolean absent = description.isEmpty() && sop.isMissing("description");
        if (absent || (description.isPresent() && description.get().isBlank())) {
            findings.add(
                    DESCRIPTION_EMPTY,
                    sop.at("description"),
                    "SOP description is empty",
                    "say in one line what it is for: lists and prompts show it");
        }
        return description.orElse("");
    }

    private Optional<ExecutionMode> executionMode(TomlKeys sop) {
        var mode = sop.word("execution_mode", ExecutionMode.class);
        boolean deterministic = sop.bool("deterministic").orElse(false);
        if (!deterministic) return mode;
        if (sop.has("execution_mode") && !mode.equals(Optional.of(ExecutionMode.DETERMINISTIC))) {
            findings.add(
                    MODE_CONFLICT,
                    sop.at("deterministic"),
                    "deterministic = true beside execution_mode = "
                            + sop.value("execution_mode").map(ManifestReader::shown).orElse(""),
                    "keep the one that is meant, and remove the other");
        }
        return Optional.of(ExecutionMode.DETERMINISTIC);
    }

    private static String shown(Object value) {
        return value instanceof String text ? Quoted.of(text) : TomlKeys.typeName(value);
    }

    private static Duration seconds(TomlKeys sop, String key, long least, long absent) {
        return Duration.ofSeconds(sop.integer(key, least, Durations.SECONDS_MAX).orElse(absent));
    }

    private static int number(TomlKeys sop, String key, int least, int absent) {
        return sop.integer(key, least, Integer.MAX_VALUE).map(Long::intValue).orElse(absent);
    }

    /** Reads a list of tables; what is wrong with one does not keep the others from being read. */
    private <T> List<T> tables(
            TomlKeys root,
            String key,
            int most,
            BiFunction<TomlKeysOf, List<T>, Optional<T>> read) {
        List<T> result = new ArrayList<>();
        var array = root.array(key, "a list of tables, each under [[" + key + "]]");
        if (array.isEmpty()) return result;
        for (int i = 0; i < array.get().size(); i++) {
            var at = TomlKeys.position(array.get().inputPositionOf(i), root.at(key));
            places.put(key + "." + (i + 1), at);
            if (i == most) {
                findings.add(
                        TOO_MANY,
                        at,
                        "more than %d [[%s]]".formatted(most, key),
                        "split the SOP; the ones from here on were not read");
                break;
            }
            if (array.get().get(i) instanceof TomlTable table) {
                read.apply(new TomlKeysOf(table, at, i + 1), result).ifPresent(result::add);
            } else {
                root.wrongType(
                        "an item of " + key,
                        at,
                        array.get().get(i),
                        "a table under [[" + key + "]]");
            }
        }
        return result;
    }

    /** One table of a list, with its place in the file and in the list (from 1). */
    record TomlKeysOf(TomlTable table, Position header, int number) {}

    private Optional<Input> input(TomlKeysOf item, List<Input> before) {
        return new InputReader(findings, places).read(item, before);
    }

    private Optional<Trigger> trigger(TomlKeysOf item, List<Trigger> before) {
        return new TriggerReader(findings, places, now).read(item);
    }
}
