package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_CONFLICT;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_WITHOUT_RUNNER;
import static dev.sopwith.engine.sop.DiagnosticCode.CONDITION_NEVER_HOLDS;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_DEFAULT_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_UNDECLARED;
import static dev.sopwith.engine.sop.DiagnosticCode.TARGET_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.TOOL_UNKNOWN;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.GpioBlock;
import dev.sopwith.engine.sop.HttpBlock;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.MqttBlock;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The checks of a SOP as a whole: what one file says about the other, and what is sure to go wrong
 * when it runs (FORMAT §5, §7).
 */
final class SopChecks {

    private static final Set<String> WHEN_ROOTS = Set.of("inputs", "payload", "steps");
    private static final Set<String> EXPECT_ROOTS = Set.of("status", "headers", "body");
    private static final Pattern INPUT_VARIABLE = Pattern.compile("SOP_INPUT_([A-Z0-9_]+)");
    private static final Pattern STEP_VARIABLE = Pattern.compile("SOP_STEP_(\\d{1,9})_[A-Z0-9_]+");

    private final Manifest manifest;
    private final Procedure procedure;
    private final Findings inManifest;
    private final Findings inProcedure;

    SopChecks(Manifest manifest, Procedure procedure, Findings inManifest, Findings inProcedure) {
        this.manifest = manifest;
        this.procedure = procedure;
        this.inManifest = inManifest;
        this.inProcedure = inProcedure;
    }

    void run() {
        lock();
        triggerInputs();
        secretDefaults();
        procedure.steps().forEach(this::step);
    }

    private void lock() {
        manifest.lock().map(LockText::new).map(LockText::inputNames).stream()
                .flatMap(List::stream)
                .forEach(name -> declared(name, "lock", manifest.places().of("lock"), inManifest));
    }

    private void triggerInputs() {
        for (int i = 0; i < manifest.triggers().size(); i++) {
            for (String name : manifest.triggers().get(i).inputs().keySet()) {
                var at = manifest.places().of("triggers." + (i + 1) + ".inputs." + name);
                declared(name, "this trigger", at, inManifest);
            }
        }
    }

    private void secretDefaults() {
        for (int i = 0; i < manifest.inputs().size(); i++) {
            var input = manifest.inputs().get(i);
            if (!input.secret() || input.defaultValue().isEmpty()) continue;
            inManifest.add(
                    INPUT_DEFAULT_INVALID,
                    manifest.places().of("inputs." + (i + 1)),
                    "the secret input \"%s\" has a default: everybody who reads the file knows it"
                            .formatted(input.name()),
                    "remove the default");
        }
    }

    private void step(Step step) {
        var at = new Position(step.line(), 1);
        tools(step, at);
        step.rules().prompt().ifPresent(prompt -> placeholders(prompt, "prompt", at));
        conditionRoots(step.rules().when(), "when", WHEN_ROOTS, at);
        for (Step.Arm arm : step.rules().arms()) {
            conditionRoots(arm.when(), "switch", WHEN_ROOTS, at);
        }
        if (step.rules().expect().orElse(null) instanceof Step.Expectation.Holds holds) {
            conditionRoots(holds.condition(), "expect", EXPECT_ROOTS, at);
        }
        conflicts(step, at);
        step.block().ifPresent(this::block);
    }

    private void tools(Step step, Position at) {
        var known = Arrays.stream(Tool.values()).flatMap(tool -> tool.names().stream()).toList();
        for (String tool : step.tools()) {
            if (Tool.of(tool).isPresent()) continue;
            inProcedure.add(
                    TOOL_UNKNOWN,
                    at,
                    "step %d names the tool %s, which is not known here"
                            .formatted(step.number(), Quoted.of(tool)),
                    Words.meant(tool, known));
        }
    }

    private void conflicts(Step step, Position at) {
        var rules = step.rules();
        if (rules.terminal() && (rules.next().isPresent() || !rules.arms().isEmpty())) {
            inProcedure.add(
                    ATTRIBUTE_CONFLICT,
                    at,
                    "step %d is terminal and leads on all the same".formatted(step.number()),
                    "remove terminal, or next and switch");
        }
        if (rules.dependsOn().contains(step.number())) {
            inProcedure.add(
                    ATTRIBUTE_CONFLICT,
                    at,
                    "step %d depends on itself: it would always be skipped"
                            .formatted(step.number()),
                    "remove the number from depends_on");
        }
        boolean http = step.block().map(b -> b.tool() == Tool.HTTP).orElse(false);
        if (rules.expect().isPresent() && !http) {
            inProcedure.add(
                    ATTRIBUTE_CONFLICT,
                    at,
                    "expect needs an http block, and step %d has none".formatted(step.number()),
                    "remove expect, or write an http block and name the tool");
        }
    }

