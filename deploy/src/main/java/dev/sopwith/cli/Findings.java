package dev.sopwith.cli;

import dev.sopwith.engine.sop.Diagnostic;

import java.util.List;

/** Shows findings the way compilers do, with the line they are about. */
final class Findings {
    private static final String NOT_SHOWN = "(not shown: this file holds what looks like a token)";

    private Findings() {}

    /** What makes the whole folder unreadable, if anything does. */
    static void showProblem(Screen screen, Library library) {
        library.problem().ifPresent(problem -> show(screen, List.of(problem), Sources.NONE));
    }

    /** Findings in their order, with a blank line after each. */
    static void show(Screen screen, List<Diagnostic> findings, Sources sources) {
        for (var finding : findings) {
            show(screen, sources, finding);
            screen.line();
        }
    }

    private static void show(Screen screen, Sources sources, Diagnostic finding) {
        screen.line(headline(finding));
        var number = "%4d | ".formatted(finding.line());
        var margin = " ".repeat(number.length() - 2) + "| ";
        var line = sources.line(finding);
        if (line.isPresent()) {
            int room = screen.width() - number.length();
            var excerpt = Excerpt.of(line.get(), finding.column(), room);
            screen.line(Ink.FAINT.of(number) + excerpt.source());
            screen.line(Ink.FAINT.of(margin) + ink(finding).of(excerpt.caret()));
        } else if (sources.isMasked(finding)) {
            screen.line(Ink.FAINT.of(number + NOT_SHOWN));
        }
        if (!finding.fix().isEmpty()) screen.line("  = fix: " + finding.fix());
    }

    private static String headline(Diagnostic finding) {
        return Ink.BOLD.of(place(finding) + ":")
                + " "
                + ink(finding).of(finding.severity().word() + ":")
                + " "
                + Ink.BOLD.of(finding.message())
                + " ["
                + finding.code().id()
                + "]";
    }

    /** {@code sops/deploy-prod/SOP.toml:5:1}. */
    static String place(Diagnostic finding) {
        return "%s:%d:%d".formatted(finding.file(), finding.line(), finding.column());
    }

    private static Ink ink(Diagnostic finding) {
        return finding.isError() ? Ink.RED : Ink.YELLOW;
    }
}
