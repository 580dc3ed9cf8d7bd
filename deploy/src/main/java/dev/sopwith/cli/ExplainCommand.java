package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Severity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code sopwith sop explain}: what a finding means and how to get rid of it. */
@Command(
        name = "explain",
        description = "Explain a finding's code; without CODE, list all codes.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":explained",
            Exit.WRONG_USE + ":wrong use, or there is no such code"
        })
final class ExplainCommand implements Callable<Integer> {
    /** A link to another code's page; on a terminal the code is all one needs. */
    private static final Pattern OTHER_PAGE = Pattern.compile("\\[([a-z-]+)]\\(\\1\\.md\\)");

    private final Surroundings here;

    @Parameters(
            arity = "0..1",
            paramLabel = "CODE",
            defaultValue = "",
            description = "What stands in brackets at the end of a finding, such as key-misspelt.")
    private String id = "";

    ExplainCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (id.isBlank()) return list();
        return DiagnosticCode.of(withoutBrackets()).map(this::explain).orElseGet(this::refuse);
    }

    /** People copy the code as it stands in the finding. */
    private String withoutBrackets() {
        return id.replaceAll("^\\[|]$", "").replace('_', '-');
    }

    private int explain(DiagnosticCode code) {
        var out = here.out();
        out.line(Ink.BOLD.of(code.id()) + " (" + code.severity().word() + ")");
        out.line();
        out.lines(Prose.lines(withoutTitle(here.pages().apply(code)), out.width()));
        return Exit.OK;
    }

    private int list() {
        var out = here.out();
        for (var code : DiagnosticCode.values()) {
            out.line(Ink.BOLD.of(code.id()) + " (" + code.severity().word() + ")");
            var summary = firstSentence(here.pages().apply(code));
            out.lines(Prose.wrap(summary, "    ", "    ", out.width()));
        }
        out.line();
        out.line("More about one: ./sopwith sop explain CODE");
        return Exit.OK;
    }

    private int refuse() {
        var ids = Arrays.stream(DiagnosticCode.values()).map(DiagnosticCode::id).toList();
        here.refuse("there is no code " + id, English.didYouMean(withoutBrackets(), ids).strip());
        here.err().line("  All codes:");
        here.err().lines(Prose.wrap(String.join(", ", ids), "    ", "    ", here.err().width()));
        return Exit.WRONG_USE;
    }

    /** Code and severity stand above the page already. */
    private static String withoutTitle(String page) {
        return page.lines()
                .dropWhile(line -> line.isBlank() || line.startsWith("# ") || isSeverity(line))
                .map(line -> OTHER_PAGE.matcher(line).replaceAll("$1"))
                .collect(Collectors.joining("\n"));
    }

    private static boolean isSeverity(String line) {
        return Arrays.stream(Severity.values())
                .anyMatch(severity -> line.strip().equals("*" + severity.word() + "*"));
    }

    private static String firstSentence(String page) {
        var paragraph =
                withoutTitle(page)
                        .lines()
                        .takeWhile(line -> !line.isBlank())
                        .collect(Collectors.joining(" "));
        int end = paragraph.indexOf(". ");
        return end < 0 ? paragraph : paragraph.substring(0, end + 1);
    }
}
