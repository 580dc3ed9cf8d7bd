package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_WITHOUT_RUNNER;
import static dev.sopwith.engine.sop.DiagnosticCode.SECRET_NOT_NAMED;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.sop.GpioBlock;
import dev.sopwith.engine.sop.HttpBlock;
import dev.sopwith.engine.sop.MqttBlock;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The checks of the block that a step runs: its form, and what it uses of the SOP (FORMAT §5). */
final class BlockChecks {

    private static final Pattern INPUT_VARIABLE = Pattern.compile("SOP_INPUT_([A-Z0-9_]+)");
    private static final Pattern STEP_VARIABLE = Pattern.compile("SOP_STEP_(\\d{1,9})_[A-Z0-9_]+");

    private final UsedNames names;
    private final Findings findings;

    BlockChecks(UsedNames names, Findings findings) {
        this.names = names;
        this.findings = findings;
    }

    void check(Step step, Step.Block block) {
        switch (block.tool()) {
            case SHELL -> shell(block);
            case HTTP ->
                    report(block, HttpBlock.parse(block.text()), http -> http(step, block, http));
            case MQTT -> report(block, MqttBlock.parse(block.text()), _ -> {});
            case GPIO -> report(block, GpioBlock.parse(block.text()), _ -> {});
            case OTHER ->
                    findings.add(
                            BLOCK_WITHOUT_RUNNER,
                            new Position(block.line(), block.column()),
                            "nothing here can run a block of the tool %s"
                                    .formatted(Quoted.of(block.fence())),
                            "use shell, http, mqtt or gpio, or remove the tool from the step");
        }
    }

    private <T> void report(Step.Block block, Parsed<T> parsed, Consumer<T> checks) {
        switch (parsed) {
            case Parsed.Ok<T> ok -> checks.accept(ok.value());
            case Parsed.Bad<T> bad when block.text().isBlank() ->
                    findings.add(
                            BLOCK_INVALID,
                            new Position(block.line(), block.column()),
                            "this %s block is empty".formatted(block.fence()),
                            bad.fix());
            case Parsed.Bad<T> bad ->
                    findings.add(BLOCK_INVALID, at(block, bad.offset()), bad.problem(), bad.fix());
        }
    }

    private static Position at(Step.Block block, int offset) {
        var inBlock = SourceText.of(block.text()).positionOf(offset);
        return new Position(block.line() + inBlock.line(), block.column() + inBlock.column() - 1);
    }

    /** The request line is shown and logged, by others too: no secret stands in it. */
    private void http(Step step, Step.Block block, HttpBlock http) {
        int lineEnd = block.text().indexOf('\n');
        int requestEnd = lineEnd < 0 ? block.text().length() : lineEnd;
        for (Placeholder placeholder : http.placeholders()) {
            var at = at(block, placeholder.offset());
            var name = placeholder.name();
            switch (placeholder.kind()) {
                case INPUT -> {
                    if (placeholder.offset() < requestEnd) {
                        names.shownInput(name, "the address of this request", at, findings);
                    } else {
                        names.input(name, "this request", at, findings);
                    }
                }
                case STEP -> names.step(name, at, findings);
                case SECRET -> secret(step, name, at);
                case INVALID -> {} // reported with the block's form
            }
        }
    }

    private void secret(Step step, String name, Position at) {
        if (step.rules().secrets().contains(name)) return;
        findings.add(
                SECRET_NOT_NAMED,
                at,
                "step %d does not name the secret %s: it would not be given it"
                        .formatted(step.number(), name),
                "add - secrets: " + name);
    }

    private void shell(Step.Block block) {
        Set<String> told = new HashSet<>();
        for (ShellText.Use use : new ShellText(block).uses()) {
            if (!told.add(use.name())) continue;
            var at = new Position(use.line(), block.column() + use.column() - 1);
            var input = INPUT_VARIABLE.matcher(use.name());
            var step = STEP_VARIABLE.matcher(use.name());
            if (input.matches()) {
                var name = input.group(1).toLowerCase(Locale.ROOT);
                names.input(name, "$" + use.name(), at, findings);
            } else if (step.matches()) {
                names.step(step.group(1), at, findings);
            }
        }
    }
}
