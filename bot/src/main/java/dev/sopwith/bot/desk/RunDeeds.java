package dev.sopwith.bot.desk;

import static dev.sopwith.bot.desk.Declined.ASK;
import static dev.sopwith.bot.desk.Declined.no;
import static dev.sopwith.bot.desk.Declined.noRun;
import static dev.sopwith.bot.desk.Declined.refused;
import static dev.sopwith.bot.desk.Declined.unseen;
import static dev.sopwith.bot.desk.Declined.wrong;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.desk.Deeds.Press;
import dev.sopwith.bot.room.PostKey;
import dev.sopwith.bot.room.Render;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.trigger.Outcome;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What people do with runs: vote, do their steps, end them, start them once more; by words, and by
 * presses on what a room shows.
 *
 * <p>Threading: safe from any thread.
 */
final class RunDeeds {
    private final Engine engine;
    private final Rights rights;
    private final Overview overview;
    private final RunViews views;
    private final Reports reports;
    private final InstantSource clock;

    RunDeeds(Deeds.Means means) {
        this.engine = means.engine();
        this.rights = means.rights();
        this.overview = means.overview();
        this.views = means.views();
        this.reports = means.reports();
        this.clock = means.clock();
    }

    // Presses

    Result press(Press press, Speaker speaker) throws Declined {
        var run = find(press.about().run());
        return switch (press.about().kind()) {
            case GATE -> vote(press, run, speaker);
            case PERSON, DOUBT -> settle(press, run, speaker);
            case PAUSED ->
                    press.word().equals("cancel")
                            ? cancel(run.id(), press.text(), speaker)
                            : resume(run.id(), speaker);
            case CARD, LOG, EVENT -> throw wrong("nothing can be pressed there");
        };
    }

    private Result vote(Press press, Overview.Run run, Speaker speaker) throws Declined {
        var about = press.about();
        var visit = about.step().orElseThrow(() -> wrong("this is no prompt"));
        var shown = new Gate.Ref(visit, about.number(), "");
        // Of another revision nothing is known here, and the engine refuses it by its number.
        var ref =
                run.state() instanceof Active(_, Phase.AtGate(var gate))
                                && gate.at().equals(visit)
                                && gate.revision() == about.number()
                        ? gate.ref()
                        : shown;
        var by = speaker.actor();
        var at = clock.instant();
        return switch (press.word()) {
            case "approve" -> {
                requireVote(speaker, run, ref);
                var code = press.code().map(it -> it.strip().toLowerCase(Locale.ROOT));
                yield command(run.id(), new RunCommand.Approve(ref, by, code, press.text(), at));
            }
            case "deny" -> command(run.id(), new RunCommand.Deny(ref, by, press.text(), at));
            case "unvote" -> command(run.id(), new RunCommand.Withdraw(ref, by, at));
            case "details" -> reports.run(find(run.id(), Right.SEE, speaker));
            default -> throw wrong("a gate takes approve, deny or details");
        };
    }

    private Result settle(Press press, Overview.Run run, Speaker speaker) throws Declined {
        var about = press.about();
        var step = about.step().orElseThrow(() -> wrong("this is no prompt"));
        find(run.id(), Right.OPERATE, speaker);
        var by = speaker.actor();
        var at = clock.instant();
        if (about.kind() == PostKey.Kind.PERSON) {
            var answer =
                    switch (press.word()) {
                        case "done" -> RunCommand.Answer.DONE;
                        case "failed" -> RunCommand.Answer.FAILED;
                        case "skip" -> RunCommand.Answer.SKIP;
                        default -> throw wrong("a step of people takes done, failed or skip");
                    };
            return command(
                    run.id(),
                    new RunCommand.Reply(step, about.number(), answer, by, press.text(), at));
        }
        var settlement =
                switch (press.word()) {
                    case "retry" -> RunCommand.Settlement.RETRY;
                    case "done" -> RunCommand.Settlement.DONE;
                    case "failed" -> RunCommand.Settlement.FAILED;
                    case "abort" -> RunCommand.Settlement.ABORT;
                    default -> throw wrong("a step in doubt takes retry, done, failed or abort");
                };
        return command(
                run.id(),
                new RunCommand.Settle(step, about.number(), settlement, by, press.text(), at));
    }

    // Votes

    /**
     * Says yes.
     *
     * @param isTyped whether the code was typed, and did not come from what is replied to
     */
    Result approve(Command.Approve said, boolean isTyped, Speaker speaker) throws Declined {
        var gate = gate(said.code(), speaker);
        var run = find(new RunId(gate.key().run()));
        requireVote(speaker, run, ref(gate));
        var code = isTyped ? Optional.of(gate.code()) : Optional.<String>empty();
        var command =
                new RunCommand.Approve(
                        ref(gate), speaker.actor(), code, said.reason(), clock.instant());
        return command(run.id(), command);
    }

