package dev.sopwith.bot.local;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    private static final List<String> VERBS =
            List.of(
                    "run",
                    "runs",
                    "status",
                    "log",
                    "approve",
                    "deny",
                    "cancel",
                    "done",
                    "failed",
                    "skip",
                    "retry",
                    "resume",
                    "rerun",
                    "pending",
                    "why",
                    "freeze",
                    "unfreeze",
                    "clock",
                    "backup");
    private static final String ASK = "Who may do what stands in the roster: ask whoever keeps it.";
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private final Engine engine;
    private final Supplier<SopSet> sops;
    private final Consumer<Path> backup;
    private final Rights rights;
    private final InstantSource clock;
    private final Reports reports;
    private final Overview overview;
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
        var verb = request.words().getFirst();
        var rest = request.words().subList(1, request.words().size());
        try {
            return switch (verb) {
                case "run" -> run(rest, caller, request.untilEnd(), progress);
                case "runs" -> none(verb, rest, () -> reports.runs(it -> sees(caller, it)));
                case "status" -> status(rest, caller);
                case "log" -> log(rest, caller);
                case "pending" -> none(verb, rest, () -> reports.pending(it -> sees(caller, it)));
                case "why" -> why(rest, caller);
                case "approve" -> approve(rest, caller);
                case "deny" -> deny(rest, caller);
                case "cancel" -> cancel(rest, caller);
                case "done" -> reply(RunCommand.Answer.DONE, rest, caller);
                case "failed" -> reply(RunCommand.Answer.FAILED, rest, caller);
                case "skip" -> reply(RunCommand.Answer.SKIP, rest, caller);
                case "retry" -> retry(rest, caller);
                case "resume" -> resume(rest, caller);
                case "rerun" -> rerun(rest, caller);
                case "freeze" -> freeze(rest, caller);
                case "unfreeze" -> unfreeze(rest, caller);
                case "backup" -> backup(rest, caller);
                case "clock" -> clock(rest, caller);
                default -> Answer.wrong("unknown " + verb + "; " + Words.meant(verb, VERBS));
            };
        } catch (Unclear e) {
            return e.answer;
        }
    }

    private static Answer none(String verb, List<String> rest, Supplier<Answer> answer)
            throws Unclear {
        if (!rest.isEmpty()) throw wrong(verb + " takes no words after it");
        return answer.get();
    }

    // Starting

    private Answer run(List<String> rest, Caller caller, boolean wait, Consumer<String> progress)
            throws Unclear, InterruptedException {
        if (rest.isEmpty()) throw wrong("run takes the name of a SOP: run NAME key=value ...");
        var sop = sop(rest.getFirst());
        var given = inputs(sop, rest.subList(1, rest.size()));
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
                return new Outcome(queued.sop(), kind.get(), detail, run, OptionalLong.empty());
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

    private static Map<String, String> inputs(Sop sop, List<String> words) throws Unclear {
        var given = new HashMap<String, String>();
        var secret = new HashSet<String>();
        for (var input : sop.inputs()) if (input.secret()) secret.add(input.name());
        for (var word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) throw wrong("\"" + word + "\" is no key=value");
            var name = word.substring(0, equals);
            if (secret.contains(name)) {
                throw wrong(
                        name
                                + " is secret and is not taken from the command line: it would stay in"
                                + " the shell's history and in the list of processes",
                        "If this was the real one, change it. Asking for it safely comes with the"
                                + " chat client; nothing was started or kept.");
            }
            if (given.put(name, word.substring(equals + 1)) != null) {
                throw wrong(name + " is given twice");
            }
        }
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

    private Answer status(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) return reports.overall(it -> sees(caller, it));
        only("status takes one run: status R-12", rest, 1);
        return reports.run(find(rest.getFirst(), Right.SEE, caller));
    }

    private Answer log(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) throw wrong("log takes a run: log R-12 [STEP]");
        only("log takes a run and a step: log R-12 2", rest, 2);
        var run = find(rest.getFirst(), Right.SEE, caller);
        if (rest.size() == 1) return reports.log(run);
        return reports.log(run, step(rest.get(1)));
    }

    private Answer why(List<String> rest, Caller caller) throws Unclear {
        if (rest.size() != 1) throw wrong("why takes the name of a SOP: why NAME");
        var name = rest.getFirst();
        if (!rights.may(caller, Right.SEE, name)) throw no("you may not see " + name, ASK);
        var answer = reports.why(name, sops.get().find(name).map(SopSet.Loaded::sop));
        // Only of a name that nothing is known about: it may have been removed since.
        if (answer.table().isEmpty()) sop(name);
        return answer;
    }

    // Deciding

    private Answer approve(List<String> rest, Caller caller) throws Unclear {
        if (rest.size() != 1) throw wrong("approve takes the code of a gate: approve CODE");
        var gate = gate(rest.getFirst());
        if (gate.isEmpty()) throw noGate(rest.getFirst());
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
        return overview.gate(code.toLowerCase(Locale.ROOT));
    }

    private static Unclear noGate(String code) {
        if (RunId.parse(code).isPresent()) {
            return wrong("a yes names the code of its gate, not the run", "See the codes: pending");
        }
        return no("no open gate has the code " + code, "See what waits: pending");
    }

    private Answer deny(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) throw wrong("deny takes a code or a run: deny CODE [reason]");
        var reason = text(rest, 1);
        var by = rights.actor(caller);
        var byCode = gate(rest.getFirst());
        if (byCode.isPresent()) {
            var key = byCode.get().key();
            var ref =
                    new Gate.Ref(
                            new StepVisit(key.step(), key.visit()),
                            key.revision(),
                            byCode.get().digest());
            return command(
                    new RunId(key.run()), new RunCommand.Deny(ref, by, reason, clock.instant()));
        }
        if (RunId.parse(rest.getFirst()).isEmpty()) throw noGate(rest.getFirst());
        var run = find(rest.getFirst());
        if (!(run.state() instanceof Active(_, Phase.AtGate(var open)))) {
            throw no(run.id() + " waits for no approval; now: " + RunWords.state(run));
        }
        return command(run.id(), new RunCommand.Deny(open.ref(), by, reason, clock.instant()));
    }

    private Answer cancel(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) throw wrong("cancel takes a run: cancel R-12 [reason]");
        var run = find(rest.getFirst());
        if (!mayCancel(caller, run)) throw no("you may not cancel " + run.id(), ASK);
        var command = new RunCommand.Cancel(rights.actor(caller), text(rest, 1), clock.instant());
        return command(run.id(), command);
    }

    /** What people say of their step, or of one in doubt. */
    private Answer reply(RunCommand.Answer answer, List<String> rest, Caller caller)
            throws Unclear {
        var named = rest.isEmpty() ? Optional.<RunId>empty() : RunId.parse(rest.getFirst());
        var run =
                named.isPresent()
                        ? find(rest.getFirst(), Right.OPERATE, caller)
                        : theOneWaiting(answer, caller);
        var note = text(rest, named.isPresent() ? 1 : 0);
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

    private Overview.Run theOneWaiting(RunCommand.Answer answer, Caller caller) throws Unclear {
        var waiting =
                overview.active().stream()
                        .filter(run -> run.state() instanceof Active(_, Phase.AtPerson _))
                        .filter(run -> rights.may(caller, Right.OPERATE, run.name()))
                        .toList();
        if (waiting.isEmpty()) throw no("no run waits for people to do a step");
        if (waiting.size() == 1) return waiting.getFirst();
        var lines = new ArrayList<String>();
        lines.add("several runs wait for people; say which:");
        for (var run : waiting) {
            lines.add("  %s %s  %s".formatted(RunWords.word(answer), run.id(), run.name()));
        }
        throw wrong(lines.toArray(String[]::new));
    }

    private Answer retry(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) throw wrong("retry takes a run whose step is in doubt: retry R-12");
        var run = find(rest.getFirst(), Right.OPERATE, caller);
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
                        text(rest, 1),
                        clock.instant()));
    }

    private Answer resume(List<String> rest, Caller caller) throws Unclear {
        if (rest.size() != 1) throw wrong("resume takes a run: resume R-12");
        var run = find(rest.getFirst(), Right.OPERATE, caller);
        return command(run.id(), new RunCommand.Resume(rights.actor(caller), clock.instant()));
    }

    /** A new run with the snapshot and the inputs of one that has ended. */
    private Answer rerun(List<String> rest, Caller caller) throws Unclear {
        boolean hasStep = rest.size() == 3 && rest.get(1).equals("from");
        if (rest.size() != 1 && !hasStep) throw wrong("rerun takes a run: rerun R-12 [from STEP]");
        var run = find(rest.getFirst(), Right.OPERATE, caller);
        int from = hasStep ? step(rest.get(2)) : 1;
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

    private static int step(String word) throws Unclear {
        if (!word.matches("[1-9][0-9]{0,3}")) throw wrong("a step is a number, not " + word);
        return Integer.parseInt(word);
    }

    private Answer command(RunId run, RunCommand command) {
        return switch (engine.command(run, command)) {
            case Decision.Accepted _ -> reports.of(run, Answer.empty().put("run", run.toString()));
            case Decision.Refused(var refusal) ->
                    Answer.no(
                            "%s: %s".formatted(run, refusal.text()),
                            engine.clockDoubt()
                                    .map(why -> "The clock is in doubt: " + why + ". See: clock")
                                    .orElse("Nothing was changed. How it stands: status " + run));
        };
    }

    // The service

    private Answer freeze(List<String> rest, Caller caller) throws Unclear {
        onlyOperator(caller);
        engine.freeze(text(rest, 0), clock.instant());
        return Answer.ok(
                Answer.empty().put("frozen", true),
                "frozen: nothing starts and no new step begins, until: unfreeze");
    }

    private Answer unfreeze(List<String> rest, Caller caller) throws Unclear {
        onlyOperator(caller);
        return none("unfreeze", rest, this::unfreeze);
    }

    private Answer unfreeze() {
        boolean was = engine.isFrozen();
        engine.unfreeze(clock.instant());
        return Answer.ok(
                Answer.empty().put("frozen", false),
                was ? "unfrozen: what waited goes on" : "it was not frozen");
    }

    private Answer clock(List<String> rest, Caller caller) throws Unclear {
        if (rest.isEmpty()) return reports.clock();
        if (!rest.equals(List.of("ok"))) {
            throw wrong(
                    "clock takes no words, or ok: clock ok",
                    "It says that the clock of this machine is right as it is now.");
        }
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

    private Answer backup(List<String> rest, Caller caller) throws Unclear {
        onlyOperator(caller);
        if (rest.size() != 1) throw wrong("backup takes a new file: backup FILE");
        var file = Path.of(rest.getFirst());
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
    private Overview.Run find(String word, Right right, Caller caller) throws Unclear {
        var run = find(word);
        if (!sees(caller, run)) throw wrong("there is no run " + run.id(), "See them: runs");
        if (rights.may(caller, right, run.name())) return run;
        throw no("you may not do that with runs of " + run.name(), ASK);
    }

    private Overview.Run find(String word) throws Unclear {
        var id = RunId.parse(word);
        if (id.isEmpty()) throw wrong("\"" + word + "\" is no run; runs are called R-12 or 12");
        return overview.run(id.get())
                .orElseThrow(() -> wrong("there is no run " + id.get(), "See them: runs"));
    }

    private static void only(String otherwise, List<String> rest, int most) throws Unclear {
        if (rest.size() > most) throw wrong(otherwise);
    }

    private static String text(List<String> words, int from) {
        return String.join(" ", words.subList(Math.min(from, words.size()), words.size()));
    }

    private static Unclear wrong(String... lines) {
        return new Unclear(Answer.wrong(lines));
    }

    private static Unclear no(String... lines) {
        return new Unclear(Answer.no(lines));
    }
}
