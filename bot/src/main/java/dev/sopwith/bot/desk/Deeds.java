package dev.sopwith.bot.desk;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.Help;
import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.room.PostKey;
import dev.sopwith.bot.room.Render;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Identity;
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
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What people's words and presses do, wherever they are said: each becomes a delivery, a command or
 * a question to the engine, and one result.
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
                    Verb.PAUSE,
                    Verb.UNPAUSE,
                    Verb.FREEZE,
                    Verb.UNFREEZE,
                    Verb.CLOCK,
                    Verb.WHOAMI,
                    Verb.LINK,
                    Verb.HELP);

    private static final String ASK = "Who may do what stands in the roster: ask whoever keeps it.";

    private final Engine engine;
    private final Installation installation;
    private final Supplier<SopSet> sops;
    private final Rights rights;
    private final InstantSource clock;
    private final Reports reports;
    private final SopReports sopReports;
    private final Overview overview;
    private final Planner planner;
    private final LinkCodes links;
    private final RunViews views;

    /**
     * @param rights who somebody is and what they may do
     * @param views of runs, as rooms show them
     * @param outputs what steps have printed
     */
    public Deeds(
            Engine engine,
            Installation installation,
            Rights rights,
            Overview overview,
            Planner planner,
            LinkCodes links,
            RunViews views,
            StepOutputs outputs,
            InstantSource clock) {
        this.engine = engine;
        this.installation = installation;
        this.sops = installation.sops();
        this.rights = rights;
        this.overview = overview;
        this.planner = planner;
        this.links = links;
        this.views = views;
        this.reports = new Reports(overview, views, outputs, clock);
        this.sopReports = new SopReports(installation, overview, planner, clock);
        this.clock = clock;
    }

    private Deeds(Deeds same, Engine engine) {
        this.engine = engine;
        this.installation = same.installation;
        this.sops = same.sops;
        this.rights = same.rights;
        this.overview = same.overview;
        this.planner = same.planner;
        this.links = same.links;
        this.views = same.views;
        this.reports = same.reports;
        this.sopReports = same.sopReports;
        this.clock = same.clock;
    }

    /** The same deeds, each in one commit with this. */
    Deeds along(Store.Change note) {
        return new Deeds(this, engine.along(note));
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
        return new CurrentNames(sops, overview, (right, sop) -> rights.may(speaker, right, sop));
    }

    /** The request cannot be honoured; the answer says why. */
    private static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Result answer;
        private final transient Optional<Refusal> refusal;

        Unclear(Result answer) {
            this(answer, Optional.empty());
        }

        Unclear(Result answer, Optional<Refusal> refusal) {
            super("answered");
            this.answer = answer;
            this.refusal = refusal;
        }
    }

    /**
     * That somebody may not do what they asked for: it goes on record.
     *
     * @param why as the record says it; who asked may be told less
     */
    private record Refusal(Optional<RunId> run, String why) {}

    private Result answer(Unclear answered, String what, Speaker speaker) {
        answered.refusal.ifPresent(
                it ->
                        engine.refuse(
                                it.run(),
                                speaker.identity().toString(),
                                what,
                                it.why(),
                                clock.instant()));
        return answered.answer;
    }

    /** What a stranger asked for is not done, and on record. */
    public void refuseStranger(Identity stranger, String what) {
        engine.refuse(
                Optional.empty(), stranger.toString(), what, "not in the roster", clock.instant());
    }

    /** As it may stand on record: what was given to a start may be secret. */
    static String recorded(Command command) {
        return switch (command) {
            case Command.Run it -> "run " + it.sop();
            case Command.Plan it -> "plan " + it.sop();
            default -> command.text();
        };
    }

    /** Does what was said, in words typed by hand. */
    public Result act(Command command, Speaker speaker) {
        try {
            requireShort(command.note());
            return switch (command) {
                case Command.Run it -> start(it, Map.of(), speaker).result();
                case Command.Plan it -> plan(it, speaker);
                case Command.ListSops _ ->
                        sopReports.list(it -> rights.may(speaker, Right.SEE, it));
                case Command.Show(var sop) -> show(sop, speaker);
                case Command.Runs _ -> reports.runs(it -> rights.may(speaker, Right.SEE, it));
                case Command.Status(var run) ->
                        run.isEmpty()
                                ? reports.overall(
                                        it -> rights.may(speaker, Right.SEE, it),
                                        installation.notes().get())
                                : reports.run(find(run.get(), Right.SEE, speaker));
                case Command.Log(var run, var step) -> {
                    var found = find(run, Right.SEE, speaker);
                    yield step.isEmpty() ? reports.log(found) : reports.log(found, step.getAsInt());
                }
                case Command.Pending _ ->
                        reports.pending(it -> sees(speaker, it), speaker.surface());
                case Command.Why(var sop) -> why(sop, speaker);
                case Command.Approve it -> approve(it, true, speaker);
                case Command.Deny it -> deny(it, speaker);
                case Command.Unvote(var gate) -> unvote(gate, speaker);
                case Command.Cancel(var run, var reason) -> cancel(run, reason, speaker);
                case Command.Reply it -> reply(it, speaker);
                case Command.Retry it -> retry(it, speaker);
                case Command.Resume(var run) -> resume(run, speaker);
                case Command.Abort(var run, var reason) -> abort(run, reason, speaker);
                case Command.Rerun(var run, var from) -> rerun(run, from.orElse(1), speaker);
                case Command.Pause(var sop) -> pause(sop, speaker);
                case Command.Unpause(var sop) -> unpause(sop, speaker);
                case Command.Freeze(var reason) -> freeze(reason, speaker);
                case Command.Unfreeze _ -> unfreeze(speaker);
                case Command.ClockOk _ -> clockOk(speaker);
                case Command.Help(var about) -> help(about, speaker.surface());
                case Command.Whoami _ -> whoami(speaker);
                case Command.Link(var code) ->
                        code.isEmpty() ? showLink(speaker) : link(code.get(), speaker);
                case Command.Backup _ ->
                        throw new IllegalStateException(command.verb() + " is not offered here");
            };
        } catch (Unclear e) {
            return answer(e, recorded(command), speaker);
        }
    }

    /** Says yes by a click: the code was not typed, it came from what is replied to. */
    Result click(Command.Approve command, Speaker speaker) {
        try {
            return approve(command, false, speaker);
        } catch (Unclear e) {
            return answer(e, recorded(command), speaker);
        }
    }

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
        } catch (Unclear e) {
            return answer(e, "%s %s".formatted(press.word(), press.about().run()), speaker);
        }
    }

    private Result vote(Press press, Overview.Run run, Speaker speaker) throws Unclear {
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

    private Result settle(Press press, Overview.Run run, Speaker speaker) throws Unclear {
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

    private static Result whoami(Speaker speaker) {
        var who =
                speaker.isOperator()
                        ? "the operator of this service"
                        : "%s in the roster".formatted(speaker.person());
        return Result.ok(
                Result.empty()
                        .put("identity", speaker.identity().toString())
                        .put("person", speaker.person()),
                "you are %s: %s".formatted(speaker.identity(), who));
    }

    /** Where others read along, whoever is faster would be whoever was shown it. */
    private Result showLink(Speaker speaker) throws Unclear {
        if (speaker.surface() == Speaker.Surface.ROOM) {
            throw no(
                    "others read along here, so a code that is shown here proves nothing",
                    "Ask for it on this service's machine (./sopwith link), then say here: link CODE");
        }
        var code = links.show(speaker, clock.instant());
        return Result.ok(
                Result.empty().put("code", code.code()).put("until", code.until().toString()),
                "say with your other account, by %s: link %s"
                        .formatted(RunWords.time(code.until()), code.code()));
    }

    private Result link(String code, Speaker speaker) throws Unclear {
        var linked = link(code, speaker.identity());
        if (linked.isPresent()) return linked.get();
        throw refused(
                Optional.empty(), "nobody was shown this code, or its time is over", "Say: link");
    }

    /**
     * What is to be written into the roster, when this account brings a code that another one was
     * shown; also for an account that nobody knows. It grants nothing: the file does.
     */
    Optional<Result> link(String code, Identity entered) {
        return links.take(code, clock.instant()).map(it -> linked(it, entered));
    }

    private Result linked(LinkCodes.Shown shown, Identity entered) {
        var owner = rights.owner(entered);
        if (owner.isPresent()) {
            return Result.no(
                    owner.get().equals(shown.person())
                            ? "%s is yours already".formatted(entered)
                            : "%s is another person's in the roster".formatted(entered));
        }
        engine.noteLink(shown.person(), shown.to().toString(), entered.toString(), clock.instant());
        var line = rights.rosterLine(shown.person(), shown.to(), entered);
        return Result.ok(
                Result.empty().put("person", shown.person()).put("roster", line),
                "%s and %s are one person's. It counts once this line is in the roster, under people:"
                        .formatted(shown.to(), entered),
                Prompts.EXACT + line);
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

    // Starting

    /**
     * A start that was asked for.
     *
     * @param outcome none when it was not even let in
     */
    public record Started(Result result, Optional<Outcome> outcome) {}

    /** The secret inputs that are to be asked for before this start, where nobody reads along. */
    public List<String> secretsOf(Command.Run command, Speaker speaker) {
        if (!rights.may(speaker, Right.RUN, command.sop())) return List.of();
        var sop = sops.get().find(command.sop()).map(SopSet.Loaded::sop);
        return sop.stream()
                .flatMap(it -> it.inputs().stream())
                .filter(it -> it.secret() && !command.inputs().containsKey(it.name()))
                .map(Input::name)
                .toList();
    }

    /**
     * Starts a SOP.
     *
     * @param secrets secret inputs by name, that were asked for where nobody reads along
     */
    public Started start(Command.Run command, Map<String, Secret> secrets, Speaker speaker) {
        try {
            var outcome = deliver(command, secrets, speaker);
            if (outcome.kind() == Outcome.Kind.NO_MATCH) {
                throw no(
                        command.sop() + " cannot be started by hand",
                        "Add to its SOP.toml: [[triggers]] type = \"manual\"");
            }
            return new Started(result(outcome), Optional.of(outcome));
        } catch (Unclear e) {
            return new Started(answer(e, recorded(command), speaker), Optional.empty());
        }
    }

    private Outcome deliver(Command.Run command, Map<String, Secret> secrets, Speaker speaker)
            throws Unclear {
        var sop = sop(command.sop(), speaker).sop();
        if (!rights.may(speaker, Right.RUN, sop.name())) throw mayNotStart(sop, speaker);
        var given = inputs(sop, command.inputs(), secrets, speaker.surface());
        return engine.deliver(arrival(sop, given, speaker)).getFirst();
    }

    /** On record before anything they gave is looked at. */
    private Unclear mayNotStart(Sop sop, Speaker speaker) {
        var refused =
                engine.refuse(
                        sop,
                        speaker.identity().toString(),
                        mayNotRun(sop, speaker).detail(),
                        arrival(sop, Map.of(), speaker));
        return rights.may(speaker, Right.SEE, sop.name())
                ? no(sop.name() + ": " + refused, ASK)
                : noSop(sop.name(), speaker);
    }

    /** What is told of a start, with how its run stands now. */
    public Result result(Outcome outcome) {
        var sop = outcome.sop();
        var data = Result.empty().put("sop", sop).put("outcome", outcome.kind().word());
        data.put("detail", outcome.detail());
        if (outcome.run().isPresent()) {
            var id = new RunId(outcome.run().getAsLong());
            return reports.of(id, data.put("run", id.toString()));
        }
        boolean waits =
                outcome.kind() == Outcome.Kind.QUEUED || outcome.kind() == Outcome.Kind.COALESCED;
        return new Result(
                waits ? Result.Kind.OK : Result.Kind.NO,
                List.of(sop + ": " + outcome, hint(outcome)),
                List.of(),
                data);
    }

    private Arrival arrival(Sop sop, Map<String, String> given, Speaker speaker) {
        return new Arrival(
                new Delivery(Source.MANUAL, sop.name(), Payload.NONE),
                Optional.empty(),
                given,
                Set.of(speaker.person()),
                true,
                "asked by " + speaker.identity(),
                clock.instant());
    }

    private String hint(Outcome outcome) {
        return switch (outcome.kind()) {
            case FROZEN ->
                    overview.frozen().isPresent()
                            ? "Nothing starts until: unfreeze"
                            : "Nothing starts it until: unpause " + outcome.sop();
            case QUEUED, COALESCED -> "What becomes of it: why " + outcome.sop();
            default -> "The last deliveries: why " + outcome.sop();
        };
    }

    private SopSet.Loaded sop(String name, Speaker speaker) throws Unclear {
        var found = sops.get().find(name);
        if (found.isPresent()) return found.get();
        if (broken(name).isPresent()) {
            throw wrong(
                    name + " is broken and cannot run", "See what is wrong: sop validate " + name);
        }
        throw noSop(name, speaker);
    }

    /** A folder that cannot be used as it is, by its name or its SOP's. */
    private Optional<SopSet.Broken> broken(String name) {
        return sops.get().broken().stream()
                .filter(
                        it ->
                                it.folder().equals(name)
                                        || it.name().filter(name::equals).isPresent())
                .findFirst();
    }

    private Unclear noSop(String name, Speaker speaker) {
        var names =
                sops.get().runnable().stream()
                        .map(it -> it.sop().name())
                        .filter(it -> rights.may(speaker, Right.SEE, it))
                        .toList();
        if (names.isEmpty()) return wrong("there is no SOP here that can run");
        return wrong("there is no SOP " + name + "; " + Words.meant(name, names));
    }

    private static Map<String, String> inputs(
            Sop sop, Map<String, String> said, Map<String, Secret> secrets, Speaker.Surface surface)
            throws Unclear {
        refuseSecrets(sop, said, surface);
        var given = new HashMap<>(said);
        secrets.forEach((name, value) -> given.put(name, value.reveal()));
        var problems = InputValues.of(sop, given).problems();
        if (problems.isEmpty()) return given;
        var lines = new ArrayList<String>();
        lines.add(sop.name() + " was not started:");
        problems.forEach(problem -> lines.add("  " + problem));
        lines.add("Write: run " + sop.name() + usage(sop));
        throw wrong(lines.toArray(String[]::new));
    }

    private static void refuseSecrets(Sop sop, Map<String, String> said, Speaker.Surface surface)
            throws Unclear {
        for (var input : sop.inputs()) {
            if (!input.secret() || !said.containsKey(input.name())) continue;
            throw wrong(
                    input.name()
                            + (surface == Speaker.Surface.ROOM
                                    ? " is secret and is not taken from a room: others read along,"
                                            + " and the network keeps it"
                                    : " is secret and is not taken from the command line: it would"
                                            + " stay in the shell's history and in the list of"
                                            + " processes"),
                    "If this was the real one, change it. Nothing was started or kept; ./sopwith chat"
                            + " asks for it without showing it: run "
                            + sop.name());
        }
    }

    private static String usage(Sop sop) {
        var usage = new StringBuilder();
        for (var input : sop.inputs()) if (!input.secret()) usage.append(usage(input));
        return usage.toString();
    }

    private static String usage(Input input) {
        var value = input.choices().isEmpty() ? "..." : String.join("|", input.choices());
        boolean needed = input.required() && input.defaultValue().isEmpty();
        return (needed ? " %s=%s" : " [%s=%s]").formatted(input.name(), value);
    }

    // Looking

    private Result show(String name, Speaker speaker) throws Unclear {
        var broken = broken(name);
        var seen = seen(name, broken, speaker);
        if (seen.isEmpty()) return sopReports.broken(broken.orElseThrow());
        return sopReports.show(seen.get(), broken);
    }

    /** Nothing of it is kept, and nobody else hears of it. */
    private Result plan(Command.Plan said, Speaker speaker) throws Unclear {
        var broken = broken(said.sop());
        var seen = seen(said.sop(), broken, speaker);
        if (seen.isEmpty()) return sopReports.broken(broken.orElseThrow());
        var sop = seen.get().sop();
        refuseSecrets(sop, said.inputs(), speaker.surface());
        var plan = planner.plan(seen.get(), arrival(sop, said.inputs(), speaker));
        var refusal =
                rights.may(speaker, Right.RUN, sop.name())
                        ? Optional.<Outcome>empty()
                        : Optional.of(mayNotRun(sop, speaker));
        return sopReports.plan(seen.get(), plan, refusal, Set.of(speaker.person()));
    }

    private static Outcome mayNotRun(Sop sop, Speaker speaker) {
        return Outcome.of(
                sop.name(), Outcome.Kind.NOT_ALLOWED, speaker.identity() + " may not run it");
    }

    /** A SOP that somebody may see, as it runs; empty when it is broken and never did. */
    private Optional<SopSet.Loaded> seen(
            String name, Optional<SopSet.Broken> broken, Speaker speaker) throws Unclear {
        var loaded = sops.get().find(name).or(() -> broken.flatMap(SopSet.Entry::runnable));
        var real =
                loaded.map(it -> it.sop().name())
                        .or(() -> broken.map(it -> it.name().orElse(it.folder())));
        if (real.isEmpty() || !rights.may(speaker, Right.SEE, real.get())) {
            throw noSop(name, speaker);
        }
        return loaded;
    }

    private Result why(String name, Speaker speaker) throws Unclear {
        if (!rights.may(speaker, Right.SEE, name)) throw mayNot("see", name);
        var answer = reports.why(name, sops.get().find(name).map(SopSet.Loaded::sop));
        // Only of a name that nothing is known about: it may have been removed since.
        boolean isKnown = !answer.table().isEmpty() || overview.paused().containsKey(name);
        if (!isKnown) sop(name, speaker);
        return answer;
    }

    // Deciding

    private Result approve(Command.Approve said, boolean isTyped, Speaker speaker) throws Unclear {
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
    private void requireVote(Speaker speaker, Overview.Run run, Gate.Ref ref) throws Unclear {
        if (isOwnRun(speaker, run, ref)) return;
        var refusal = rights.voteRefusal(speaker);
        if (refusal.isEmpty()) return;
        throw refused(
                Optional.empty(),
                refusal.get(),
                "Name another user for steps (engine: run_as), or vote from another account.");
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
    private GateRow gate(String code, Speaker speaker) throws Unclear {
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

    private Result deny(Command.Deny said, Speaker speaker) throws Unclear {
        var gate = gate(said.gate(), speaker);
        return command(
                gate.run(),
                new RunCommand.Deny(gate.ref(), speaker.actor(), said.reason(), clock.instant()));
    }

    private Result unvote(Command.Target target, Speaker speaker) throws Unclear {
        var gate = gate(target, speaker);
        return command(
                gate.run(), new RunCommand.Withdraw(gate.ref(), speaker.actor(), clock.instant()));
    }

    /** A gate that was named. */
    private record Found(RunId run, Gate.Ref ref) {}

    private Found gate(Command.Target target, Speaker speaker) throws Unclear {
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

    private Result cancel(RunId id, String reason, Speaker speaker) throws Unclear {
        var run = find(id, Right.SEE, speaker);
        if (!mayCancel(speaker, run)) {
            throw refused(Optional.of(id), "you may not cancel " + run.id(), ASK);
        }
        var command = new RunCommand.Cancel(speaker.actor(), reason, clock.instant());
        return command(run.id(), command);
    }

    /** What people say of their step, or of one in doubt. */
    private Result reply(Command.Reply said, Speaker speaker) throws Unclear {
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

    private Result retry(Command.Retry said, Speaker speaker) throws Unclear {
        var run = find(said.run(), Right.OPERATE, speaker);
        return settle(run, doubt(run), RunCommand.Settlement.RETRY, said.note(), speaker);
    }

    /** Ends a run that nobody can say how to go on with. */
    private Result abort(RunId id, String reason, Speaker speaker) throws Unclear {
        var run = find(id, Right.OPERATE, speaker);
        return settle(run, doubt(run), RunCommand.Settlement.ABORT, reason, speaker);
    }

    private static Phase.InDoubt doubt(Overview.Run run) throws Unclear {
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

    private Result resume(RunId id, Speaker speaker) throws Unclear {
        var run = find(id, Right.OPERATE, speaker);
        return command(run.id(), new RunCommand.Resume(speaker.actor(), clock.instant()));
    }

    /** A new run with the snapshot and the inputs of one that has ended. */
    private Result rerun(RunId of, int from, Speaker speaker) throws Unclear {
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

    // The service

    private Result freeze(String reason, Speaker speaker) throws Unclear {
        onlyOperator(speaker);
        boolean was = engine.isFrozen();
        engine.freeze(reason, speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("frozen", true),
                was
                        ? "it was frozen already, and stays so for this reason; until: unfreeze"
                        : "frozen: nothing starts and no new step begins, until: unfreeze");
    }

    private Result unfreeze(Speaker speaker) throws Unclear {
        onlyOperator(speaker);
        boolean was = engine.isFrozen();
        engine.unfreeze(speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("frozen", false),
                was ? "unfrozen: what waited goes on" : "it was not frozen");
    }

    private Result pause(String named, Speaker speaker) throws Unclear {
        var sop = mayPause(named, speaker);
        boolean isNew = engine.pause(sop, speaker.identity().toString(), clock.instant());
        var data = Result.empty().put("sop", sop).put("paused", true);
        if (!isNew) return Result.ok(data, "%s was %s".formatted(sop, overview.paused().get(sop)));
        var going = overview.active().stream().filter(it -> it.name().equals(sop)).toList();
        return Result.ok(
                data,
                "%s is paused: nothing starts it until: unpause %s".formatted(sop, sop),
                going.isEmpty()
                        ? "What waits for its turn goes on waiting."
                        : "What waits for its turn goes on waiting; what has begun goes on: "
                                + going.stream()
                                        .map(it -> it.id().toString())
                                        .collect(Collectors.joining(", ")));
    }

    private Result unpause(String named, Speaker speaker) throws Unclear {
        // Of one that has gone since: the pause is still there.
        boolean isThere =
                overview.paused().containsKey(named) && rights.may(speaker, Right.SEE, named);
        var sop = isThere ? named : mayPause(named, speaker);
        if (!rights.may(speaker, Right.OPERATE, sop)) throw mayNot("unpause", sop);
        boolean was = engine.unpause(sop, speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("sop", sop).put("paused", false),
                was ? sop + " may start again; what waited does" : sop + " was not paused");
    }

    /** The name of a SOP that somebody may pause. */
    private String mayPause(String named, Speaker speaker) throws Unclear {
        var sop = sops.get().find(named).map(it -> it.sop().name());
        if (sop.isEmpty()) sop = broken(named).flatMap(SopSet.Broken::name);
        if (sop.isEmpty() && broken(named).isPresent()) {
            throw wrong(named + " is broken and says no name: nothing can start it");
        }
        var name = sop.orElse(named);
        if (sop.isEmpty() || !rights.may(speaker, Right.SEE, name)) throw noSop(named, speaker);
        if (!rights.may(speaker, Right.OPERATE, name)) throw mayNot("pause", name);
        return name;
    }

    private static Unclear mayNot(String verb, String sop) {
        return refused(Optional.empty(), "you may not %s %s".formatted(verb, sop), ASK);
    }

    private Result clockOk(Speaker speaker) throws Unclear {
        onlyOperator(speaker);
        var by = speaker.identity().toString();
        boolean was = engine.trustClock("so says " + by, by, clock.instant());
        var data = Result.empty().put("now", clock.instant().toString());
        return Result.ok(
                data,
                was
                        ? "the clock is trusted again: it is " + RunWords.time(clock.instant())
                        : "the clock was not in doubt");
    }

    private static void requireShort(String note) throws Unclear {
        int length = note.codePointCount(0, note.length());
        if (length <= NOTE_MAX) return;
        throw wrong(
                "a reason or note has %,d characters at most, this one has %,d: nothing was done"
                        .formatted(NOTE_MAX, length),
                "Keep the long text elsewhere, and say here where it is.");
    }

    // Who may

    private boolean sees(Speaker speaker, Overview.Run run) {
        return rights.may(speaker, Right.SEE, run.name());
    }

    /** Whoever started a run may cancel it, as long as they may run the SOP. */
    private boolean mayCancel(Speaker speaker, Overview.Run run) {
        if (rights.may(speaker, Right.OPERATE, run.name())) return true;
        boolean own =
                run.state() instanceof Active(var progress, _)
                        && progress.initiators().contains(speaker.person());
        return own && rights.may(speaker, Right.RUN, run.name());
    }

    private static void onlyOperator(Speaker speaker) throws Unclear {
        if (!speaker.isOperator()) {
            throw refused(Optional.empty(), "only the service's own user and root may do that");
        }
    }

    // Words

    /** A run that somebody may do this with. Who may not see it hears nothing of it. */
    private Overview.Run find(RunId id, Right right, Speaker speaker) throws Unclear {
        var run = find(id);
        if (!sees(speaker, run)) throw unseen(run);
        if (rights.may(speaker, right, run.name())) return run;
        throw refused(Optional.of(id), "you may not do that with runs of " + run.name(), ASK);
    }

    private Overview.Run find(RunId id) throws Unclear {
        return overview.run(id).orElseThrow(() -> noRun(id));
    }

    private static Unclear unseen(Overview.Run run) {
        var why = "may not see runs of " + run.name();
        return new Unclear(
                noRun(run.id()).answer, Optional.of(new Refusal(Optional.of(run.id()), why)));
    }

    private static Unclear noRun(RunId id) {
        return wrong("there is no run " + id, "See them: runs");
    }

    private static Unclear wrong(String... lines) {
        return new Unclear(Result.wrong(lines));
    }

    /** They may not: the answer says so, and it goes on record. */
    private static Unclear refused(Optional<RunId> run, String... lines) {
        return new Unclear(Result.no(lines), Optional.of(new Refusal(run, lines[0])));
    }

    private static Unclear no(String... lines) {
        return new Unclear(Result.no(lines));
    }
}