    /**
     * Whoever started the run hears that from the gate itself, which puts it on record: no revision
     * of a gate ever counts them that did not from its beginning.
     */
    private void requireVote(Speaker speaker, Overview.Run run, Gate.Ref ref) throws Declined {
        if (isOwnRun(speaker, run, ref)) return;
        var refusal = rights.voteRefusal(speaker);
        if (refusal.isEmpty()) return;
        throw refused(
                Optional.empty(),
                refusal.get(),
                "Name another user for steps (engine: run_as), or vote from another account.");
    }

    /** Whether a vote of theirs would count at the gate where a run stands. */
    boolean counts(Verb verb, Active run, Speaker speaker) {
        if (!(run.phase() instanceof Phase.AtGate(var gate))) return false;
        var policy = gate.policy();
        boolean hasVoted = gate.hasVoted(speaker.person());
        if (verb == Verb.UNVOTE) return hasVoted;
        if (!policy.persons().contains(speaker.person())) return false;
        if (verb != Verb.APPROVE) return true;
        boolean isOwn =
                policy.excludeInitiator() && run.progress().initiators().contains(speaker.person());
        return !hasVoted && !isOwn && rights.voteRefusal(speaker).isEmpty();
    }

    private static boolean isOwnRun(Speaker speaker, Overview.Run run, Gate.Ref ref) {
        return run.state() instanceof Active(var progress, Phase.AtGate(var gate))
                && gate.ref().equals(ref)
                && gate.policy().excludeInitiator()
                && progress.initiators().contains(speaker.person());
    }

    private static Gate.Ref ref(GateRow gate) {
        var key = gate.key();
        return new Gate.Ref(new StepVisit(key.step(), key.visit()), key.revision(), gate.digest());
    }

    /** An open gate, or one that has closed not long ago: the engine refuses what comes late. */
    private GateRow gate(String code, Speaker speaker) throws Declined {
        var gate = overview.gate(code).or(() -> overview.lastGate(code));
        var run = gate.flatMap(it -> overview.run(new RunId(it.key().run())));
        if (run.filter(it -> concerns(speaker, it)).isPresent()) return gate.orElseThrow();
        throw refused(
                Optional.empty(), "no open gate has the code " + code, "See what waits: pending");
    }

    /** Whether somebody may hear of a gate: they see its run, or it is they who are asked. */
    private boolean concerns(Speaker speaker, Overview.Run run) {
        return sees(speaker, run)
                || (run.state() instanceof Active(_, Phase.AtGate(var gate))
                        && gate.policy().persons().contains(speaker.person()));
    }

    Result deny(Command.Deny said, Speaker speaker) throws Declined {
        var gate = gate(said.gate(), speaker);
        return command(
                gate.run(),
                new RunCommand.Deny(gate.ref(), speaker.actor(), said.reason(), clock.instant()));
    }

    Result unvote(Command.Target target, Speaker speaker) throws Declined {
        var gate = gate(target, speaker);
        return command(
                gate.run(), new RunCommand.Withdraw(gate.ref(), speaker.actor(), clock.instant()));
    }

    /** A gate that was named. */
    private record Found(RunId run, Gate.Ref ref) {}

    private Found gate(Command.Target target, Speaker speaker) throws Declined {
        return switch (target) {
            case Command.Target.Code(var code) -> {
                var gate = gate(code, speaker);
                yield new Found(new RunId(gate.key().run()), ref(gate));
            }
            case Command.Target.OfRun(var id) -> {
                var run = find(id);
                if (!concerns(speaker, run)) throw unseen(run);
                if (!(run.state() instanceof Active(_, Phase.AtGate(var open)))) {
                    throw no(id + " waits for no approval; now: " + RunWords.state(run));
                }
                yield new Found(id, open.ref());
            }
        };
    }

    private static Optional<Gate.Ref> votedOn(RunCommand command) {
        return switch (command) {
            case RunCommand.Approve it -> Optional.of(it.gate());
            case RunCommand.Deny it -> Optional.of(it.gate());
            case RunCommand.Withdraw it -> Optional.of(it.gate());
            default -> Optional.empty();
        };
    }

    /** Who was faster, of a vote that comes too late. */
    private Optional<String> verdict(RunId run, Gate.Ref gate) {
        return views.of(run).flatMap(it -> Render.verdict(it, gate.at(), gate.revision()));
    }

    // Steps, and whole runs

    Result cancel(RunId id, String reason, Speaker speaker) throws Declined {
        var run = find(id, Right.SEE, speaker);
        if (!mayCancel(speaker, run)) {
            throw refused(Optional.of(id), "you may not cancel " + run.id(), ASK);
        }
        var command = new RunCommand.Cancel(speaker.actor(), reason, clock.instant());
        return command(run.id(), command);
    }

    /** Whoever started a run may cancel it, as long as they may run the SOP. */
    private boolean mayCancel(Speaker speaker, Overview.Run run) {
        if (rights.may(speaker, Right.OPERATE, run.name())) return true;
        boolean own =
                run.state() instanceof Active(var progress, _)
                        && progress.initiators().contains(speaker.person());
        return own && rights.may(speaker, Right.RUN, run.name());
    }

