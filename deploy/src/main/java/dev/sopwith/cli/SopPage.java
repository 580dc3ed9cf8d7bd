package dev.sopwith.cli;

import dev.sopwith.bot.words.SopWords;
import dev.sopwith.bot.words.TriggerWords;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger.Schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A whole SOP as lines for a terminal. */
final class SopPage {
    private final Sop sop;
    private final Instant now;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private SopPage(Sop sop, Instant now, int width) {
        this.sop = sop;
        this.now = now;
        this.width = width;
    }

    static List<String> lines(Sop sop, Instant now, int width) {
        var page = new SopPage(sop, now, width);
        page.header();
        page.inputs();
        page.triggers();
        page.steps();
        return page.lines;
    }

    private void header() {
        lines.add(Ink.BOLD.of(sop.name()) + " " + sop.version());
        if (!sop.title().equals(sop.name())) lines.add(sop.title());
        if (!sop.description().isBlank()) {
            lines.addAll(Prose.wrap(sop.description(), "", "", width));
        }
        lines.addAll(Prose.wrap(String.join(" · ", SopWords.rules(sop)), "", "", width));
        if (!sop.introduction().isBlank()) {
            lines.add("");
            lines.addAll(Prose.lines(sop.introduction(), width));
        }
    }

    private void inputs() {
        if (sop.inputs().isEmpty()) return;
        heading("Inputs");
        var table = new Table("NAME", "TYPE", "NEEDED", "DEFAULT", "WHAT IT IS").uncut();
        for (var input : sop.inputs()) {
            table.row(
                    input.name(),
                    SopWords.type(input),
                    input.required() ? "yes" : "no",
                    input.secret() ? "(secret)" : input.defaultValue().orElse("-"),
                    input.description());
        }
        indented(table.lines());
    }

    private void triggers() {
        heading("Starts");
        if (sop.triggers().isEmpty()) lines.add("  never: no trigger is defined");
        for (var trigger : sop.triggers()) {
            lines.addAll(Prose.wrap(TriggerWords.describe(sop, trigger), "  ", "      ", width));
            if (trigger instanceof Schedule schedule) {
                lines.add("      " + TriggerWords.next(schedule, now));
            }
        }
    }

    private void steps() {
        heading("Steps");
        remarks(0);
        for (var step : sop.steps()) {
            if (step.number() > 1) lines.add("");
            lines.addAll(StepLines.of(sop, step, width));
            remarks(step.number());
        }
    }

    private void remarks(int afterStep) {
        for (var remark : sop.remarks()) {
            if (remark.afterStep() != afterStep || remark.markdown().isBlank()) continue;
            if (afterStep > 0) lines.add("");
            indented(Prose.lines(remark.markdown(), width - 2));
            if (afterStep == 0) lines.add("");
        }
    }

    private void heading(String text) {
        lines.add("");
        lines.add(Ink.BOLD.of(text));
    }

    private void indented(List<String> more) {
        more.forEach(line -> lines.add(line.isEmpty() ? "" : "  " + line));
    }
}
