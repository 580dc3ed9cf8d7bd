package dev.sopwith.bot.words;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Step.OnFailure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What there is to say about one step: when it is done, by whom, and the ways that lead on. */
public final class StepWords {
    private final Sop sop;
    private final Step step;
    private final ExecutionMode mode;
    private final Priority priority;

    /** Words about this step of this SOP, as its own files have it. */
    public StepWords(Sop sop, Step step) {
        this(sop, step, sop.executionMode(), sop.priority());
    }

    /** The same where runs have this mode and priority, as a roster demands them. */
    public StepWords(Sop sop, Step step, ExecutionMode mode, Priority priority) {
        this.sop = sop;
        this.step = step;
        this.mode = mode;
        this.priority = priority;
    }

    /** Where a run may jump to here from: without this a rollback looks like just the next step. */
    public Optional<String> comesFrom() {
        var sources = new ArrayList<String>();
        for (var other : sop.steps()) {
            if (other.rules().onFailure() instanceof OnFailure.Goto(int target)
                    && target == step.number()) {
                sources.add("%d when it fails".formatted(other.number()));
            }
            if (leadsHere(other)) sources.add(Integer.toString(other.number()));
        }
        if (sources.isEmpty()) return Optional.empty();
        return Optional.of("← from " + String.join(", ", sources));
    }

    private boolean leadsHere(Step other) {
        return other.rules().next().filter(next -> next == step.number()).isPresent()
                || other.rules().arms().stream().anyMatch(arm -> arm.target() == step.number());
    }

    /** Why it waits for approval, and by which policy; empty when it does not. */
    public Optional<String> gate() {
        var asked = step.rules().policy().map(p -> ", policy " + p).orElse("");
        return Gates.why(sop, step, mode, priority).map(why -> why + asked);
    }

    /** When it is done at all. */
    public List<String> conditions() {
        var conditions = new ArrayList<String>();
        if (!step.rules().when().text().isBlank()) {
            conditions.add("only when " + step.rules().when().text() + ", else skipped");
        }
        if (!step.rules().dependsOn().isEmpty()) {
            var needed = numbers(step.rules().dependsOn());
            conditions.add("only when " + needed + " completed, else skipped");
        }
        return conditions;
    }

    private static String numbers(List<Integer> steps) {
        return steps.stream().map(Object::toString).collect(Collectors.joining(" and "));
    }

    /** Who or what does it, and within which limits; empty where nothing is done. */
    public Optional<String> work() {
        if (step.kind() == Step.Kind.CHECKPOINT) return Optional.empty();
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
        return Optional.of(String.join(" · ", facts));
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
     * Where it leads; nothing for a step that just goes on to the following one and fails the run
     * when it fails.
     */
    public List<String> ways() {
        var ways = new ArrayList<String>();
        for (var arm : step.rules().arms()) {
            var when = arm.when().text().isBlank() ? "otherwise" : "if " + arm.when().text();
            var name = arm.name().isBlank() ? "" : arm.name() + ": ";
            ways.add(name + when + " → " + target(arm.target()));
        }
        step.rules().next().ifPresent(next -> ways.add("then → " + target(next)));
        if (ends()) ways.add("then ■ the run ends");
        failure().ifPresent(ways::add);
        return ways;
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
}
