package dev.sopwith.bot.desk;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Overview;

import java.util.Optional;

/** The request cannot be honoured; the answer says why. */
final class Declined extends Exception {
    /** What follows where somebody may not do something. */
    static final String ASK = "Who may do what stands in the roster: ask whoever keeps it.";

    private static final long serialVersionUID = 1;
    private final transient Result answer;
    private final transient Optional<Refusal> refusal;

    /**
     * That somebody may not do what they asked for: it goes on record.
     *
     * @param why as the record says it; who asked may be told less
     */
    record Refusal(Optional<RunId> run, String why) {}

    private Declined(Result answer, Optional<Refusal> refusal) {
        super("answered");
        this.answer = answer;
        this.refusal = refusal;
    }

    /** What is told to whoever asked. */
    Result answer() {
        return answer;
    }

    /** What goes on record, if anything does. */
    Optional<Refusal> refusal() {
        return refusal;
    }

    /** It names what is not there, or is not understood. */
    static Declined wrong(String... lines) {
        return new Declined(Result.wrong(lines), Optional.empty());
    }

    /** It is not to be done now. */
    static Declined no(String... lines) {
        return new Declined(Result.no(lines), Optional.empty());
    }

    /** They may not: the answer says so, and it goes on record. */
    static Declined refused(Optional<RunId> run, String... lines) {
        return new Declined(Result.no(lines), Optional.of(new Refusal(run, lines[0])));
    }

    static Declined noRun(RunId id) {
        return wrong("there is no run " + id, "See them: runs");
    }

    /** Who may not see a run hears the same of it as of none. */
    static Declined unseen(Overview.Run run) {
        var why = "may not see runs of " + run.name();
        return new Declined(
                noRun(run.id()).answer, Optional.of(new Refusal(Optional.of(run.id()), why)));
    }
}
