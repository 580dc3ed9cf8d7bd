package dev.sopwith.engine.run;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where a run stands. Always the fold of its events ({@link RunHistory}). */
public sealed interface RunState {

    /** Nothing has happened. */
    record NotStarted() implements RunState {}

    /** It goes on. */
    record Active(Progress progress, Phase phase) implements RunState {
        Active in(Phase phase) {
            return new Active(progress, phase);
        }

        Active with(Progress progress) {
            return new Active(progress, phase);
        }
    }

    /** It is over. */
    record Finished(Progress progress, Outcome outcome, String reason, Instant at)
            implements RunState {}

    /**
     * What has happened so far.
     *
     * @param deadline when the run's time is over, if it has one
     * @param visits how often it came to each step
     * @param results of the last visit of each step
     * @param attempt the last one of the latest visit; 0 before the first
     * @param begun whether a step that was not skipped has been reached
     * @param initiators persons who started it, or repeated or resumed something in it
     */
    record Progress(
            RunStart start,
            Instant startedAt,
            Optional<Instant> deadline,
            Map<Integer, Integer> visits,
            Map<Integer, StepResult> results,
            int attempt,
            boolean begun,
            Set<String> initiators) {
        public Progress {
            visits = Map.copyOf(visits);
            results = Map.copyOf(results);
            initiators = Sorted.copyOf(initiators);
        }

        int visitsOf(int step) {
            return visits.getOrDefault(step, 0);
        }

        Progress entered(StepVisit step) {
            var next = new HashMap<>(visits);
            next.put(step.step(), step.visit());
            return new Progress(start, startedAt, deadline, next, results, 0, true, initiators);
        }

        Progress ended(StepVisit step, StepResult result) {
            var next = new HashMap<>(results);
            next.put(step.step(), result);
            return new Progress(
                    start, startedAt, deadline, visits, next, attempt, begun, initiators);
        }

        Progress tried(int attempt) {
            return new Progress(
                    start, startedAt, deadline, visits, results, attempt, begun, initiators);
        }

        Progress initiatedBy(Actor actor) {
            var next = new HashSet<>(initiators);
            next.add(actor.person());
            return new Progress(start, startedAt, deadline, visits, results, attempt, begun, next);
        }
    }

    /** What an active run does or waits for. */
    sealed interface Phase {
        /** Whether it holds one of the slots that {@code max_concurrent} counts. */
        boolean holdsSlot();

        /**
         * Between two steps: only ever inside one decision.
         *
         * @param cleared what people have said yes to, for the step the run stands at
         */
        record Moving(boolean holdsSlot, Optional<Cleared> cleared) implements Phase {}

        /** At a gate that is to be opened. */
        record GateWanted(StepVisit step, int revision, String why) implements Parked {}

        /** At a gate; people are asked. */
        record AtGate(Gate gate) implements Parked {}

        /** At a step that people do. */
        record AtPerson(StepVisit step, int attempt, Optional<Instant> deadline)
                implements Parked {}

        /** At a step of which nobody knows what became. */
        record InDoubt(StepVisit step, int attempt, String why, Optional<Cleared> cleared)
                implements Parked {}

        /** Waits for a slot to do an attempt. */
        record SlotWanted(StepVisit step, int attempt, Optional<Cleared> cleared)
                implements Parked {}

        /** An attempt is to begin. */
        record Ready(StepVisit step, int attempt, Optional<Cleared> cleared) implements Slotted {}

        /**
         * An attempt is under way.
         *
         * @param stop how the run ends when the attempt has, if it is being ended
         */
        record Executing(
                StepVisit step,
                int attempt,
                String node,
                String digest,
                Optional<Cleared> cleared,
                Optional<Stop> stop)
                implements Slotted {}

        /** Waits before another attempt. */
        record RetryWait(
                StepVisit step,
                int attempt,
                Instant due,
                boolean holdsSlot,
                Optional<Cleared> cleared)
                implements Phase {}

        /**
         * Nothing goes on until somebody resumes it.
         *
         * @param before what it did or waited for
         */
        record Paused(Phase before, String why) implements Parked {}

        /** Waits, and leaves its slot to others. */
        sealed interface Parked extends Phase {
            @Override
            default boolean holdsSlot() {
                return false;
            }
        }

        /** Has a slot. */
        sealed interface Slotted extends Phase {
            @Override
            default boolean holdsSlot() {
                return true;
            }
        }
    }

    /**
     * What people have said yes to.
     *
     * @param at when enough of them had
     * @param begun when there was a first attempt; the yes holds for its repetitions too
     */
    record Cleared(int revision, String digest, Instant at, Optional<Instant> begun) {
        Cleared begunAt(Instant now) {
            return new Cleared(revision, digest, at, begun.or(() -> Optional.of(now)));
        }

        /** Until when it must have begun, while it has not. */
        Optional<Instant> lapses() {
            return begun.isPresent()
                    ? Optional.empty()
                    : Optional.of(at.plus(RunMachine.CLEARED_MAX));
        }
    }

    /** How a run ends once the attempt under way has. */
    record Stop(Outcome outcome, String reason) {}
}
