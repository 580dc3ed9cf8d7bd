package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.CYCLE_WITHOUT_EXIT;
import static dev.sopwith.engine.sop.DiagnosticCode.STEP_UNREACHABLE;

import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where the steps of a SOP can lead: finds the ones that nothing leads to and the rounds that never
 * end (FORMAT §5). A step whose way on is failure only does not count as an end.
 */
final class StepGraph {

    private final List<Step> steps;

    /** For each step, from 0: the steps it may lead to; {@code steps.size()} is the end. */
    private final List<Set<Integer>> ways;

    StepGraph(List<Step> steps) {
        this.steps = steps;
        this.ways = steps.stream().map(StepGraph::ways).toList();
    }

    /** {@return where a step may lead, as indexes from 0; the index after the last is the end} */
    private static Set<Integer> ways(Step step) {
        Set<Integer> ways = new TreeSet<>();
        var rules = step.rules();
        int following = step.number(); // the number of a step is the index of the one after it
        if (rules.terminal()) {
            ways.add(Integer.MAX_VALUE);
        } else {
            rules.arms().forEach(arm -> ways.add(arm.target() - 1));
            boolean takesAll = rules.arms().stream().anyMatch(StepGraph::takesTheRest);
            if (!takesAll) ways.add(rules.next().map(next -> next - 1).orElse(following));
        }
        if (rules.onFailure() instanceof Step.OnFailure.Goto jump) ways.add(jump.target() - 1);
        boolean skippable = !rules.when().text().isBlank() || !rules.dependsOn().isEmpty();
        if (skippable) ways.add(following);
        return ways;
    }

    private static boolean takesTheRest(Step.Arm arm) {
        return arm.when().text().isBlank();
    }

    void check(Findings findings) {
        if (steps.isEmpty()) return;
        var reached = reachedFrom(0);
        for (Step step : steps) {
            if (reached.get(step.number() - 1)) continue;
            findings.add(
                    STEP_UNREACHABLE,
                    new Position(step.line(), 1),
                    "step %d is never reached".formatted(step.number()),
                    "lead to it with next, switch or goto, or remove it");
        }
        var ends = leadingToTheEnd();
        for (int i = reached.nextSetBit(0); i >= 0; i = reached.nextSetBit(i + 1)) {
            if (ends.get(i)) continue;
            var round = reachedFrom(i);
            if (!isRound(round, i)) continue;
            ends.or(round); // one error for all of it
            findings.add(
                    CYCLE_WITHOUT_EXIT,
                    new Position(steps.get(i).line(), 1),
                    round.cardinality() == 1
                            ? "step %d leads to itself for ever".formatted(i + 1)
                            : "the steps %s lead round in a circle that never ends"
                                    .formatted(names(round)),
                    "give it a way out: terminal, switch, or on_failure: goto");
        }
    }

    /** Whether all that a step reaches leads back to it: there is no other way. */
    private boolean isRound(BitSet reached, int step) {
        return reached.stream().allMatch(other -> other == step || reachedFrom(other).get(step));
    }

    private BitSet reachedFrom(int start) {
        var reached = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            int step = open.pop();
            if (step >= steps.size() || reached.get(step)) continue;
            reached.set(step);
            open.addAll(ways.get(step));
        }
        return reached;
    }

    private BitSet leadingToTheEnd() {
        List<List<Integer>> back = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) back.add(new ArrayList<>());
        var ends = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < steps.size(); i++) {
            for (int way : ways.get(i)) {
                if (way < steps.size()) back.get(way).add(i);
                else open.push(i);
            }
        }
        while (!open.isEmpty()) {
            int step = open.pop();
            if (ends.get(step)) continue;
            ends.set(step);
            open.addAll(back.get(step));
        }
        return ends;
    }

    private static String names(BitSet round) {
        return round.stream()
                .mapToObj(i -> Integer.toString(i + 1))
                .collect(Collectors.joining(", "));
    }
}
