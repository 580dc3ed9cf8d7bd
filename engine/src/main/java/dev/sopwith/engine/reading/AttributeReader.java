package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_TWICE;
import static dev.sopwith.engine.sop.DiagnosticCode.PLACEHOLDER_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.TARGET_MISSING;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Durations;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Gives the attributes of all steps their meaning: values are read, names of steps become numbers
 * (FORMAT §5, the table of attributes). What cannot be read is a finding on its bullet.
 *
 * <p>Threading: one instance reads the steps of one file.
 */
final class AttributeReader {

    static final int RETRIES_MAX = 100;

    private static final Pattern TOOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_./:-]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern SECRET = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern RETRY =
            Pattern.compile("retry(?::[ \\t]*|[ \\t]+)(\\d{1,9})(?:[ \\t]+(\\S+))?");
    private static final Pattern GOTO = Pattern.compile("goto:[ \\t]*(\\S+)");
    private static final Pattern STATUS = Pattern.compile("(\\d{3})(?:[ \\t]*-[ \\t]*(\\d{3}))?");

    private final Findings findings;
    private final List<ItemReader.Finished> items;
    private final Map<String, Integer> ids = new HashMap<>();

    AttributeReader(Findings findings, List<ItemReader.Finished> items) {
        this.findings = findings;
        this.items = items;
    }

    /** {@return the steps, in order; only of use when no finding is an error} */
    List<Step> steps() {
        List<Map<String, StepDraft.Attribute>> attributes =
                items.stream().map(this::byKey).toList();
        for (int i = 0; i < items.size(); i++) readId(attributes.get(i), i + 1);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            steps.add(new OneStep(items.get(i), attributes.get(i)).read());
        }
        new StepGraph(steps).check(findings);
        return List.copyOf(steps);
    }

    private Map<String, StepDraft.Attribute> byKey(ItemReader.Finished item) {
        Map<String, StepDraft.Attribute> byKey = new LinkedHashMap<>();
        for (StepDraft.Attribute attribute : item.draft().attributes) {
            var first = byKey.putIfAbsent(attribute.key(), attribute);
            if (first == null || attribute.key().equals("tools")) continue;
            findings.add(
                    ATTRIBUTE_TWICE,
                    attribute.at(),
                    "step %d has %s twice".formatted(item.draft().number, attribute.key()),
                    "keep one of them; the first is in line %d".formatted(first.at().line()));
        }
        return byKey;
    }

    private void readId(Map<String, StepDraft.Attribute> attributes, int step) {
        var id = attributes.get("id");
        if (id == null) return;
        if (!ID.matcher(id.value()).matches()) {
            invalid(id, "begin with a small letter, go on with small letters, digits, _ and -");
            return;
        }
        var other = ids.putIfAbsent(id.value(), step);
        if (other != null) {
            findings.add(
                    ATTRIBUTE_INVALID,
                    id.at(),
                    "step %d has the id %s already".formatted(other, Quoted.of(id.value())),
                    "give each step an id of its own");
        }
    }

    private void invalid(StepDraft.Attribute attribute, String fix) {
        findings.add(
                ATTRIBUTE_INVALID,
                attribute.at(),
                attribute.value().isEmpty()
                        ? attribute.key() + " has no value"
                        : "%s cannot be %s"
                                .formatted(attribute.key(), Quoted.of(attribute.value())),
                fix);
    }

    /** {@return the number of the step that is meant; reports what is none} */
    private OptionalInt target(StepDraft.Attribute attribute, String word) {
        if (NUMBER.matcher(word).matches()) {
            int number = Integer.parseInt(word);
            if (number >= 1 && number <= items.size()) return OptionalInt.of(number);
        } else if (ID.matcher(word).matches()) {
            var number = ids.get(word);
            if (number != null) return OptionalInt.of(number);
        } else {
            invalid(attribute, "write the number or the id of a step");
            return OptionalInt.empty();
        }
        findings.add(
                TARGET_MISSING,
                attribute.at(),
                "there is no step %s".formatted(word),
                ids.isEmpty()
                        ? "the steps are 1 to %d".formatted(items.size())
                        : Words.suggestion(word, ids.keySet())
                                .map(near -> "did you mean \"%s\"?".formatted(near))
                                .orElse("the steps are 1 to %d".formatted(items.size())));
        return OptionalInt.empty();
    }

    /** Reads the attributes of one step. */
    private final class OneStep {
        private final StepDraft draft;
        private final ItemReader.Finished item;
        private final Map<String, StepDraft.Attribute> attributes;

        OneStep(ItemReader.Finished item, Map<String, StepDraft.Attribute> attributes) {
            this.item = item;
            this.draft = item.draft();
            this.attributes = attributes;
        }

        Step read() {
            for (StepDraft.Attribute attribute : draft.attributes) {
                if (attribute.key().endsWith("tools")) checkWords(attribute, TOOL, "shell, http");
            }
            item.block().ifPresent(block -> new ShellText(block).check(ids, findings));
            return new Step(
                    draft.number,
                    draft.at.line(),
                    draft.title,
                    draft.body(),
                    item.tools(),
                    bool("requires_confirmation"),
                    kind(),
                    others(),
                    item.block(),
                    rules());
        }

        private Step.Rules rules() {
            return new Step.Rules(
                    text("id"),
                    name("policy"),
                    mode(),
                    prompt(),
                    condition("when"),
                    onFailure(),
                    next(),
                    bool("terminal"),
                    arms(),
                    dependsOn(),
                    timeout(),
                    bool("repeatable"),
                    name("agent"),
                    secrets(),
                    expect());
        }

        private Map<String, String> others() {
            Map<String, String> others = new LinkedHashMap<>();
            attributes.forEach((key, attribute) -> others.put(key, attribute.value()));
            others.keySet().removeAll(List.of("tools", "requires_confirmation", "kind"));
            return others;
        }

        private Optional<StepDraft.Attribute> attribute(String key) {
            return Optional.ofNullable(attributes.get(key));
        }

        private Optional<String> text(String key) {
            return attribute(key).map(StepDraft.Attribute::value);
        }

        private <T> Optional<T> read(
                String key, Function<StepDraft.Attribute, Optional<T>> reader, String fix) {
            var attribute = attribute(key);
            if (attribute.isEmpty()) return Optional.empty();
            var value = reader.apply(attribute.get());
            if (value.isEmpty()) invalid(attribute.get(), fix);
            return value;
        }

        private boolean bool(String key) {
            return read(
                            key,
                            attribute ->
                                    switch (attribute.value()) {
                                        case "true" -> Optional.of(true);
                                        case "false" -> Optional.of(false);
                                        default -> Optional.empty();
                                    },
                            "write true or false and nothing else")
                    .orElse(false);
        }

        private Step.Kind kind() {
            return read(
                            "kind",
                            attribute ->
                                    switch (attribute.value()) {
                                        case "execute" -> Optional.of(Step.Kind.EXECUTE);
                                        case "checkpoint", "approval" ->
                                                Optional.of(Step.Kind.CHECKPOINT);
                                        default -> Optional.empty();
                                    },
                            "it may be execute or checkpoint")
                    .orElse(Step.Kind.EXECUTE);
        }

        private Optional<ExecutionMode> mode() {
            var words = Arrays.stream(ExecutionMode.values()).map(TomlKeys::word).toList();
            return read(
                    "mode",
                    attribute ->
                            Arrays.stream(ExecutionMode.values())
                                    .filter(m -> TomlKeys.word(m).equals(attribute.value()))
                                    .findFirst(),
                    "it may be " + String.join(", ", words));
        }

        private Optional<String> name(String key) {
            return read(
                    key,
                    attribute ->
                            Optional.of(attribute.value())
                                    .filter(name -> NAME.matcher(name).matches()),
                    "write one name: letters, digits, dot, _ and -");
        }

        private Optional<Duration> timeout() {
            return read(
                    "timeout",
                    attribute -> Durations.parse(attribute.value()).filter(Duration::isPositive),
                    Durations.FORM);
        }

        private Optional<String> prompt() {
            var prompt =
                    read(
                            "prompt",
                            attribute ->
                                    Optional.of(attribute.value()).filter(text -> !text.isEmpty()),
                            "write what approvers shall read");
            if (prompt.isPresent()) attribute("prompt").ifPresent(this::checkPlaceholders);
            return prompt;
        }

        private void checkPlaceholders(StepDraft.Attribute attribute) {
            for (Placeholder placeholder : Placeholder.in(attribute.value())) {
                if (placeholder.kind() == Placeholder.Kind.INVALID
                        || placeholder.kind() == Placeholder.Kind.SECRET) {
                    findings.add(
                            PLACEHOLDER_INVALID,
                            attribute.at(),
                            "%s knows no %s"
                                    .formatted(attribute.key(), Quoted.of(placeholder.text())),
                            "write ${inputs.NAME} or ${steps.N.KEY}");
                } else if (placeholder.kind() == Placeholder.Kind.STEP) {
                    target(attribute, placeholder.name());
                }
            }
        }

        private Condition condition(String key) {
            var attribute = attribute(key);
            if (attribute.isEmpty()) return Condition.ALWAYS;
            if (attribute.get().value().isEmpty()) {
                invalid(attribute.get(), "write a condition such as $.inputs.env == \"prod\"");
                return Condition.ALWAYS;
            }
            return condition(attribute.get(), attribute.get().value()).orElse(Condition.ALWAYS);
        }

        private Optional<Condition> condition(StepDraft.Attribute attribute, String text) {
            return switch (Condition.parse(text)) {
                case Parsed.Ok<Condition> ok -> Optional.of(ok.value());
                case Parsed.Bad<Condition> bad -> {
                    findings.add(
                            ATTRIBUTE_INVALID,
                            attribute.at(),
                            "the condition %s: %s (character %d)"
                                    .formatted(Quoted.of(text), bad.problem(), bad.offset() + 1),
                            bad.fix());
                    yield Optional.empty();
                }
            };
        }

        private Step.OnFailure onFailure() {
            return read(
                            "on_failure",
                            this::onFailure,
                            "it may be fail, continue, retry:2 30s or"
                                    + " goto:3 (at most %d retries)".formatted(RETRIES_MAX))
                    .orElse(new Step.OnFailure.Fail());
        }

        private Optional<Step.OnFailure> onFailure(StepDraft.Attribute attribute) {
            var value = attribute.value();
            if (value.equals("fail")) return Optional.of(new Step.OnFailure.Fail());
            if (value.equals("continue")) return Optional.of(new Step.OnFailure.Continue());
            var retry = RETRY.matcher(value);
            if (retry.matches()) {
                int times = Integer.parseInt(retry.group(1));
                var delay =
                        retry.group(2) == null
                                ? Optional.of(Duration.ZERO)
                                : Durations.parse(retry.group(2));
                if (times < 1 || times > RETRIES_MAX) return Optional.empty();
                return delay.map(d -> new Step.OnFailure.Retry(times, d));
            }
            var jump = GOTO.matcher(value);
            if (!jump.matches()) return Optional.empty();
            var target = target(attribute, jump.group(1));
            return Optional.of(
                    target.isPresent()
                            ? new Step.OnFailure.Goto(target.getAsInt())
                            : new Step.OnFailure.Fail());
        }

        private Optional<Integer> next() {
            var attribute = attribute("next");
            if (attribute.isEmpty()) return Optional.empty();
            var target = target(attribute.get(), attribute.get().value());
            return target.isPresent() ? Optional.of(target.getAsInt()) : Optional.empty();
        }

        private List<Integer> dependsOn() {
            var attribute = attribute("depends_on");
            if (attribute.isEmpty()) return List.of();
            return Arrays.stream(attribute.get().value().split(",", -1))
                    .map(word -> target(attribute.get(), word.strip()))
                    .filter(OptionalInt::isPresent)
                    .map(OptionalInt::getAsInt)
                    .distinct()
                    .toList();
        }

        private List<String> secrets() {
            var attribute = attribute("secrets");
            if (attribute.isEmpty()) return List.of();
            return checkWords(attribute.get(), SECRET, "DEPLOY_TOKEN, DB_PASSWORD");
        }

        private List<String> checkWords(
                StepDraft.Attribute attribute, Pattern form, String example) {
            List<String> words =
                    Arrays.stream(attribute.value().split(",", -1)).map(String::strip).toList();
            if (words.stream().allMatch(word -> form.matcher(word).matches())) return words;
            invalid(attribute, "write names with commas between them: " + example);
            return List.of();
        }

        private List<Step.Arm> arms() {
            var attribute = attribute("switch");
            if (attribute.isEmpty()) return List.of();
            List<Step.Arm> arms = new ArrayList<>();
            var texts = SwitchText.arms(attribute.get().value());
            for (String text : texts) {
                var arm = SwitchText.Arm.of(text);
                if (arm.isEmpty()) {
                    invalid(attribute.get(), "write name>condition>step; name>>step for the rest");
                    return List.of();
                }
                var condition =
                        arm.get().condition().isEmpty()
                                ? Optional.of(Condition.ALWAYS)
                                : condition(attribute.get(), arm.get().condition());
                var target = target(attribute.get(), arm.get().target());
                if (condition.isPresent() && target.isPresent()) {
                    arms.add(new Step.Arm(arm.get().name(), condition.get(), target.getAsInt()));
                }
            }
            return List.copyOf(arms);
        }

        private Optional<Step.Expectation> expect() {
            var attribute = attribute("expect");
            if (attribute.isEmpty()) return Optional.empty();
            var text = attribute.get().value();
            if (text.isEmpty()) {
                invalid(attribute.get(), "write status codes such as 200-299, or a condition");
                return Optional.empty();
            }
            if (!Character.isDigit(text.charAt(0))) {
                return condition(attribute.get(), text).map(Step.Expectation.Holds::new);
            }
            List<Step.Expectation.Range> ranges = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                var status = STATUS.matcher(part.strip());
                int first = status.matches() ? Integer.parseInt(status.group(1)) : -1;
                int last =
                        first >= 0 && status.group(2) != null
                                ? Integer.parseInt(status.group(2))
                                : first;
                if (first < 100 || last > 599 || last < first) {
                    invalid(
                            attribute.get(),
                            "write status codes from 100 to 599 such as 200-299 or 200, 204");
                    return Optional.empty();
                }
                ranges.add(new Step.Expectation.Range(first, last));
            }
            return Optional.of(new Step.Expectation.Status(List.copyOf(ranges)));
        }
    }
}