    /** A path to something that is never there makes a condition that never holds. */
    private void conditionRoots(
            Condition condition, String attribute, Set<String> roots, Position at) {
        Set<String> told = new HashSet<>();
        for (ValuePath path : condition.paths()) {
            var root = path.keys().isEmpty() ? "$" : path.keys().getFirst();
            if (roots.contains(root) || !told.add(root)) continue;
            inProcedure.add(
                    CONDITION_NEVER_HOLDS,
                    at,
                    "%s looks at %s, which is never there"
                            .formatted(attribute, Quoted.of(path.text())),
                    "begin with one of " + String.join(", ", rootPaths(roots)));
        }
        for (ValuePath path : condition.paths()) {
            var keys = path.keys();
            if (keys.size() > 1 && keys.getFirst().equals("inputs") && roots == WHEN_ROOTS) {
                declared(keys.get(1), attribute, at, inProcedure);
            }
        }
    }

    private static List<String> rootPaths(Set<String> roots) {
        return roots.stream().sorted().map(root -> "$." + root).toList();
    }

    private void block(Step.Block block) {
        switch (block.tool()) {
            case SHELL -> shell(block);
            case HTTP -> report(block, HttpBlock.parse(block.text()), http -> filled(block, http));
            case MQTT -> report(block, MqttBlock.parse(block.text()), _ -> {});
            case GPIO -> report(block, GpioBlock.parse(block.text()), _ -> {});
            case OTHER ->
                    inProcedure.add(
                            BLOCK_WITHOUT_RUNNER,
                            new Position(block.line(), block.column()),
                            "nothing here can run a block of the tool %s"
                                    .formatted(Quoted.of(block.fence())),
                            "use shell, http, mqtt or gpio, or remove the tool from the step");
        }
    }

    private <T> void report(
            Step.Block block, Parsed<T> parsed, java.util.function.Consumer<T> checks) {
        switch (parsed) {
            case Parsed.Ok<T> ok -> checks.accept(ok.value());
            case Parsed.Bad<T> bad ->
                    inProcedure.add(
                            BLOCK_INVALID, at(block, bad.offset()), bad.problem(), bad.fix());
        }
    }

    private static Position at(Step.Block block, int offset) {
        var inBlock = SourceText.of(block.text()).positionOf(offset);
        return new Position(block.line() + inBlock.line(), block.column() + inBlock.column() - 1);
    }

    private void filled(Step.Block block, HttpBlock http) {
        for (Placeholder placeholder : http.placeholders()) {
            var at = at(block, placeholder.offset());
            if (placeholder.kind() == Placeholder.Kind.INPUT) {
                declared(placeholder.name(), "this request", at, inProcedure);
            } else if (placeholder.kind() == Placeholder.Kind.STEP) {
                stepExists(placeholder.name(), at);
            }
        }
    }

    private void shell(Step.Block block) {
        Set<String> told = new HashSet<>();
        for (ShellText.Use use : new ShellText(block).uses()) {
            if (!told.add(use.name())) continue;
            var at = new Position(use.line(), block.column() + use.column() - 1);
            var input = INPUT_VARIABLE.matcher(use.name());
            var step = STEP_VARIABLE.matcher(use.name());
            if (input.matches()) {
                declared(
                        input.group(1).toLowerCase(Locale.ROOT), "$" + use.name(), at, inProcedure);
            } else if (step.matches()) {
                stepExists(step.group(1), at);
            }
        }
    }

    private void placeholders(String text, String where, Position at) {
        Placeholder.in(text).stream()
                .filter(placeholder -> placeholder.kind() == Placeholder.Kind.INPUT)
                .forEach(input -> declared(input.name(), where, at, inProcedure));
    }

    private void stepExists(String numberOrId, Position at) {
        boolean exists =
                procedure.steps().stream()
                        .anyMatch(
                                s ->
                                        numberOrId.equals(Integer.toString(s.number()))
                                                || s.rules().id().equals(Optional.of(numberOrId)));
        if (exists) return;
        inProcedure.add(
                TARGET_MISSING,
                at,
                "there is no step %s".formatted(numberOrId),
                "the steps are 1 to %d".formatted(procedure.steps().size()));
    }

    private void declared(String name, String where, Position at, Findings findings) {
        if (manifest.input(name).isPresent()) return;
        List<String> names = manifest.inputs().stream().map(Input::name).toList();
        Optional<String> near = Words.suggestion(name, names);
        findings.add(
                INPUT_UNDECLARED,
                at,
                "%s uses the input %s, which is not declared".formatted(where, Quoted.of(name)),
                near.map(n -> "did you mean \"%s\"?".formatted(n))
                        .orElse("declare it in SOP.toml under [[inputs]]"));
    }
}
