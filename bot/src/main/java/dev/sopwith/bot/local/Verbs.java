package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.command.Completion;
import dev.sopwith.bot.command.Help;
import dev.sopwith.bot.command.Reading;
import dev.sopwith.bot.command.Setting;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the words of the local operator do: each becomes a delivery, a command or a question to the
 * engine, and its answer.
 *
 * <p>Threading: safe from any thread.
 */
public final class Verbs implements LocalServer.Handler {
    /** What can be said here. */
    public static final Set<Verb> OFFERED =
            Set.of(
                    Verb.RUN,
                    Verb.RUNS,
                    Verb.STATUS,
                    Verb.LOG,
                    Verb.PENDING,
                    Verb.APPROVE,
                    Verb.DENY,
                    Verb.CANCEL,
                    Verb.DONE,
                    Verb.FAILED,
                    Verb.SKIP,
                    Verb.RETRY,
                    Verb.RESUME,
                    Verb.RERUN,
                    Verb.WHY,
                    Verb.FREEZE,
                    Verb.UNFREEZE,
                    Verb.CLOCK,
                    Verb.BACKUP,
                    Verb.HELP);

    private static final String ASK = "Who may do what stands in the roster: ask whoever keeps it.";
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private final Engine engine;
    private final Supplier<SopSet> sops;
    private final Consumer<Path> backup;
    private final Rights rights;
    private final InstantSource clock;
    private final Reports reports;
    private final Overview overview;
    private final CommandParser parser = new CommandParser(OFFERED);
    private final Changes changes = new Changes();

    /**
     * @param backup writes a copy of the store to a new file
     * @param rights who a local user is and what they may do
     * @param outputs what steps have printed
     */
    public Verbs(
            Engine engine,
            Supplier<SopSet> sops,
            Consumer<Path> backup,
            Rights rights,
            Overview overview,
            StepOutputs outputs,
            InstantSource clock) {
        this.engine = engine;
        this.sops = sops;
        this.backup = backup;
        this.rights = rights;
        this.clock = clock;
        this.overview = overview;
        this.reports = new Reports(overview, outputs, clock);
        engine.listen(_ -> changes.tell());
    }

    /** The request cannot be honoured; the answer says why. */
    private static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Answer answer;