    /** What people say of their step, or of one in doubt. */
    Result reply(Command.Reply said, Speaker speaker) throws Declined {
        if (said.run().isEmpty()) throw no("no run waits for people to do a step");
        var run = find(said.run().get(), Right.OPERATE, speaker);
        var answer = said.answer();
        var note = said.note();
        var by = speaker.actor();
        if (run.state() instanceof Active(_, Phase.AtPerson(var step, var attempt, _))) {
            return command(
                    run.id(),
                    new RunCommand.Reply(step, attempt, answer, by, note, clock.instant()));
        }
        if (run.state() instanceof Active(_, Phase.InDoubt it)) {
            var settlement =
                    switch (answer) {
                        case DONE -> RunCommand.Settlement.DONE;
                        case FAILED -> RunCommand.Settlement.FAILED;
                        case SKIP ->
                                throw no(
                                        "a step in doubt cannot be skipped",
                                        "Say: retry, done, failed or abort " + run.id());
                    };
            return settle(run, it, settlement, note, speaker);
        }
        throw no(run.id() + " waits for nobody's step; now: " + RunWords.state(run));
    }

    Result retry(Command.Retry said, Speaker speaker) throws Declined {
        var run = find(said.run(), Right.OPERATE, speaker);
        return settle(run, doubt(run), RunCommand.Settlement.RETRY, said.note(), speaker);
    }

    /** Ends a run that nobody can say how to go on with. */
    Result abort(RunId id, String reason, Speaker speaker) throws Declined {
        var run = find(id, Right.OPERATE, speaker);
        return settle(run, doubt(run), RunCommand.Settlement.ABORT, reason, speaker);
    }

    private static Phase.InDoubt doubt(Overview.Run run) throws Declined {
        return switch (run.state()) {
            case Active(_, Phase.InDoubt it) -> it;
            case Active _ ->
                    throw no(
                            run.id() + " has no step in doubt; now: " + RunWords.state(run),
                            "To end it wherever it is: cancel " + run.id());
            default -> throw no(run.id() + " is over: " + RunWords.state(run));
        };
    }

    private Result settle(
            Overview.Run run,
            Phase.InDoubt doubt,
            RunCommand.Settlement settlement,
            String note,
            Speaker speaker) {
        var by = speaker.actor();
        var at = clock.instant();
        return command(
                run.id(),
                new RunCommand.Settle(doubt.step(), doubt.attempt(), settlement, by, note, at));
    }

    Result resume(RunId id, Speaker speaker) throws Declined {
        var run = find(id, Right.OPERATE, speaker);
        return command(run.id(), new RunCommand.Resume(speaker.actor(), clock.instant()));
    }

    /** A new run with the snapshot and the inputs of one that has ended. */
    Result rerun(RunId of, int from, Speaker speaker) throws Declined {
        var run = find(of, Right.OPERATE, speaker);
        var outcome = engine.rerun(run.id(), from, speaker.actor(), clock.instant());
        var data =
                Result.empty()
                        .put("sop", run.name())
                        .put("of", run.id().toString())
                        .put("outcome", outcome.kind().word())
                        .put("detail", outcome.detail());
        if (outcome.run().isPresent()) {
            var id = new RunId(outcome.run().getAsLong());
            return reports.of(id, data.put("run", id.toString()));
        }
        boolean waits = outcome.kind() == Outcome.Kind.QUEUED;
        return new Result(
                waits ? Result.Kind.OK : Result.Kind.NO,
                List.of(run.name() + ": " + outcome),
                List.of(),
                data);
    }

    private Result command(RunId run, RunCommand command) {
        return switch (engine.command(run, command)) {
            case Decision.Accepted _ -> reports.of(run, Result.empty().put("run", run.toString()));
            case Decision.Refused(var refusal) ->
                    Result.no(
                            votedOn(command)
                                    .map(
                                            gate ->
                                                    "%s: not counted: %s"
                                                            .formatted(
                                                                    run,
                                                                    verdict(run, gate)
                                                                            .orElse(
                                                                                    refusal
                                                                                            .text())))
                                    .orElseGet(() -> "%s: %s".formatted(run, refusal.text())),
                            overview.clockDoubt()
                                    .map(
                                            "The clock is in doubt, say \"clock ok\" if it is right: "
                                                    ::concat)
                                    .orElse("Nothing was changed. How it stands: status " + run));
        };
    }

    // Which run

    /** Whether somebody may hear of a run at all. */
    boolean sees(Speaker speaker, Overview.Run run) {
        return rights.may(speaker, Right.SEE, run.name());
    }

    /** A run that somebody may do this with. Who may not see it hears nothing of it. */
    Overview.Run find(RunId id, Right right, Speaker speaker) throws Declined {
        var damage = overview.unreadable(id);
        boolean mayHear =
                overview.sopOf(id).filter(it -> rights.may(speaker, Right.SEE, it)).isPresent();
        if (damage.isPresent() && mayHear) throw wrong(damage.get());
        var run = find(id);
        if (!sees(speaker, run)) throw unseen(run);
        if (rights.may(speaker, right, run.name())) return run;
        throw refused(Optional.of(id), "you may not do that with runs of " + run.name(), ASK);
    }

    private Overview.Run find(RunId id) throws Declined {
        return overview.run(id).orElseThrow(() -> noRun(id));
    }
}
