package dev.sopwith.bot.desk;

import static dev.sopwith.bot.desk.Declined.wrong;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.Help;
import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.room.FullOutput;
import dev.sopwith.bot.room.PostKey;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Outcome;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What people's words and presses do, wherever they are said: each becomes a delivery, a command or
 * a question to the engine, and one result. Who may not do what they ask for is told so, and it is
 * on record.
 *
 * <p>Threading: safe from any thread. Each call makes one commit of the engine at most.
 */
public final class Deeds {
    /** Characters of a reason or a note: people read it in one line. */
    public static final int NOTE_MAX = 1_000;

    private static final Set<Verb> OFFERED =
            Set.of(
                    Verb.RUN,
                    Verb.PLAN,
                    Verb.LIST,
                    Verb.SHOW,
                    Verb.RUNS,
                    Verb.STATUS,
                    Verb.LOG,
                    Verb.PENDING,
                    Verb.APPROVE,
                    Verb.DENY,
                    Verb.UNVOTE,
                    Verb.CANCEL,
                    Verb.DONE,
                    Verb.FAILED,
                    Verb.SKIP,
                    Verb.RETRY,
                    Verb.RESUME,
                    Verb.ABORT,
                    Verb.RERUN,
                    Verb.WHY,
                    Verb.TRIGGER,
                    Verb.PAUSE,
                    Verb.UNPAUSE,
                    Verb.FREEZE,
                    Verb.UNFREEZE,
                    Verb.CLOCK,
                    Verb.WHOAMI,
                    Verb.LINK,
                    Verb.HELP);

    private final Engine engine;
    private final Means means;
    private final SopDeeds sops;
    private final RunDeeds runs;
    private final ServiceDeeds service;

    /**
     * What deeds are done with.
     *
     * @param views of runs, as rooms show them
     */
    record Means(
            Engine engine,
            Installation installation,
            Rights rights,
            Overview overview,
            Planner planner,
            LinkCodes links,
            RunViews views,
            Reports reports,
            SopReports sopReports,
            InstantSource clock) {

        /** The same with what is done kept by another engine. */
        Means with(Engine other) {
            return new Means(
                    other,
                    installation,
                    rights,
                    overview,
                    planner,
                    links,
                    views,
                    reports,
                    sopReports,
                    clock);
        }
    }

    /**
     * @param rights who somebody is and what they may do
     * @param views of runs, as rooms show them
     */
    public Deeds(
            Engine engine,
            Installation installation,
            Rights rights,
            Overview overview,
            Planner planner,
            LinkCodes links,
            RunViews views,
            InstantSource clock) {
        this(
                new Means(
                        engine,
                        installation,
                        rights,
                        overview,
                        planner,
                        links,
                        views,
                        new Reports(overview, views, clock),
                        new SopReports(installation, overview, planner, clock),
                        clock));
    }

    private Deeds(Means means) {
        this.engine = means.engine();
        this.means = means;
        this.sops = new SopDeeds(means);
        this.runs = new RunDeeds(means);
        this.service = new ServiceDeeds(means);
    }

    /** The same deeds, each in one commit with this. */
    Deeds along(Store.Change note) {
        return new Deeds(means.with(engine.along(note)));
    }

    /** What can be said there. */
    public static Set<Verb> offered(Speaker.Surface surface) {
        var all = EnumSet.copyOf(OFFERED);
        // Its answer is a file on this machine.
        if (surface == Speaker.Surface.SOCKET) all.add(Verb.BACKUP);
        return all;
    }

    /** What they can name. */
    public Names names(Speaker speaker) {
        return new CurrentNames(
                means.installation().sops(),
                means.overview(),
                (right, sop) -> means.rights().may(speaker, right, sop),
                (verb, run) -> runs.counts(verb, run, speaker));
    }

    // Words

    /** Does what was said, in words typed by hand. */
    public Result act(Command command, Speaker speaker) {
        try {
            requireShort(command.note());
            return switch (command) {
                case Command.Run it -> start(it, Map.of(), speaker).result();
                case Command.Plan it -> sops.plan(it, speaker);
                case Command.ListSops _ ->
                        means.sopReports().list(it -> means.rights().may(speaker, Right.SEE, it));
                case Command.Show(var sop) -> sops.show(sop, speaker);
                case Command.Runs _ ->
                        means.reports().runs(it -> means.rights().may(speaker, Right.SEE, it));
                case Command.Status(var run) ->
                        run.isEmpty()
                                ? means.reports()
                                        .overall(
                                                it -> means.rights().may(speaker, Right.SEE, it),
                                                means.installation().notes().get())
                                : means.reports().run(runs.find(run.get(), Right.SEE, speaker));
                case Command.Log(var run, var step, var isFull) -> {
                    var found = runs.find(run, Right.SEE, speaker);
                    if (step.isEmpty()) yield means.reports().log(found);
                    yield isFull
                            ? means.reports().full(found, step.getAsInt())
                            : means.reports().log(found, step.getAsInt());
                }
                case Command.Pending _ ->
                        means.reports().pending(it -> runs.sees(speaker, it), speaker.surface());
                case Command.Why(var sop) -> sops.why(sop, speaker);
                case Command.TestTrigger it -> sops.test(it, speaker);
                case Command.Approve it -> runs.approve(it, true, speaker);
                case Command.Deny it -> runs.deny(it, speaker);
                case Command.Unvote(var gate) -> runs.unvote(gate, speaker);
                case Command.Cancel(var run, var reason) -> runs.cancel(run, reason, speaker);
                case Command.Reply it -> runs.reply(it, speaker);
                case Command.Retry it -> runs.retry(it, speaker);
                case Command.Resume(var run) -> runs.resume(run, speaker);
                case Command.Abort(var run, var reason) -> runs.abort(run, reason, speaker);
                case Command.Rerun(var run, var from) -> runs.rerun(run, from.orElse(1), speaker);
                case Command.Pause(var sop) -> sops.pause(sop, speaker);
                case Command.Unpause(var sop) -> sops.unpause(sop, speaker);
                case Command.Freeze(var reason) -> service.freeze(reason, speaker);
                case Command.Unfreeze _ -> service.unfreeze(speaker);
                case Command.ClockOk _ -> service.clockOk(speaker);
                case Command.Help(var about) -> help(about, speaker.surface());
                case Command.Whoami _ -> service.whoami(speaker);
                case Command.Link(var code) ->
                        code.isEmpty()
                                ? service.showLink(speaker)
                                : service.link(code.get(), speaker);
                case Command.Backup _ ->
                        throw new IllegalStateException(command.verb() + " is not offered here");
            };
        } catch (Declined e) {
            return answer(e, recorded(command), speaker);
        }
    }

