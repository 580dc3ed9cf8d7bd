package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.run.StepResult;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The one message that says where a run stands. */
final class Card {
    private static final int VALUE_MAX = 120;

    private Card() {}

    static Document of(RunView view) {
        var run = view.run();
        var lines = new ArrayList<String>();
        lines.add(RunWords.state(run));
        RunWords.progress(run.state()).ifPresent(it -> facts(view, it, lines));
        steps(view, lines);
        run.endedAt().ifPresent(at -> lines.add(end(view, at)));
        return new Document(
                "%s %s: %s".formatted(run.id(), run.name(), RunWords.phaseWord(run.state())),
                lines.stream().<Block>map(Block.Line::new).toList(),
                Set.of(),
                List.of(),
                false);
    }

    private static void facts(RunView view, Progress progress, List<String> lines) {
        var start = progress.start();
        lines.add(
                "version %s · snapshot %s · priority %s"
                        .formatted(
                                start.version(),
                                RunWords.digest(start.snapshot()),
                                RunWords.word(start.priority())));
        lines.add(
                "started %s: %s"
                        .formatted(
                                RunWords.time(view.run().startedAt()),
                                Excerpt.of(start.cause(), VALUE_MAX)));
        start.rerun()
                .ifPresent(
                        it ->
                                lines.add(
                                        "goes on from step %d of %s"
                                                .formatted(it.from(), it.of())));
        for (var input : new TreeMap<>(start.inputs()).entrySet()) {
            boolean isSecret = start.secretInputs().contains(input.getKey());
            lines.add(
                    "%s = %s"
                            .formatted(
                                    input.getKey(),
                                    isSecret
                                            ? "***"
                                            : Excerpt.quoted(input.getValue(), VALUE_MAX)));
        }
        progress.deadline()
                .filter(_ -> view.run().endedAt().isEmpty())
                .ifPresent(at -> lines.add("ends by " + RunWords.time(at)));
    }

    private static void steps(RunView view, List<String> lines) {
        if (view.run().sop().isEmpty()) {
            lines.add("its steps cannot be read any more");
            return;
        }
        var times = times(view.events());
        for (var step : view.run().sop().get().steps()) lines.add(step(view, step, times));
    }

    private static String step(RunView view, Step step, Map<Integer, Times> times) {
        var run = view.run();
        var at = RunWords.at(run.state()).filter(it -> it.step() == step.number());
        var result =
                RunWords.progress(run.state())
                        .flatMap(it -> Optional.ofNullable(it.results().get(step.number())));
        var time = Optional.ofNullable(times.get(step.number()));
        // Where a run was ended from outside, its step has no result of its own.
        boolean began = time.isPresent() && result.isEmpty();
        var mark =
                at.isPresent() && run.state() instanceof Active(_, var phase)
                        ? mark(phase)
                        : result.map(it -> mark(it.end())).orElse(began ? "✖" : "·");
        var text = new StringBuilder(mark);
        text.append(' ').append(step.number());
        if (!step.title().isBlank()) text.append(' ').append(step.title());
        at.filter(it -> it.visit() > 1).ifPresent(it -> text.append(visit(it)));
        if (at.isPresent()) {
            time.ifPresent(it -> text.append(" · since ").append(RunWords.time(it.from())));
        } else if (mark.equals("✔") || mark.equals("✖")) {
            time.flatMap(Times::duration)
                    .ifPresent(it -> text.append(" · ").append(RunWords.age(it)));
        }
        return text.toString();
    }

    private static String visit(StepVisit step) {
        return " (visit %d)".formatted(step.visit());
    }

    private static String mark(Phase phase) {
        return switch (phase) {
            case Phase.Moving _, Phase.Ready _, Phase.Executing _ -> "▶";
            case Phase.GateWanted _,
                    Phase.AtGate _,
                    Phase.AtPerson _,
                    Phase.InDoubt _,
                    Phase.SlotWanted _,
                    Phase.RetryWait _,
                    Phase.Paused _ ->
                    "⏸";
        };
    }

    private static String mark(StepResult.End end) {
        return switch (end) {
            case COMPLETED -> "✔";
            case FAILED -> "✖";
            case SKIPPED -> "↷";
        };
    }

    private static String end(RunView view, Instant at) {
        var took = RunWords.age(Duration.between(view.run().startedAt(), at));
        var hash = view.auditHash().map(it -> " · record " + it).orElse("");
        return "ended %s after %s%s".formatted(RunWords.time(at), took, hash);
    }

    /** When the last visit of a step began, and when it ended if it has. */
    private record Times(Instant from, Optional<Instant> to) {
        Optional<Duration> duration() {
            return to.map(it -> Duration.between(from, it));
        }
    }

    private static Map<Integer, Times> times(List<RunEvent> events) {
        var times = new HashMap<Integer, Times>();
        for (var event : events) {
            switch (event) {
                case RunEvent.StepEntered it ->
                        times.put(it.step().step(), new Times(it.at(), Optional.empty()));
                case RunEvent.StepSucceeded it -> end(times, it.step(), it.at());
                case RunEvent.StepFailed it -> end(times, it.step(), it.at());
                case RunEvent.PersonAnswered it -> end(times, it.step(), it.at());
                case RunEvent.DoubtSettled it -> end(times, it.step(), it.at());
                default -> {}
            }
        }
        return times;
    }

    private static void end(Map<Integer, Times> times, StepVisit step, Instant at) {
        times.computeIfPresent(step.step(), (_, it) -> new Times(it.from(), Optional.of(at)));
    }
}
