package dev.sopwith.engine.sop;

import static dev.sopwith.engine.sop.Severity.ERROR;
import static dev.sopwith.engine.sop.Severity.WARNING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every kind of finding about a SOP. The ids are stable: scripts and people quote them.
 *
 * <p>Each has a page under {@code docs/diagnostics/}, which is also what {@code sop explain} shows;
 * a test holds the two together and runs the examples.
 */
public enum DiagnosticCode {
    // The folder and its files
    FOLDER_UNREADABLE(ERROR),
    FILE_MISSING(ERROR),
    FILE_UNREADABLE(ERROR),
    FILE_TOO_LARGE(ERROR),
    FILE_CHANGED_WHILE_READ(ERROR),
    FILE_IS_LINK(ERROR),
    FILE_NAME_UNUSABLE(ERROR),
    FOLDER_TOO_LARGE(ERROR),
    NOT_UTF8(ERROR),
    NUL_BYTE(ERROR),
    TOKEN_IN_FILE(ERROR),
    NAME_DUPLICATE(ERROR),

    // SOP.toml
    TOML_SYNTAX(ERROR),
    SOP_TABLE_MISSING(ERROR),
    NAME_EMPTY(ERROR),
    NAME_INVALID(ERROR),
    DESCRIPTION_EMPTY(WARNING),
    NO_TRIGGERS(WARNING),
    NEVER_STARTS(WARNING),
    KEY_MISSPELT(ERROR),
    KEY_UNKNOWN(WARNING),
    KEY_TWICE(ERROR),
    KEY_MISSING(ERROR),
    KEY_OF_OTHER_TRIGGER(ERROR),
    WRONG_TYPE(ERROR),
    VALUE_UNKNOWN(ERROR),
    VALUE_OUT_OF_RANGE(ERROR),
    VALUE_EMPTY(ERROR),
    STEPS_IN_TOML(ERROR),
    MODE_CONFLICT(ERROR),
    TOO_MANY(ERROR),
    TRIGGER_FOREIGN(WARNING),
    WEBHOOK_PATH_INVALID(ERROR),
    SECRET_ENV_INVALID(ERROR),
    CONDITION_INVALID(ERROR),
    CONDITION_NEVER_HOLDS(WARNING),
    MQTT_FILTER_INVALID(ERROR),
    PATH_INVALID(ERROR),
    CRON_INVALID(ERROR),
    CRON_WEEKDAY_NUMBER(WARNING),
    CRON_EITHER_DAY(WARNING),
    CRON_BOTH_DAYS(WARNING),
    CRON_OVER(WARNING),
    TIMEZONE_UNKNOWN(ERROR),
    INPUT_NAME_INVALID(ERROR),
    INPUT_TWICE(ERROR),
    INPUT_UNDECLARED(ERROR),
    INPUT_NOT_GIVEN(ERROR),
    INPUT_CHOICES_INVALID(ERROR),
    INPUT_PATTERN_INVALID(ERROR),
    INPUT_DEFAULT_INVALID(ERROR),
    LOCK_INVALID(ERROR),

    // SOP.md
    NO_STEPS(ERROR),
    STEPS_HEADING_LEVEL(WARNING),
    STEP_NUMBERING_GAP(WARNING),
    STEP_TITLE_EMPTY(WARNING),
    STEP_NOT_READ(WARNING),
    STEP_LOST(ERROR),
    ATTRIBUTE_MISSPELT(ERROR),
    ATTRIBUTE_UNKNOWN(WARNING),
    ATTRIBUTE_NO_EFFECT(WARNING),
    ATTRIBUTE_TWICE(ERROR),
    ATTRIBUTE_INVALID(ERROR),
    ATTRIBUTE_CONFLICT(ERROR),
    ATTRIBUTE_LAYOUT(WARNING),
    ATTRIBUTE_LOST(ERROR),
    ATTRIBUTE_IN_TEXT(WARNING),
    UNDER_INDENTED(WARNING),
    TARGET_MISSING(ERROR),
    STEP_UNREACHABLE(ERROR),
    CYCLE_WITHOUT_EXIT(ERROR),
    TOOL_UNKNOWN(WARNING),
    FENCE_OPEN(ERROR),
    BLOCK_NOT_NAMED(WARNING),
    BLOCK_NESTED(WARNING),
    BLOCK_NOT_ALLOWED(ERROR),
    BLOCK_TWICE(ERROR),
    BLOCK_EMPTY(WARNING),
    BLOCK_IN_CHECKPOINT(ERROR),
    BLOCK_WITHOUT_RUNNER(ERROR),
    BLOCK_INVALID(ERROR),
    SHELL_TEMPLATED(ERROR),
    SHELL_UNQUOTED(WARNING),
    PLACEHOLDER_INVALID(ERROR),
    SECRET_EXPOSED(ERROR),
    SECRET_NOT_NAMED(ERROR),

    // roster.yaml
    YAML_SYNTAX(ERROR),
    YAML_NOT_PLAIN(ERROR),
    KEY_FOREIGN(ERROR),
    VALUE_MALFORMED(ERROR),
    NAME_UNDECLARED(ERROR),
    NAME_TAKEN(ERROR),
    IDENTITY_TWICE(ERROR),
    POLICY_UNMEETABLE(ERROR),
    POLICY_CONFLICT(ERROR),
    VARIABLE_REFUSED(ERROR),
    RULE_NEVER_APPLIES(WARNING),
    FILE_UNSAFE(ERROR),

    // A SOP beside the roster
    POLICY_UNKNOWN(ERROR),
    SECRET_NOT_GRANTED(ERROR),
    GATE_UNMEETABLE(ERROR),
    GATE_MAY_BE_UNMEETABLE(WARNING),
    TIMEOUT_BEFORE_GATE(WARNING),
    BROKER_UNKNOWN(ERROR),
    BROKER_NOT_NAMED(WARNING),
    SIGNAL_UNKNOWN(ERROR),
    SIGNAL_WRONG_WAY(ERROR);

    private final Severity severity;

    DiagnosticCode(Severity severity) {
        this.severity = severity;
    }

    public Severity severity() {
        return severity;
    }

    /** The stable name, such as {@code key-misspelt}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code with this id, in any case, if there is one. */
    public static Optional<DiagnosticCode> of(String id) {
        var wanted = id.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(code -> code.id().equals(wanted)).findFirst();
    }

    /** The page that explains this code, as Markdown: what it means, why, the fix, an example. */
    public String page() {
        var resource = "/docs/diagnostics/" + id() + ".md";
        try (var in = DiagnosticCode.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("no page " + resource + " in this jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
