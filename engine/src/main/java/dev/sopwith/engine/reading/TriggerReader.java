package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.CONDITION_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.CRON_BOTH_DAYS;
import static dev.sopwith.engine.sop.DiagnosticCode.CRON_EITHER_DAY;
import static dev.sopwith.engine.sop.DiagnosticCode.CRON_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.CRON_OVER;
import static dev.sopwith.engine.sop.DiagnosticCode.CRON_WEEKDAY_NUMBER;
import static dev.sopwith.engine.sop.DiagnosticCode.KEY_OF_OTHER_TRIGGER;
import static dev.sopwith.engine.sop.DiagnosticCode.MQTT_FILTER_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.PATH_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.SECRET_ENV_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.TIMEZONE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.TRIGGER_FOREIGN;
import static dev.sopwith.engine.sop.DiagnosticCode.WEBHOOK_PATH_INVALID;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Trigger;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads one {@code [[triggers]]} table (FORMAT §2). */
final class TriggerReader {

    /** What each kind may say beside its {@code type}. */
    private static final Map<String, List<String>> KEYS = keys();

    /** Kinds that other programs know: they load, and never fire here. */
    private static final List<String> FOREIGN =
            List.of("amqp", "filesystem", "channel", "calendar");

    private static final Pattern WEBHOOK_PATH = Pattern.compile("/webhook|/sop/[!-~&&[^?#]]+");
    private static final Pattern SECRET_ENV = Pattern.compile("SOPWITH_WEBHOOK_[A-Z0-9_]+");
    private static final int DEBOUNCE_MS_MAX = 3_600_000;

    private final Findings findings;
    private final Map<String, Position> places;
    private final Instant now;

    TriggerReader(Findings findings, Map<String, Position> places, Instant now) {
        this.findings = findings;
        this.places = places;
        this.now = now;
    }

