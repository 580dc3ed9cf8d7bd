package dev.sopwith.cli;

import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger.Schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
        lines.addAll(Prose.wrap(String.join(" · ", rules()), "", "", width));
        if (!sop.introduction().isBlank()) {
            lines.add("");
            lines.addAll(Prose.lines(sop.introduction(), width));
        }
    }

    /** What holds for every run, without what is only a default. */
    private List<String> rules() {
        var rules = new ArrayList<String>();
        rules.add("priority " + English.of(sop.priority()));
        rules.add("mode " + English.of(sop.executionMode()));
        rules.add("at most " + English.count(sop.maxConcurrent(), "run") + " at once");
        rules.add("admission " + English.of(sop.admissionPolicy()));
        addTime(rules, "cooldown", sop.cooldown());
        addTime(rules, "whole run within", sop.timeout());
        if (sop.maxPendingApprovals() > 0) {
            rules.add(English.count(sop.maxPendingApprovals(), "run") + " may wait for approval");
        }
        sop.lock().ifPresent(lock -> rules.add("lock " + lock));
        sop.agent().ifPresent(agent -> rules.add("agent " + agent));
        return rules;
    }

    private static void addTime(List<String> rules, String what, Duration time) {
        if (!time.isZero()) rules.add(what + " " + English.duration(time));
    }

    private void inputs() {
        if (sop.inputs().isEmpty()) return;
        heading("Inputs");
        var table = new Table("NAME", "TYPE", "NEEDED", "DEFAULT", "WHAT IT IS").uncut();
        for (var input : sop.inputs()) {
            table.row(
                    input.name(),
                    type(input),
                    input.required() ? "yes" : "no",
                    input.secret() ? "(secret)" : input.defaultValue().orElse("-"),
                    input.description());
        }
        indented(table.lines());
    }

    private static String type(Input input) {
        var type =
                input.choices().isEmpty()
                        ? English.of(input.type())
                        : input.choices().stream().collect(Collectors.joining(" | "));
        return input.pattern()
                .map(Object::toString) // as it was written
                .map(pattern -> type + " like " + pattern)
                .orElse(type);
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
