package dev.sopwith.cli;

import dev.sopwith.bot.words.StepWords;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.ArrayList;
import java.util.List;

/** One step as lines for a terminal: its gate, what is done, and the ways that lead on. */
final class StepLines {
    private static final String INDENT = "     ";

    private final Step step;
    private final StepWords words;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private StepLines(Sop sop, Step step, int width) {
        this.step = step;
        this.words = new StepWords(sop, step);
        this.width = width;
    }

    static List<String> of(Sop sop, Step step, int width) {
        var page = new StepLines(sop, step, width);
        page.lines.add("%3d. %s".formatted(step.number(), Ink.BOLD.of(step.title())));
        page.words.comesFrom().map(Ink.FAINT::of).ifPresent(page::add);
        page.gate();
        page.body();
        page.work();
        page.ways();
        return page.lines;
    }

    private void gate() {
        words.gate().ifPresent(why -> wrap(Ink.YELLOW.of("◆ waits for approval:") + " " + why));
        step.rules().prompt().ifPresent(prompt -> wrap("  asks: " + prompt));
        words.conditions().forEach(it -> wrap("? " + it));
    }

    private void body() {
        if (step.body().isBlank()) return;
        Prose.lines(step.body(), width - INDENT.length()).forEach(this::add);
    }

    private void work() {
        var work = words.work();
        if (work.isEmpty()) return;
        wrap(work.get());
        step.block().ifPresent(b -> b.text().lines().forEach(l -> add(Ink.FAINT.of("│ ") + l)));
    }

    private void ways() {
        var ways = words.ways();
        for (int i = 0; i < ways.size(); i++) {
            add((i < ways.size() - 1 ? "├─ " : "└─ ") + ways.get(i));
        }
    }

    private void wrap(String text) {
        lines.addAll(Prose.wrap(text, INDENT, INDENT + "  ", width));
    }

    private void add(String text) {
        lines.add(text.isEmpty() ? "" : INDENT + text);
    }
}
