package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_CONFLICT;
import static dev.sopwith.engine.sop.DiagnosticCode.CONDITION_NEVER_HOLDS;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_DEFAULT_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.INPUT_NOT_GIVEN;
import static dev.sopwith.engine.sop.DiagnosticCode.NEVER_STARTS;
import static dev.sopwith.engine.sop.DiagnosticCode.TOOL_UNKNOWN;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.sop.Trigger;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The checks of a SOP as a whole: what one file says about the other, and what is sure to go wrong
 * when it runs (FORMAT §5, §7).
 */
final class SopChecks {

    private static final Set<String> WHEN_ROOTS = Set.of("inputs", "payload", "steps");
    private static final Set<String> EXPECT_ROOTS = Set.of("status", "headers", "body");

    private final Manifest manifest;
    private final Procedure procedure;
    private final Findings inManifest;
    private final Findings inProcedure;
    private final UsedNames names;

    SopChecks(Manifest manifest, Procedure procedure, Findings inManifest, Findings inProcedure) {
        this.manifest = manifest;
        this.procedure = procedure;
        this.inManifest = inManifest;
        this.inProcedure = inProcedure;
        this.names = new UsedNames(manifest, procedure);
    }

    void run() {
        lock();
        triggerInputs();
        secretDefaults();
        requiredInputs();
        foreignTriggers();
        procedure.steps().forEach(this::step);
    }

    private void lock() {
        manifest.lock().map(LockText::new).map(LockText::inputNames).stream()
                .flatMap(List::stream)
                .forEach(
                        name ->
                                names.input(
                                        name, "lock", manifest.places().of("lock"), inManifest));
    }

    private void triggerInputs() {
        for (int i = 0; i < manifest.triggers().size(); i++) {
            for (String name : manifest.triggers().get(i).inputs().keySet()) {
                var at = manifest.places().of("triggers." + (i + 1) + ".inputs." + name);
                names.input(name, "this trigger", at, inManifest);
            }
        }
    }

    private void secretDefaults() {
        for (int i = 0; i < manifest.inputs().size(); i++) {
            var input = manifest.inputs().get(i);
            if (!input.secret() || input.defaultValue().isEmpty()) continue;
            inManifest.add(
                    INPUT_DEFAULT_INVALID,
                    manifest.places().of("inputs." + (i + 1) + ".default"),
                    "the secret input \"%s\" has a default: everybody who reads the file knows it"
                            .formatted(input.name()),
                    "remove the default");
        }
    }

    /** A trigger that leaves out what must be given would have every delivery refused. */
    private void requiredInputs() {
        var required =
                manifest.inputs().stream()
                        .filter(input -> input.required() && input.defaultValue().isEmpty())
                        .map(Input::name)
                        .toList();
        for (int i = 0; i < manifest.triggers().size(); i++) {
            var trigger = manifest.triggers().get(i);
            if (trigger instanceof Trigger.Manual || trigger instanceof Trigger.Foreign) continue;
            boolean cron = trigger instanceof Trigger.Schedule;
            for (String name : required) {
                if (trigger.inputs().containsKey(name)) continue;
                inManifest.add(
                        INPUT_NOT_GIVEN,
                        manifest.places().of("triggers." + (i + 1)),
                        "this trigger gives no value to the required input %s: it could never"
                                        .formatted(Quoted.of(name))
                                + " start the SOP",
                        cron
                                ? "a schedule has no values to give: add a default to the input"
                                : "add inputs = { %s = \"$.%s\" }, or a default to the input"
                                        .formatted(name, name));
            }
        }
    }

    private void foreignTriggers() {
        var triggers = manifest.triggers();
        if (triggers.isEmpty() || !triggers.stream().allMatch(Trigger.Foreign.class::isInstance)) {
            return;
        }
        inManifest.add(
                NEVER_STARTS,
                manifest.places().of("sop"),
                "no trigger of this SOP ever fires here: nothing can start it",
                "add [[triggers]] with type = \"manual\"");
    }

