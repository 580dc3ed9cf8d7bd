package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.trigger.Source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What somebody asks for, understood. Whether they may and whether it can be is decided later. */
public sealed interface Command {

    /** Starts a SOP; the inputs in the order in which they were given. */
    record Run(String sop, Map<String, String> inputs) implements Command {
        public Run {
            inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        }
    }

    /** Asks what starting it would do. */
    record Plan(String sop, Map<String, String> inputs) implements Command {
        public Plan {
            inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        }
    }

    record ListSops() implements Command {}

    record Show(String sop) implements Command {}

    record Runs() implements Command {}

    /** Asks about one run, or what goes on at all. */
    record Status(Optional<RunId> run) implements Command {}

    /**
     * Asks what happened in a run, or in one step of it.
     *
     * @param isFull whether all that the step printed is wanted; only with a step
     */
    record Log(RunId run, OptionalInt step, boolean isFull) implements Command {
        public Log {
            if (isFull && step.isEmpty()) throw new IllegalArgumentException("all of no step");
        }

        /** Without all that was printed. */
        public Log(RunId run, OptionalInt step) {
            this(run, step, false);
        }
    }

    record Pending() implements Command {}

    record Approve(String code, String reason) implements Command {
        @Override
        public String note() {
            return reason;
        }
    }

    record Deny(Target gate, String reason) implements Command {
        @Override
        public String note() {
            return reason;
        }
    }

    record Unvote(Target gate) implements Command {}

    /**
     * Says what became of a step that people do.
     *
     * @param run none where only one can be meant
     */
    record Reply(RunCommand.Answer answer, Optional<RunId> run, String note) implements Command {}

    record Retry(RunId run, String note) implements Command {}

    record Resume(RunId run) implements Command {}

    record Abort(RunId run, String reason) implements Command {
        @Override
        public String note() {
            return reason;
        }
    }

    record Rerun(RunId run, OptionalInt from) implements Command {}

    record Cancel(RunId run, String reason) implements Command {
        @Override
        public String note() {
            return reason;
        }
    }

    record Why(String sop) implements Command {}

    record Pause(String sop) implements Command {}

    record Unpause(String sop) implements Command {}

    record Freeze(String reason) implements Command {
        @Override
        public String note() {
            return reason;
        }
    }

    record Unfreeze() implements Command {}

    record ClockOk() implements Command {}

    record Backup(String file) implements Command {}

    /**
     * What would come of a delivery.
     *
     * @param topic in the words of the source; of a schedule the SOP, or {@code NAME/POSITION}
     * @param payload nothing, or what it would carry
     */
    record TestTrigger(Source source, String topic, String payload) implements Command {}

    record Whoami() implements Command {}

    /** Asks for a code to show to another account, or brings the one that it was shown. */
    record Link(Optional<String> code) implements Command {}

    record Help(Optional<Verb> about) implements Command {}

    /** The gate that is meant: by its code, or the one that a run waits at. */
    sealed interface Target {
        record Code(String code) implements Target {}

        record OfRun(RunId run) implements Target {}
    }

    default Verb verb() {
        return switch (this) {
            case Run _ -> Verb.RUN;
            case Plan _ -> Verb.PLAN;
            case ListSops _ -> Verb.LIST;
            case Show _ -> Verb.SHOW;
            case Runs _ -> Verb.RUNS;
            case Status _ -> Verb.STATUS;
            case Log _ -> Verb.LOG;
            case Pending _ -> Verb.PENDING;
            case Approve _ -> Verb.APPROVE;
            case Deny _ -> Verb.DENY;
            case Unvote _ -> Verb.UNVOTE;
            case Reply it ->
                    switch (it.answer()) {
                        case DONE -> Verb.DONE;
                        case FAILED -> Verb.FAILED;
                        case SKIP -> Verb.SKIP;
                    };
            case Retry _ -> Verb.RETRY;
            case Resume _ -> Verb.RESUME;
            case Abort _ -> Verb.ABORT;
            case Rerun _ -> Verb.RERUN;
            case Cancel _ -> Verb.CANCEL;
            case Why _ -> Verb.WHY;
            case TestTrigger _ -> Verb.TRIGGER;
            case Pause _ -> Verb.PAUSE;
            case Unpause _ -> Verb.UNPAUSE;
            case Freeze _ -> Verb.FREEZE;
            case Unfreeze _ -> Verb.UNFREEZE;
            case ClockOk _ -> Verb.CLOCK;
            case Backup _ -> Verb.BACKUP;
            case Whoami _ -> Verb.WHOAMI;
            case Link _ -> Verb.LINK;
            case Help _ -> Verb.HELP;
        };
    }

    /** The reason or the note that was given with it; nothing where there is none. */
    default String note() {
        return "";
    }

    /** The same in words: read again, it is the same command. */
    default String text() {
        return CommandText.of(this);
    }
}
