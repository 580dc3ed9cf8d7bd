package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.bot.words.SopWords;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code sopwith sop list}: all SOPs in a table, the broken ones with what is wrong first. */
@Command(
        name = "list",
        description = "List all SOPs, broken ones too.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":listed, whatever the state of the SOPs",
            Exit.FINDINGS + ":the folder of them cannot be read",
            Exit.WRONG_USE + ":wrong use"
        })
final class ListCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private SopsDir sopsDir = new SopsDir();

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    ListCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        var library = sopsDir.load(here);
        if (library.isEmpty()) return Exit.WRONG_USE;
        if (json) here.out().raw(JsonReport.ofList(library.get()));
        else show(library.get());
        return library.get().problem().isPresent() ? Exit.FINDINGS : Exit.OK;
    }

    private void show(Library library) {
        Findings.showProblem(here.out(), library);
        if (library.problem().isPresent()) return;
        if (library.isEmpty()) {
            here.out()
                    .line(
                            "No SOPs here yet; begin one: ./sopwith sop new NAME"
                                    + sopsDir.asOption());
            return;
        }
        var table = new Table("NAME", "VERSION", "PRIORITY", "MODE", "TRIGGERS", "STEPS", "STATE");
        library.entries().forEach(entry -> add(table, entry));
        here.out().lines(table.lines());
    }

    private static void add(Table table, Library.Entry entry) {
        entry.sop()
                .ifPresentOrElse(
                        sop -> table.row(cells(sop, entry)),
                        () -> table.row(entry.name(), "-", "-", "-", "-", "-", broken(entry)));
    }

    private static String[] cells(Sop sop, Library.Entry entry) {
        return new String[] {
            sop.name(),
            sop.version(),
            English.of(sop.priority()),
            English.of(sop.executionMode()),
            SopWords.triggers(sop),
            Integer.toString(sop.steps().size()),
            entry.warnings() == 0 ? "valid" : "valid, " + English.count(entry.warnings(), "warning")
        };
    }

    private static String broken(Library.Entry entry) {
        var first =
                entry.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .findFirst()
                        .map(d -> "%s: %s".formatted(Findings.place(d), d.message()))
                        .orElse("no finding says why");
        return Ink.RED.of("broken: " + first);
    }
}