    private static void requireShort(String note) throws Declined {
        int length = note.codePointCount(0, note.length());
        if (length <= NOTE_MAX) return;
        throw wrong(
                "a reason or note has %,d characters at most, this one has %,d: nothing was done"
                        .formatted(NOTE_MAX, length),
                "Keep the long text elsewhere, and say here where it is.");
    }

    private static Result help(Optional<Verb> about, Speaker.Surface surface) {
        if (about.isPresent()) {
            return Result.ok(Result.empty(), Help.about(about.get()).toArray(String[]::new));
        }
        var verbs = Arrays.stream(Verb.values()).filter(offered(surface)::contains).toList();
        var table = new ArrayList<List<String>>();
        table.add(List.of("SAY", "TO"));
        table.addAll(Help.table(verbs));
        return new Result(Result.Kind.OK, List.of(), table, Result.empty());
    }

    /** Says yes by a click: the code was not typed, it came from what is replied to. */
    Result click(Command.Approve command, Speaker speaker) {
        try {
            return runs.approve(command, false, speaker);
        } catch (Declined e) {
            return answer(e, recorded(command), speaker);
        }
    }

    // Starts

    /**
     * A start that was asked for.
     *
     * @param outcome none when it was not even let in
     */
    public record Started(Result result, Optional<Outcome> outcome) {}

    /** The secret inputs that are to be asked for before this start, where nobody reads along. */
    public List<String> secretsOf(Command.Run command, Speaker speaker) {
        return sops.secretsOf(command, speaker);
    }

    /**
     * Starts a SOP.
     *
     * @param secrets secret inputs by name, that were asked for where nobody reads along
     */
    public Started start(Command.Run command, Map<String, Secret> secrets, Speaker speaker) {
        try {
            var outcome = sops.start(command, secrets, speaker);
            return new Started(result(outcome), Optional.of(outcome));
        } catch (Declined e) {
            return new Started(answer(e, recorded(command), speaker), Optional.empty());
        }
    }

    /** What is told of a start, with how its run stands now. */
    public Result result(Outcome outcome) {
        return sops.result(outcome);
    }

    /**
     * Writes all of an output that a result speaks of, secrets masked.
     *
     * @return false when nothing is left of it
     */
    public boolean write(FullOutput output, OutputStream target) throws IOException {
        return means.views().write(output, target);
    }

    // Presses

    /**
     * A control was pressed, or a mark put on a prompt that means the same.
     *
     * @param about the prompt as it was shown: a press on an old one changes nothing
     * @param word what the control says, or {@code unvote}
     * @param code the gate's code, where it was asked for and typed
     * @param text a reason or a note, or nothing
     */
    record Press(PostKey about, String word, Optional<String> code, String text) {}

    Result press(Press press, Speaker speaker) {
        try {
            requireShort(press.text());
            return runs.press(press, speaker);
        } catch (Declined e) {
            return answer(e, "%s %s".formatted(press.word(), press.about().run()), speaker);
        }
    }

    // Refusals

    private Result answer(Declined answered, String what, Speaker speaker) {
        answered.refusal()
                .ifPresent(
                        it ->
                                engine.refuse(
                                        it.run(),
                                        speaker.identity().toString(),
                                        what,
                                        it.why(),
                                        means.clock().instant()));
        return answered.answer();
    }

    /** What somebody asked for and may not do is not done, and on record. */
    public void refuse(Speaker speaker, String what, String why) {
        var at = means.clock().instant();
        engine.refuse(Optional.empty(), speaker.identity().toString(), what, why, at);
    }

    /** What a stranger asked for is not done, and on record. */
    public void refuseStranger(Identity stranger, String what) {
        engine.refuse(
                Optional.empty(),
                stranger.toString(),
                what,
                "not in the roster",
                means.clock().instant());
    }

    /** As it may stand on record: what was given to a start may be secret. */
    static String recorded(Command command) {
        return switch (command) {
            case Command.Run it -> "run " + it.sop();
            case Command.Plan it -> "plan " + it.sop();
            case Command.TestTrigger it -> "trigger test " + it.topic();
            default -> command.text();
        };
    }

    /**
     * What is to be written into the roster, when this account brings a code that another one was
     * shown; also for an account that nobody knows. It grants nothing: the file does.
     */
    Optional<Result> link(String code, Identity entered) {
        return service.link(code, entered);
    }
}
