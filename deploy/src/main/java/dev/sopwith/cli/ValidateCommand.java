package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.bot.words.Gates;
import dev.sopwith.bot.words.TriggerWords;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger.Schedule;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code sopwith sop validate}: says everything that is wrong with the SOPs, in one pass. */
@Command(
        name = "validate",
        description = "Check SOPs and show everything that is wrong, with the lines.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":no errors",
            Exit.FINDINGS + ":errors, or with --strict warnings",
            Exit.WRONG_USE + ":wrong use, no such SOP, or no such folder: standard output is empty"
        },
        footer = {
            "",
            "JSON, keys are only ever added:",
            "  {\"valid\": true,          the same as exit code 0",
            "   \"sops\": [{\"folder\": \"...\", \"name\": \"...\", \"valid\": true,",
            "             \"diagnostics\": [{\"file\": \"...\", \"line\": 1, \"column\": 1,",
            "                              \"severity\": \"error\" or \"warning\",",
            "                              \"code\": \"...\", \"message\": \"...\", \"fix\": \"...\"}]}],",
            "   \"problem\": {...},      only when the folder cannot be read: file, line, ... as above",
            "   \"errors\": 0, \"warnings\": 0}"
        })
final class ValidateCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private SopsDir sopsDir = new SopsDir();

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "The SOP to check, or its folder. Default: all")
    private Optional<String> name = Optional.empty();

    @Option(names = "--strict", description = "Exit 1 on warnings too.")
    private boolean strict;

    @Option(names = "--json", description = "Write JSON instead of text.")
    private boolean json;

    ValidateCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (name.equals(Optional.of(""))) {
            return here.refuse("NAME is empty", "Leave it out to check all SOPs.");
        }
        var library = sopsDir.load(here, name.orElse(""));
        if (library.isEmpty()) return Exit.WRONG_USE;
        var verdict = new Verdict(library.get(), strict);
        if (json) here.out().raw(JsonReport.ofValidation(verdict));
        else show(verdict);
        return verdict.passes() ? Exit.OK : Exit.FINDINGS;
    }

    private void show(Verdict verdict) {
        var out = here.out();
        Findings.showProblem(out, verdict.library());
        for (var entry : verdict.library().entries()) {
            Findings.show(out, entry.diagnostics(), entry.sources());
            entry.sop().ifPresent(this::showValid);
        }
        if (verdict.library().isEmpty()) {
            out.line("No SOPs here yet; begin one: ./sopwith sop new NAME" + sopsDir.asOption());
        }
        out.line(ink(verdict).of(verdict.summary()));
        if (verdict.errors() + verdict.warnings() == 0) return;
        if (verdict.errors() == 0 && strict) out.line("--strict: warnings count as errors.");
        out.line("explain with: ./sopwith sop explain CODE");
    }

    private void showValid(Sop sop) {
        here.out()
                .line(
                        "%s %s %s: %s, %s, %s"
                                .formatted(
                                        Ink.GREEN.of("valid"),
                                        Ink.BOLD.of(sop.name()),
                                        sop.version(),
                                        English.count(sop.steps().size(), "step"),
                                        English.count(Gates.count(sop), "gate"),
                                        English.count(sop.triggers().size(), "trigger")));
        for (var trigger : sop.triggers()) {
            if (trigger instanceof Schedule schedule) {
                here.out().line("      " + TriggerWords.describe(sop, trigger));
                here.out().line("        " + TriggerWords.next(schedule, here.clock().instant()));
            }
        }
    }

    private static Ink ink(Verdict verdict) {
        if (verdict.errors() > 0) return Ink.RED;
        return verdict.warnings() > 0 ? Ink.YELLOW : Ink.GREEN;
    }
}
