package dev.sopwith.engine.run;

import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Cleared;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A decision in the making: facts are added one by one, each seen by what is decided next. Knows
 * how a run gets from step to step; {@link RunMachine} knows when.
 *
 * <p>Threading: used within one call of the machine, then thrown away.
 */
final class Steps {
    static final String WAITED_TOO_LONG = "what was approved did not begin within an hour";

    private final Sop sop;
    private final Instant now;
    private final List<RunEvent> events = new ArrayList<>();
    private RunState state;

    Steps(Sop sop, RunState state, Instant now) {
        this.sop = sop;
        this.state = state;
        this.now = now;
    }

    Instant now() {
        return now;
    }

    boolean isDue(Instant instant) {
        return !now.isBefore(instant);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    Decision accept() {
        return new Decision.Accepted(events, state);
    }

    void add(RunEvent event) {
        events.add(event);
        state = RunHistory.evolve(state, event);
    }

    Route route() {
        return new Route(sop, active().progress());
    }

    /** Goes to this step, past those that are to be skipped, as far as it can without the world. */
    void enter(int number) {
        Optional<Integer> next = Optional.of(number);
        while (next.isPresent()) {
            var step = route().step(next.get());
            var visit = new StepVisit(step.number(), visits(step) + 1);
            var skip = route().skip(step);
            if (skip.isEmpty()) {
                enter(step, visit);
                return;
            }
            add(new RunEvent.StepSkipped(visit, skip.get(), now));
            next = route().below(step);
        }
        finish(Outcome.COMPLETED, "");
    }

    private void enter(Step step, StepVisit visit) {
        if (visit.visit() > Route.VISITS_MAX) {
            finish(
                    Outcome.FAILED,
                    "step %d would begin for the %dth time: a circle without an end"
                            .formatted(step.number(), visit.visit()));
            return;
        }
        var situation = situation(step);
        add(new RunEvent.StepEntered(visit, now));
        if (ApprovalRule.waits(situation)) {
            add(new RunEvent.GateRequested(visit, 1, "", now));
        } else {
            arrive(visit);
        }
    }

    /** Does what the step is there for, once nobody has to be asked any more. */
    void arrive(StepVisit visit) {
        var step = route().step(visit.step());
        int attempt = active().progress().attempt() + 1;
        if (step.kind() == Step.Kind.CHECKPOINT) {
            add(new RunEvent.StepSucceeded(visit, attempt, Map.of(), now));
            goOnAfter(visit);
        } else if (step.block().isPresent()) {
            add(new RunEvent.StepQueued(visit, attempt, now));
        } else {
            var deadline = step.rules().timeout().map(now::plus);
            add(new RunEvent.PersonAsked(visit, attempt, deadline, now));
        }
    }

    /** Repeats a step by hand: where people have said yes to it, they are asked again. */
    void again(StepVisit visit, Optional<Cleared> cleared, String why) {
        if (cleared.isPresent()) askAnew(visit, cleared.get().revision(), why);
        else arrive(visit);
    }

    /** Makes the votes of a revision void and has the next one opened. */
    void askAnew(StepVisit visit, int revision, String why) {
        add(new RunEvent.GateRequested(visit, revision + 1, why, now));
    }

    void goOnAfter(StepVisit visit) {
        route().after(route().step(visit.step()))
                .ifPresentOrElse(this::enter, () -> finish(Outcome.COMPLETED, ""));
    }

    void failed(StepVisit visit, int attempt, String reason) {
        add(new RunEvent.StepFailed(visit, attempt, reason, now));
        goOnAfterFailure(visit, attempt, reason);
    }

    void goOnAfterFailure(StepVisit visit, int attempt, String reason) {
        switch (route().step(visit.step()).rules().onFailure()) {
            case Step.OnFailure.Fail _ -> fail(visit, reason);
            case Step.OnFailure.Continue _ -> goOnAfter(visit);
            case Step.OnFailure.Goto(int target) -> enter(target);
            case Step.OnFailure.Retry(int times, var delay) -> {
                if (attempt > times) {
                    fail(visit, reason);
                } else if (delay.isZero()) {
                    arrive(visit);
                } else {
                    boolean parked = delay.compareTo(RunMachine.HELD_MAX) > 0;
                    add(
                            new RunEvent.RetryScheduled(
                                    visit, attempt + 1, now.plus(delay), parked, now));
                }
            }
        }
    }

    /** Whether a failure of this attempt leads to another one. */
    boolean repeatsAfterFailure(StepVisit visit, int attempt) {
        return route().step(visit.step()).rules().onFailure() instanceof Step.OnFailure.Retry retry
                && attempt <= retry.times();
    }

    void finish(RunState.Stop stop) {
        finish(stop.outcome(), stop.reason());
    }

    void finish(Outcome outcome, String reason) {
        add(new RunEvent.RunFinished(outcome, reason, now));
    }

    boolean isRepeatable(StepVisit visit) {
        return route().step(visit.step()).rules().repeatable();
    }

    boolean hasWaitedTooLong(Optional<Cleared> cleared) {
        return cleared.flatMap(Cleared::lapses).filter(this::isDue).isPresent();
    }

    private void fail(StepVisit visit, String reason) {
        finish(Outcome.FAILED, "%s failed: %s".formatted(visit, reason));
    }

    private int visits(Step step) {
        return active().progress().visitsOf(step.number());
    }

    private ApprovalRule.Situation situation(Step step) {
        var progress = active().progress();
        return new ApprovalRule.Situation(
                progress.start().mode(),
                step.rules().mode(),
                progress.start().priority(),
                !progress.begun(),
                step.requiresConfirmation(),
                step.kind());
    }

    private Active active() {
        if (state instanceof Active active) return active;
        throw new IllegalStateException("decided on a run that is not active: " + state);
    }

    static String words(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String words(Phase phase) {
        return switch (phase) {
            case Phase.GateWanted it -> "is about to ask for approval of " + it.step();
            case Phase.AtGate it -> "waits for approval of " + it.gate().at();
            case Phase.AtPerson it -> "waits for people at " + it.step();
            case Phase.InDoubt it -> "does not know what became of " + it.step();
            case Phase.SlotWanted it -> "waits for a slot for " + it.step();
            case Phase.Ready it -> "is about to begin " + it.step();
            case Phase.Executing it when it.stop().isPresent() -> "is ending " + it.step();
            case Phase.Executing it -> "is doing " + it.step();
            case Phase.RetryWait it -> "waits before it repeats " + it.step();
            case Phase.Paused it -> "is paused: " + it.why();
            case Phase.Moving _ -> "goes on";
        };
    }
}