        Unclear(Answer answer) {
            super("answered");
            this.answer = answer;
        }
    }

    @Override
    public Answer answer(Request request, Caller caller, Consumer<String> progress)
            throws InterruptedException {
        var names = names(caller);
        return switch (read(request, names)) {
            case Reading.Understood(var command) -> answer(command, request, caller, progress);
            case Reading.Wrong(var problem) -> Answer.wrong(problem);
            case Reading.Question(var asked, var candidates) -> {
                var lines = new ArrayList<String>();
                lines.add(asked + "; say which:");
                candidates.forEach(it -> lines.add("  " + it));
                yield Answer.wrong(lines.toArray(String[]::new));
            }
            case Reading.Talk _ -> throw new IllegalStateException("nobody talks to a socket");
        };
    }

    private Reading read(Request request, CurrentNames names) {
        var setting = request.thread().map(Setting::addressed).orElse(Setting.DIRECT);
        return request.line().isPresent()
                ? parser.read(request.line().get(), setting, names)
                : parser.read(request.words(), setting, names);
    }

    @Override
    public Completion complete(String text, Caller caller) {
        return parser.complete(text, names(caller));
    }

    @Override
    public List<String> secrets(Request request, Caller caller) {
        if (!(read(request, names(caller)) instanceof Reading.Understood(Command.Run run))
                || !rights.may(caller, Right.RUN, run.sop())) {
            return List.of();
        }
        var sop = sops.get().find(run.sop()).map(SopSet.Loaded::sop);
        return sop.stream()
                .flatMap(it -> it.inputs().stream())
                .filter(it -> it.secret() && !run.inputs().containsKey(it.name()))
                .map(Input::name)
                .toList();
    }

    private CurrentNames names(Caller caller) {
        return new CurrentNames(sops, overview, (right, sop) -> rights.may(caller, right, sop));
    }

    private Answer answer(
            Command command, Request request, Caller caller, Consumer<String> progress)
            throws InterruptedException {
        try {
            return switch (command) {
                case Command.Run it -> run(it, request, caller, progress);
                case Command.Runs _ -> reports.runs(it -> sees(caller, it));
                case Command.Status(var run) ->
                        run.isEmpty()
                                ? reports.overall(it -> sees(caller, it))
                                : reports.run(find(run.get(), Right.SEE, caller));
                case Command.Log(var run, var step) -> {
                    var found = find(run, Right.SEE, caller);
                    yield step.isEmpty() ? reports.log(found) : reports.log(found, step.getAsInt());
                }
                case Command.Pending _ -> reports.pending(it -> sees(caller, it));
                case Command.Why(var sop) -> why(sop, caller);
                case Command.Approve it -> approve(it, caller);
                case Command.Deny it -> deny(it, caller);
                case Command.Cancel(var run, var reason) -> cancel(run, reason, caller);
                case Command.Reply it -> reply(it, caller);
                case Command.Retry it -> retry(it, caller);
                case Command.Resume(var run) -> resume(run, caller);
                case Command.Rerun(var run, var from) -> rerun(run, from.orElse(1), caller);
                case Command.Freeze(var reason) -> freeze(reason, caller);
                case Command.Unfreeze _ -> unfreeze(caller);
                case Command.ClockOk _ -> clockOk(caller);
                case Command.Backup(var file) -> backup(file, caller);
                case Command.Help(var about) -> help(about);
                case Command.Plan _,
                        Command.ListSops _,
                        Command.Show _,
                        Command.Unvote _,
                        Command.Abort _,
                        Command.Pause _,
                        Command.Unpause _,
                        Command.Whoami _,
                        Command.Link _ ->
                        throw new IllegalStateException(command.verb() + " is not offered here");
            };
        } catch (Unclear e) {
            return e.answer;
        }
    }

    private static Answer help(Optional<Verb> about) {
        if (about.isPresent()) {
            return Answer.ok(Answer.empty(), Help.about(about.get()).toArray(String[]::new));
        }
        var verbs = Arrays.stream(Verb.values()).filter(OFFERED::contains).toList();
        var table = new ArrayList<List<String>>();
        table.add(List.of("SAY", "TO"));
        table.addAll(Help.table(verbs));
        return new Answer(Answer.Status.OK, List.of(), table, Answer.empty());
    }

    // Starting

    private Answer run(
            Command.Run command, Request request, Caller caller, Consumer<String> progress)
            throws Unclear, InterruptedException {
        boolean wait = request.untilEnd();
        var sop = sop(command.sop());
        var given = inputs(sop, command.inputs(), request.secrets());
        var arrival =
                new Arrival(
                        new Delivery(Source.MANUAL, sop.name(), Payload.NONE),
                        Optional.empty(),
                        given,
                        Set.of(rights.actor(caller).person()),
                        true,
                        "asked by local:" + caller.login(),
                        clock.instant());
        if (!rights.may(caller, Right.RUN, sop.name())) {
            var refused =
                    engine.refuse(sop, "local:" + caller.login() + " may not run it", arrival);
            throw no(sop.name() + ": " + refused, ASK);
        }
        var outcomes = engine.deliver(arrival);
        var outcome = outcomes.getFirst();
        if (outcome.kind() == Outcome.Kind.NO_MATCH) {
            return Answer.no(
                    sop.name() + " cannot be started by hand",
                    "Add to its SOP.toml: [[triggers]] type = \"manual\"");
        }
        var data = Answer.empty().put("sop", sop.name()).put("outcome", outcome.kind().word());
        data.put("detail", outcome.detail());
        if (wait && outcome.kind() == Outcome.Kind.QUEUED) {
            progress.accept(sop.name() + " " + outcome);
            outcome = last(outcome, progress);
            data.put("outcome", outcome.kind().word()).put("detail", outcome.detail());
        }
        if (outcome.run().isEmpty()) {
            boolean waits =
                    outcome.kind() == Outcome.Kind.QUEUED
                            || outcome.kind() == Outcome.Kind.COALESCED;
            return new Answer(
                    waits ? Answer.Status.OK : Answer.Status.NO,
                    List.of(sop.name() + ": " + outcome, hint(outcome, sop)),
                    List.of(),
                    data);
        }
        var id = new RunId(outcome.run().getAsLong());
        data.put("run", id.toString());
        if (!wait) return reports.of(id, data);
        progress.accept(id + " " + sop.name() + " started");
        return follow(id, data, progress);
    }

    /** What became of a delivery that waits in the queue. */
    private Outcome last(Outcome queued, Consumer<String> progress) throws InterruptedException {
        if (queued.waiting().isEmpty()) return queued;
        long id = queued.waiting().getAsLong();
        while (true) {
            long seen = changes.count();
            var row = overview.delivery(id);
            if (row.isEmpty()) return queued;
            var kind = row.get().outcome().flatMap(Outcome.Kind::of);
            if (kind.isPresent()) {
                var detail = row.get().detail();
                var run = row.get().run();
                return Outcome.of(queued.sop(), kind.get(), detail, run);
            }
            progress.accept("");
            changes.await(seen, SIGN_OF_LIFE);
        }
    }

    private static String hint(Outcome outcome, Sop sop) {
        return switch (outcome.kind()) {
            case FROZEN -> "Nothing starts until: unfreeze";
            case QUEUED, COALESCED -> "What becomes of it: why " + sop.name();
            default -> "The last deliveries: why " + sop.name();
        };
    }

    private Sop sop(String name) throws Unclear {
        var now = sops.get();
        var found = now.find(name);
        if (found.isPresent()) return found.get().sop();
        for (var broken : now.broken()) {
            if (broken.folder().equals(name) || broken.name().filter(name::equals).isPresent()) {
                throw wrong(
                        name + " is broken and cannot run",
                        "See what is wrong: sop validate " + name);
            }
        }
        var names = now.runnable().stream().map(it -> it.sop().name()).toList();
        if (names.isEmpty()) throw wrong("there is no SOP here that can run");
        throw wrong("there is no SOP " + name + "; " + Words.meant(name, names));
    }

    private static Map<String, String> inputs(
            Sop sop, Map<String, String> said, Map<String, Secret> secrets) throws Unclear {
        for (var input : sop.inputs()) {
            if (!input.secret() || !said.containsKey(input.name())) continue;
            throw wrong(
                    input.name()
                            + " is secret and is not taken from the command line: it would stay in"
                            + " the shell's history and in the list of processes",
                    "If this was the real one, change it. Nothing was started or kept; ./sopwith chat"
                            + " asks for it without showing it: run "
                            + sop.name());
        }
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

    /** Says each time where the run stands, until it has ended. */
    private Answer follow(RunId id, ObjectNode data, Consumer<String> progress)
            throws InterruptedException {
        var said = "";
        while (true) {
            long seen = changes.count();
            var run = overview.run(id).orElseThrow();
            if (run.state() instanceof RunState.Finished ended) {
                var answer = reports.of(id, data);
                boolean well = ended.outcome() == dev.sopwith.engine.run.Outcome.COMPLETED;
                return well ? answer : answer.with(Answer.Status.NO);
            }
            var now = RunWords.state(run);
            progress.accept(now.equals(said) ? "" : id + " " + now);
            said = now;
            changes.await(seen, SIGN_OF_LIFE);
        }
    }

    // Looking

    private Answer why(String name, Caller caller) throws Unclear {
        if (!rights.may(caller, Right.SEE, name)) throw no("you may not see " + name, ASK);
        var answer = reports.why(name, sops.get().find(name).map(SopSet.Loaded::sop));
        // Only of a name that nothing is known about: it may have been removed since.
        if (answer.table().isEmpty()) sop(name);
        return answer;
    }

    // Deciding

    private Answer approve(Command.Approve said, Caller caller) throws Unclear {
        if (!said.reason().isEmpty()) {
            throw wrong("the record of a yes has no place for a reason; say only: approve CODE");
        }
        var gate = gate(said.code());
        if (gate.isEmpty()) throw noGate(said.code());
        var refusal = rights.voteRefusal(caller);
        if (refusal.isPresent()) {
            throw no(
                    refusal.get(),
                    "Name another user for steps (engine: run_as), or vote from another account.");
        }
        var key = gate.get().key();
        var ref =
                new Gate.Ref(
                        new StepVisit(key.step(), key.visit()),
                        key.revision(),
                        gate.get().digest());
        var command =
                new RunCommand.Approve(
                        ref, rights.actor(caller), Optional.of(gate.get().code()), clock.instant());
        return command(new RunId(key.run()), command);
    }

    private Optional<GateRow> gate(String code) {
        return overview.gate(code);
    }

    private static Unclear noGate(String code) {
        return no("no open gate has the code " + code, "See what waits: pending");
    }

    private Answer deny(Command.Deny said, Caller caller) throws Unclear {
        var by = rights.actor(caller);
        return switch (said.gate()) {
            case Command.Target.Code(var code) -> {
                var gate = gate(code);
                if (gate.isEmpty()) throw noGate(code);
                var key = gate.get().key();
                var ref =
                        new Gate.Ref(
                                new StepVisit(key.step(), key.visit()),
                                key.revision(),
                                gate.get().digest());
                yield command(
                        new RunId(key.run()),
                        new RunCommand.Deny(ref, by, said.reason(), clock.instant()));
            }
            case Command.Target.OfRun(var id) -> {
                var run = find(id);
                if (!(run.state() instanceof Active(_, Phase.AtGate(var open)))) {
                    throw no(id + " waits for no approval; now: " + RunWords.state(run));
                }
                yield command(
                        id, new RunCommand.Deny(open.ref(), by, said.reason(), clock.instant()));
            }
        };
    }

    private Answer cancel(RunId id, String reason, Caller caller) throws Unclear {
        var run = find(id, Right.SEE, caller);
        if (!mayCancel(caller, run)) throw no("you may not cancel " + run.id(), ASK);
        var command = new RunCommand.Cancel(rights.actor(caller), reason, clock.instant());
        return command(run.id(), command);
    }

    /** What people say of their step, or of one in doubt. */
    private Answer reply(Command.Reply said, Caller caller) throws Unclear {
        if (said.run().isEmpty()) throw no("no run waits for people to do a step");
        var run = find(said.run().get(), Right.OPERATE, caller);
        var answer = said.answer();
        var note = said.note();
        var by = rights.actor(caller);
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
                                        "Say: retry, done or failed " + run.id());
                    };
            return command(
                    run.id(),
                    new RunCommand.Settle(
                            it.step(), it.attempt(), settlement, by, note, clock.instant()));
        }
        throw no(run.id() + " waits for nobody's step; now: " + RunWords.state(run));
    }

    private Answer retry(Command.Retry said, Caller caller) throws Unclear {
        var run = find(said.run(), Right.OPERATE, caller);
        if (!(run.state() instanceof Active(_, Phase.InDoubt it))) {
            throw no(run.id() + " has no step in doubt; now: " + RunWords.state(run));
        }
        return command(
                run.id(),
                new RunCommand.Settle(
                        it.step(),
                        it.attempt(),
                        RunCommand.Settlement.RETRY,
                        rights.actor(caller),
                        said.note(),
                        clock.instant()));
    }

    private Answer resume(RunId id, Caller caller) throws Unclear {
        var run = find(id, Right.OPERATE, caller);
        return command(run.id(), new RunCommand.Resume(rights.actor(caller), clock.instant()));
    }

    /** A new run with the snapshot and the inputs of one that has ended. */
    private Answer rerun(RunId of, int from, Caller caller) throws Unclear {
        var run = find(of, Right.OPERATE, caller);
        var outcome = engine.rerun(run.id(), from, rights.actor(caller), clock.instant());
        var data =
                Answer.empty()
                        .put("sop", run.name())
                        .put("of", run.id().toString())
                        .put("outcome", outcome.kind().word())
                        .put("detail", outcome.detail());
        if (outcome.run().isPresent()) {
            var id = new RunId(outcome.run().getAsLong());
            return reports.of(id, data.put("run", id.toString()));
        }
        boolean waits = outcome.kind() == Outcome.Kind.QUEUED;
        return new Answer(
                waits ? Answer.Status.OK : Answer.Status.NO,
                List.of(run.name() + ": " + outcome),
                List.of(),
                data);
    }

    private Answer command(RunId run, RunCommand command) {
        return switch (engine.command(run, command)) {
            case Decision.Accepted _ -> reports.of(run, Answer.empty().put("run", run.toString()));
            case Decision.Refused(var refusal) ->
                    Answer.no(
                            "%s: %s".formatted(run, refusal.text()),
                            engine.clockDoubt()
                                    .map(why -> "The clock is in doubt: " + why + ". See: status")
                                    .orElse("Nothing was changed. How it stands: status " + run));
        };
    }

    // The service

    private Answer freeze(String reason, Caller caller) throws Unclear {
        onlyOperator(caller);
        engine.freeze(reason, clock.instant());
        return Answer.ok(
                Answer.empty().put("frozen", true),
                "frozen: nothing starts and no new step begins, until: unfreeze");
    }

    private Answer unfreeze(Caller caller) throws Unclear {
        onlyOperator(caller);
        boolean was = engine.isFrozen();
        engine.unfreeze(clock.instant());
        return Answer.ok(
                Answer.empty().put("frozen", false),
                was ? "unfrozen: what waited goes on" : "it was not frozen");
    }

    private Answer clockOk(Caller caller) throws Unclear {
        onlyOperator(caller);
        var by = rights.actor(caller).identity();
        boolean was = engine.trustClock("so says " + by, by, clock.instant());
        var data = Answer.empty().put("now", clock.instant().toString());
        return Answer.ok(
                data,
                was
                        ? "the clock is trusted again: it is " + RunWords.time(clock.instant())
                        : "the clock was not in doubt");
    }

    private Answer backup(String name, Caller caller) throws Unclear {
        onlyOperator(caller);
        var file = Path.of(name);
        if (!file.isAbsolute()) throw wrong("the service needs the whole path of the file");
        try {
            backup.accept(file);
        } catch (StoreException e) {
            throw no(String.valueOf(e.getMessage()));
        }
        return Answer.ok(
                Answer.empty().put("file", file.toString()),
                "backed up to " + file,
                "Secret inputs in it need the key of this service: keep the key elsewhere.");
    }

    // Who may

    @Override
    public boolean admits(Caller caller) {
        return rights.admits(caller);
    }

    private boolean sees(Caller caller, Overview.Run run) {
        return rights.may(caller, Right.SEE, run.name());
    }

    /** Whoever started a run may cancel it, as long as they may run the SOP. */
    private boolean mayCancel(Caller caller, Overview.Run run) {
        if (rights.may(caller, Right.OPERATE, run.name())) return true;
        boolean own =
                run.state() instanceof Active(var progress, _)
                        && progress.initiators().contains(rights.actor(caller).person());
        return own && rights.may(caller, Right.RUN, run.name());
    }

    private static void onlyOperator(Caller caller) throws Unclear {
        if (!caller.operator()) throw no("only the service's own user and root may do that");
    }

    // Words

    /** A run that somebody may do this with. Who may not see it hears nothing of it. */
    private Overview.Run find(RunId id, Right right, Caller caller) throws Unclear {
        var run = find(id);
        if (!sees(caller, run)) throw wrong("there is no run " + id, "See them: runs");
        if (rights.may(caller, right, run.name())) return run;
        throw no("you may not do that with runs of " + run.name(), ASK);
    }

    private Overview.Run find(RunId id) throws Unclear {
        return overview.run(id).orElseThrow(() -> wrong("there is no run " + id, "See them: runs"));
    }

    private static Unclear wrong(String... lines) {
        return new Unclear(Answer.wrong(lines));
    }

    private static Unclear no(String... lines) {
        return new Unclear(Answer.no(lines));
    }
}
