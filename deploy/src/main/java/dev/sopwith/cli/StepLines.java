package dev.sopwith.cli;

import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Step.OnFailure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One step as lines for a terminal: its gate, what is done, and the ways that lead on. */
final class StepLines {
    private static final String INDENT = "     ";

    private final Sop sop;
    private final Step step;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private StepLines(Sop sop, Step step, int width) {
        this.sop = sop;
        this.step = step;
        this.width = width;
    }

    static List<String> of(Sop sop, Step step, int width) {
        var page = new StepLines(sop, step, width);
        page.lines.add("%3d. %s".formatted(step.number(), Ink.BOLD.of(step.title())));
        page.comesFrom();
        page.gate();
        page.body();
        page.work();
        page.ways();
        return page.lines;
    }

    /** Where a run may jump to here from: without this a rollback looks like just the next step. */
    private void comesFrom() {
        var sources = new ArrayList<String>();
        for (var other : sop.steps()) {
            if (other.rules().onFailure() instanceof OnFailure.Goto(int target)
                    && target == step.number()) {
                sources.add("%d when it fails".formatted(other.number()));
            }
            if (leadsHere(other)) sources.add(Integer.toString(other.number()));
        }
        if (!sources.isEmpty()) add(Ink.FAINT.of("← from " + String.join(", ", sources)));
    }

    private boolean leadsHere(Step other) {
        return other.rules().next().filter(next -> next == step.number()).isPresent()
                || other.rules().arms().stream().anyMatch(arm -> arm.target() == step.number());
    }

    private void gate() {
        Gates.why(sop, step)
                .ifPresent(
                        why -> {
                            var asked = step.rules().policy().map(p -> ", policy " + p).orElse("");
                            wrap(Ink.YELLOW.of("◆ waits for approval:") + " " + why + asked);
                        });
        step.rules().prompt().ifPresent(prompt -> wrap("  asks: " + prompt));
        if (!step.rules().when().text().isBlank()) {
            wrap("? only when " + step.rules().when().text() + ", else skipped");
        }
        if (!step.rules().dependsOn().isEmpty()) {
            wrap("? only when " + numbers(step.rules().dependsOn()) + " completed, else skipped");
        }
    }

    private static String numbers(List<Integer> steps) {
        return steps.stream().map(Object::toString).collect(Collectors.joining(" and "));
    }

    private void body() {
        if (step.body().isBlank()) return;
        Prose.lines(step.body(), width - INDENT.length()).forEach(this::add);
    }

    private void work() {
        if (step.kind() == Step.Kind.CHECKPOINT) return;
        var facts = new ArrayList<String>();
        facts.add(step.block().map(b -> "▶ runs " + b.fence()).orElse(byPeople()));
        step.rules().timeout().ifPresent(t -> facts.add("within " + English.duration(t)));
        if (step.rules().repeatable()) facts.add("repeatable");
        step.rules().expect().ifPresent(_ -> facts.add("expects " + attribute("expect")));
        if (!step.rules().secrets().isEmpty()) {
            facts.add("is given " + String.join(", ", step.rules().secrets()));
        }
        if (step.block().isEmpty() && !step.tools().isEmpty()) {
            facts.add("tools " + String.join(", ", step.tools()));
        }
        wrap(String.join(" · ", facts));
        step.block().ifPresent(b -> b.text().lines().forEach(l -> add(Ink.FAINT.of("│ ") + l)));
    }

    private String byPeople() {
        return step.rules()
                .agent()
                .or(sop::agent)
                .map(a -> "☐ done by " + a)
                .orElse("☐ done by people");
    }

    private String attribute(String name) {
        return step.attributes().getOrDefault(name, "");
    }

    /**
     * Nothing for a step that just goes on to the following one and fails the run when it fails.
     */
    private void ways() {
        var ways = new ArrayList<String>();
        for (var arm : step.rules().arms()) {
            var when = arm.when().text().isBlank() ? "otherwise" : "if " + arm.when().text();
            var name = arm.name().isBlank() ? "" : arm.name() + ": ";
            ways.add(name + when + " → " + target(arm.target()));
        }
        step.rules().next().ifPresent(next -> ways.add("then → " + target(next)));
        if (ends()) ways.add("then ■ the run ends");
        failure().ifPresent(ways::add);
        for (int i = 0; i < ways.size(); i++) {
            add((i < ways.size() - 1 ? "├─ " : "└─ ") + ways.get(i));
        }
    }

    private boolean ends() {
        boolean isLast = step.number() == sop.steps().size();
        return step.rules().terminal() || (isLast && step.rules().next().isEmpty());
    }

    private Optional<String> failure() {
        return switch (step.rules().onFailure()) {
            case OnFailure.Fail _ -> Optional.empty();
            case OnFailure.Continue _ -> Optional.of("if it fails → goes on all the same");
            case OnFailure.Goto(int target) -> Optional.of("if it fails → " + target(target));
            case OnFailure.Retry retry ->
                    Optional.of(
                            "if it fails ↻ %s%s, then the run fails"
                                    .formatted(
                                            English.count(retry.times(), "more try")
                                                    .replace("trys", "tries"),
                                            retry.delay().isZero()
                                                    ? ""
                                                    : " after " + English.duration(retry.delay())));
        };
    }

    private String target(int number) {
        return "%d. %s".formatted(number, sop.steps().get(number - 1).title());
    }

    private void wrap(String text) {
        lines.addAll(Prose.wrap(text, INDENT, INDENT + "  ", width));
    }

    private void add(String text) {
        lines.add(text.isEmpty() ? "" : INDENT + text);
    }
}