    private static Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        keys.put("manual", List.of());
        keys.put("webhook", List.of("path", "condition", "inputs", "auth", "secret_env", "dedupe"));
        keys.put(
                "mqtt",
                List.of("topic", "condition", "inputs", "broker", "qos", "retained", "dedupe"));
        keys.put("cron", List.of("expression", "timezone", "catch_up"));
        keys.put(
                "peripheral",
                List.of("board", "signal", "condition", "inputs", "edge", "debounce_ms"));
        return keys;
    }

    Optional<Trigger> read(ManifestReader.TomlKeysOf item) {
        var quiet =
                new TomlKeys(item.table(), item.header(), "", List.of("type"), new Findings(""));
        if (quiet.value("type").orElse("") instanceof String type) {
            if (FOREIGN.contains(type)) return foreign(type, quiet.at("type"));
            if (KEYS.containsKey(type)) return read(item, type);
        }
        var keys = keysOf(item, "[[triggers]]", allKeys(), Map.of());
        keys.require("type", "it may be " + String.join(", ", KEYS.keySet()));
        keys.string("type")
                .ifPresent(word -> keys.unknownWord("type", word, List.copyOf(KEYS.keySet())));
        return Optional.empty();
    }

    private Optional<Trigger> read(ManifestReader.TomlKeysOf item, String type) {
        List<String> own = new ArrayList<>(KEYS.getOrDefault(type, List.of()));
        own.add("type");
        Map<String, TomlKeys.Refusal> others = new LinkedHashMap<>();
        for (var kind : KEYS.entrySet()) {
            for (String key : kind.getValue()) {
                if (!own.contains(key)) others.putIfAbsent(key, belongsTo(key, type));
            }
        }
        var keys = keysOf(item, type + " trigger", own, others);
        return switch (type) {
            case "webhook" -> webhook(keys, item);
            case "mqtt" -> mqtt(keys, item);
            case "cron" -> schedule(keys);
            case "peripheral" -> peripheral(keys, item);
            default -> Optional.of(new Trigger.Manual());
        };
    }

    private static TomlKeys.Refusal belongsTo(String key, String type) {
        var kinds = KEYS.entrySet().stream().filter(e -> e.getValue().contains(key));
        return new TomlKeys.Refusal(
                KEY_OF_OTHER_TRIGGER,
                "a trigger of type %s has no \"%s\"".formatted(type, key),
                "it belongs to %s"
                        .formatted(String.join(", ", kinds.map(Map.Entry::getKey).toList())));
    }

    private Optional<Trigger> foreign(String type, Position at) {
        findings.add(
                TRIGGER_FOREIGN,
                at,
                "a trigger of type \"%s\" will never fire here".formatted(type),
                "known here: " + String.join(", ", KEYS.keySet()));
        return Optional.of(new Trigger.Foreign(type));
    }

    private TomlKeys keysOf(
            ManifestReader.TomlKeysOf item,
            String what,
            List<String> known,
            Map<String, TomlKeys.Refusal> refused) {
        return new TomlKeys(item.table(), item.header(), what, known, refused, findings);
    }

    private static List<String> allKeys() {
        var all = new TreeSet<String>();
        KEYS.values().forEach(all::addAll);
        all.add("type");
        return List.copyOf(all);
    }

    private Optional<Trigger> webhook(TomlKeys keys, ManifestReader.TomlKeysOf item) {
        keys.require("path", "write the path it listens on, such as \"/sop/deploy\"");
        var path = keys.string("path");
        if (path.isPresent() && !isWebhookPath(path.get())) {
            findings.add(
                    WEBHOOK_PATH_INVALID,
                    keys.at("path"),
                    "%s cannot be a webhook's path".formatted(Quoted.of(path.get())),
                    "write \"/sop/NAME\" or \"/webhook\": no blanks, no ? or #, no dots as a"
                            + " segment; other characters percent-encoded");
        }
        var secretEnv = keys.string("secret_env");
        if (secretEnv.isPresent() && !SECRET_ENV.matcher(secretEnv.get()).matches()) {
            findings.add(
                    SECRET_ENV_INVALID,
                    keys.at("secret_env"),
                    "%s cannot be read by a webhook".formatted(Quoted.of(secretEnv.get())),
                    "the name must begin with SOPWITH_WEBHOOK_ and go on with A-Z, 0-9 and _");
        }
        var condition = condition(keys);
        var inputs = inputs(keys, item.number());
        var auth = keys.word("auth", Trigger.Auth.class);
        var dedupe = keys.parsed("dedupe", PATH_INVALID, ValuePath::parse);
        return path.map(p -> new Trigger.Webhook(p, condition, inputs, auth, secretEnv, dedupe));
    }

    /** A path with {@code .} or {@code ..} as a segment would be changed by clients on the way. */
    private static boolean isWebhookPath(String path) {
        return WEBHOOK_PATH.matcher(path).matches()
                && !List.of(path.split("/", -1)).contains("..")
                && !List.of(path.split("/", -1)).contains(".");
    }

    private Optional<Trigger> mqtt(TomlKeys keys, ManifestReader.TomlKeysOf item) {
        keys.require("topic", "write the topics it listens to, such as \"hall/+/state\"");
        var topic = keys.parsed("topic", MQTT_FILTER_INVALID, MqttFilter::parse);
        var condition = condition(keys);
        var inputs = inputs(keys, item.number());
        var broker = keys.text("broker");
        int qos = keys.integer("qos", 0, 2).map(Long::intValue).orElse(1);
        boolean retained = keys.bool("retained").orElse(false);
        var dedupe = keys.parsed("dedupe", PATH_INVALID, ValuePath::parse);
        return topic.map(
                filter ->
                        new Trigger.Mqtt(filter, condition, inputs, broker, qos, retained, dedupe));
    }

    private Optional<Trigger> peripheral(TomlKeys keys, ManifestReader.TomlKeysOf item) {
        keys.require("board", "write the board's name as in the roster");
        keys.require("signal", "write the signal's name as in the roster");
        var board = keys.text("board");
        var signal = keys.text("signal");
        var condition = condition(keys);
        var inputs = inputs(keys, item.number());
        var edge = keys.word("edge", Trigger.Edge.class).orElse(Trigger.Edge.BOTH);
        var debounce =
                Duration.ofMillis(keys.integer("debounce_ms", 0, DEBOUNCE_MS_MAX).orElse(0L));
        if (board.isEmpty() || signal.isEmpty()) return Optional.empty();
        return Optional.of(
                new Trigger.Peripheral(
                        board.get(), signal.get(), condition, inputs, edge, debounce));
    }

    private Optional<Trigger> schedule(TomlKeys keys) {
        keys.require("expression", "write when it fires, such as \"0 6 * * MON-FRI\"");
        var cron = keys.parsed("expression", CRON_INVALID, Cron::parse);
        var zone = timezone(keys);
        var catchUp = keys.word("catch_up", Trigger.CatchUp.class).orElse(Trigger.CatchUp.NONE);
        cron.ifPresent(c -> warn(c, zone.orElse(ZoneOffset.UTC), keys.at("expression")));
        return cron.map(c -> new Trigger.Schedule(c, zone, catchUp));
    }

    private void warn(Cron cron, ZoneId zone, Position at) {
        for (var warning : cron.warnings()) {
            var code =
                    switch (warning.kind()) {
                        case WEEKDAY_NUMBER -> CRON_WEEKDAY_NUMBER;
                        case EITHER_DAY -> CRON_EITHER_DAY;
                        case BOTH_DAYS -> CRON_BOTH_DAYS;
                    };
            findings.add(code, at, warning.message(), warning.fix());
        }
        if (cron.next(now, zone).isEmpty()) {
            findings.add(
                    CRON_OVER,
                    at,
                    "the schedule %s is over: it will not fire again"
                            .formatted(Quoted.of(cron.text())),
                    "change its year, or remove the trigger");
        }
    }

    private Optional<ZoneId> timezone(TomlKeys keys) {
        var name = keys.string("timezone");
        if (name.isEmpty()) return Optional.empty();
        try {
            return Optional.of(ZoneId.of(name.get()));
        } catch (DateTimeException e) {
            var near = Words.suggestion(name.get(), new TreeSet<>(ZoneId.getAvailableZoneIds()));
            findings.add(
                    TIMEZONE_UNKNOWN,
                    keys.at("timezone"),
                    "there is no time zone %s".formatted(Quoted.of(name.get())),
                    near.map(zone -> "did you mean \"" + zone + "\"?")
                            .orElse("write a name such as \"Europe/Berlin\" or \"UTC\""));
            return Optional.empty();
        }
    }

    private Condition condition(TomlKeys keys) {
        return keys.parsed("condition", CONDITION_INVALID, Condition::parse)
                .orElse(Condition.ALWAYS);
    }

    private Map<String, ValuePath> inputs(TomlKeys keys, int number) {
        Map<String, ValuePath> inputs = new LinkedHashMap<>();
        var table = keys.table("inputs");
        if (table.isEmpty()) return inputs;
        for (String name : table.get().keySet()) {
            var at =
                    TomlKeys.position(
                            table.get().inputPositionOf(List.of(name)), keys.at("inputs"));
            places.put("triggers." + number + ".inputs." + name, at);
            var value = table.get().get(List.of(name));
            if (value instanceof String text) {
                keys.parsed(at, "path", text, PATH_INVALID, ValuePath::parse)
                        .ifPresent(path -> inputs.put(name, path));
            } else {
                keys.wrongType("inputs." + name, at, value, "a path such as \"$.version\"");
            }
        }
        return inputs;
    }
}