    private void step(Step step) {
        tools(step);
        var rules = step.rules();
        rules.prompt().ifPresent(prompt -> placeholders(prompt, at(step, "prompt")));
        conditionRoots(rules.when(), "when", WHEN_ROOTS, at(step, "when"));
        for (Step.Arm arm : rules.arms()) {
            conditionRoots(arm.when(), "switch", WHEN_ROOTS, at(step, "switch"));
        }
        if (rules.expect().orElse(null) instanceof Step.Expectation.Holds holds) {
            conditionRoots(holds.condition(), "expect", EXPECT_ROOTS, at(step, "expect"));
        }
        conflicts(step);
        step.block().ifPresent(block -> new BlockChecks(names, inProcedure).check(step, block));
    }

    /** {@return the bullet of an attribute; the step's first line when there is none} */
    private Position at(Step step, String attribute) {
        return procedure.places().of(step.number() + "." + attribute, new Position(step.line(), 1));
    }

    private void tools(Step step) {
        var known = Arrays.stream(Tool.values()).flatMap(tool -> tool.names().stream()).toList();
        for (String tool : step.tools()) {
            boolean toldByBlock =
                    step.block().map(block -> Tool.same(block.fence(), tool)).orElse(false);
            if (Tool.of(tool).isPresent() || toldByBlock) continue;
            inProcedure.add(
                    TOOL_UNKNOWN,
                    at(step, "tools." + tool),
                    "step %d names the tool %s, which is not known here"
                            .formatted(step.number(), Quoted.of(tool)),
                    Words.meant(tool, known));
        }
    }

    private void conflicts(Step step) {
        var rules = step.rules();
        if (rules.terminal() && (rules.next().isPresent() || !rules.arms().isEmpty())) {
            conflict(
                    at(step, "terminal"),
                    "step %d is terminal and leads on all the same".formatted(step.number()),
                    "remove terminal, or next and switch");
        }
        if (rules.dependsOn().contains(step.number())) {
            conflict(
                    at(step, "depends_on"),
                    "step %d depends on itself: it would always be skipped"
                            .formatted(step.number()),
                    "remove the number from depends_on");
        }
        boolean http = step.block().map(b -> b.tool() == Tool.HTTP).orElse(false);
        if (rules.expect().isPresent() && !http) {
            conflict(
                    at(step, "expect"),
                    "expect needs an http block, and step %d has none".formatted(step.number()),
                    "remove expect, or write an http block and name the tool");
        }
    }

    private void conflict(Position at, String message, String fix) {
        inProcedure.add(ATTRIBUTE_CONFLICT, at, message, fix);
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
            if (keys.size() < 2 || !roots.equals(WHEN_ROOTS)) continue;
            if (keys.getFirst().equals("inputs")) inputInCondition(keys.get(1), attribute, at);
            if (keys.getFirst().equals("steps")) names.step(keys.get(1), at, inProcedure);
        }
    }

    /** Conditions and their reasons are shown and stored, so they are given no secrets. */
    private void inputInCondition(String name, String attribute, Position at) {
        names.input(name, attribute, at, inProcedure);
        if (!manifest.input(name).map(Input::secret).orElse(false)) return;
        inProcedure.add(
                CONDITION_NEVER_HOLDS,
                at,
                "%s looks at the secret input %s, which conditions are not given"
                        .formatted(attribute, Quoted.of(name)),
                "let the step's own shell text look at it, or use an input that is not secret");
    }

    private static List<String> rootPaths(Set<String> roots) {
        return roots.stream().sorted().map(root -> "$." + root).toList();
    }

    private void placeholders(String text, Position at) {
        Placeholder.in(text).stream()
                .filter(placeholder -> placeholder.kind() == Placeholder.Kind.INPUT)
                .forEach(input -> names.shownInput(input.name(), "prompt", at, inProcedure));
    }
}
