package dev.sopwith.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code sopwith sop show}: one SOP as it will run. */
@Command(
        name = "show",
        description = "Show one SOP as it will run: what starts it, its steps, gates and ways.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":shown",
            Exit.FINDINGS + ":the SOP is broken",
            Exit.WRONG_USE + ":wrong use, or there is no such SOP"
        })
final class ShowCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private SopsDir sopsDir = new SopsDir();

    @Parameters(paramLabel = "NAME", description = "The SOP, or its folder.")
    private String name = "";

    ShowCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (name.isEmpty()) return here.refuse("NAME is empty", "See: ./sopwith sop list");
        var library = sopsDir.load(here, name);
        if (library.isEmpty()) return Exit.WRONG_USE;
        Findings.showProblem(here.out(), library.get());
        boolean broken = library.get().problem().isPresent();
        for (var entry : library.get().entries()) {
            Findings.show(here.out(), entry.diagnostics(), entry.sources());
            if (entry.isBroken()) here.out().line("%s is broken.".formatted(entry.name()));
            broken |= entry.isBroken();
            entry.sop()
                    .map(sop -> SopPage.lines(sop, here.clock().instant(), here.out().width()))
                    .ifPresent(here.out()::lines);
        }
        return broken ? Exit.FINDINGS : Exit.OK;
    }
}
