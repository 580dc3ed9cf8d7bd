package dev.sopwith.bot.desk;

import dev.sopwith.bot.room.FullOutput;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Pause;
import dev.sopwith.engine.runtime.Retention;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.trigger.Outcome;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Answers to what people ask about runs: a table or lines for them, the same as data for programs.
 */
final class Reports {
    private static final int RUNS_SHOWN = 20;
    private static final int DELIVERIES_SHOWN = 10;

    /** Of more the list alone is shown: a prompt can be long. */
    private static final int PROMPTS_SHOWN = 5;

    /** Whose output is shown: of all of them together it may be more than an answer can hold. */
    private static final int ATTEMPTS_SHOWN = 20;

    private final Overview overview;
    private final RunViews views;
    private final InstantSource clock;

    Reports(Overview overview, RunViews views, InstantSource clock) {
        this.overview = overview;
        this.views = views;
        this.clock = clock;
    }

    /** The newest runs of the SOPs that somebody may see. */
    Result runs(Predicate<String> sees) {
        var runs = overview.last(RUNS_SHOWN, sees);
        return table(runs, "no runs yet; start one: run NAME", List.of());
    }

    /**
     * What goes on, and whether anything may.
     *
     * @param notes what the operator should know
     */
    Result overall(Predicate<String> sees, List<String> notes) {
        var lines = new ArrayList<>(notes);
        overview.frozen().ifPresent(why -> lines.add(frozen(why)));
        var paused = new TreeMap<>(overview.paused());
        paused.keySet().removeIf(sees.negate());
        paused.forEach((sop, pause) -> lines.add(paused(sop, pause)));
        var doubt = overview.clockDoubt();
        doubt.ifPresent(why -> lines.addAll(inDoubt(why)));
        var unreadable = overview.unreadable(sees);
        lines.addAll(unreadable);
        int queued = overview.queueLength();
        if (queued > 0) lines.add(queued + " deliveries wait for their turn");
        var seen = overview.active().stream().filter(it -> sees.test(it.name())).toList();
        var answer = table(seen, "nothing goes on", lines);
        notes.forEach(answer.data().putArray("notes")::add);
        paused.keySet().forEach(answer.data().putArray("paused")::add);
        answer.data().put("queued", queued).put("frozen", overview.frozen().isPresent());
        doubt.ifPresent(why -> answer.data().put("clock_in_doubt", why));
        unreadable.forEach(answer.data().putArray("unreadable")::add);
        return answer;
    }

    private static String frozen(String why) {
        return "frozen%s: nothing starts until: unfreeze"
                .formatted(why.isEmpty() ? "" : " (" + why + ")");
    }

    private static String paused(String sop, Pause pause) {
        return "%s is %s: nothing starts it until: unpause %s".formatted(sop, pause, sop);
    }

    private static List<String> inDoubt(String why) {
        return List.of(
                "the clock is in doubt: " + why,
                "  Deadlines, reminders and retries wait. If it is right now, say: clock ok");
    }

    private Result table(List<Overview.Run> runs, String none, List<String> before) {
        var data = Result.empty();
        var list = data.putArray("runs");
        var lines = new ArrayList<>(before);
        if (runs.isEmpty()) {
            lines.add(none);
            return new Result(Result.Kind.OK, lines, List.of(), data);
        }
        var table = new ArrayList<List<String>>();
        table.add(List.of("RUN", "SOP", "AGE", "STATE"));
        for (var run : runs) {
            table.add(
                    List.of(
                            run.id().toString(),
                            run.name(),
                            age(run.startedAt()),
                            RunWords.state(run)));
            list.add(data(run));
        }
        return new Result(Result.Kind.OK, lines, table, data);
    }

    /** Where a run stands now, in one line; not well when it has ended otherwise than completed. */
    Result of(RunId id, ObjectNode data) {
        var run = overview.run(id).orElseThrow();
        data.setAll(data(run));
        var line = "%s %s: %s".formatted(id, run.name(), RunWords.state(run));
        boolean bad =
                run.state() instanceof RunState.Finished it
                        && it.outcome() == dev.sopwith.engine.run.Outcome.FAILED;
        var lines = bad ? List.of(line, "What happened: log " + id) : List.of(line);
        return new Result(Result.Kind.OK, lines, List.of(), data);
    }

    /** All about one run. */
    Result run(Overview.Run run) {
        var lines = new ArrayList<String>();
        var data = data(run);
        lines.add("%s %s: %s".formatted(run.id(), run.name(), RunWords.state(run)));
        RunWords.progress(run.state()).ifPresent(it -> lines.addAll(facts(run, it, data)));
        views.of(run.id())
                .ifPresent(
                        it -> {
                            lines.addAll(Prompts.lines(it));
                            Prompts.put(data, it);
                        });
        var table = new ArrayList<List<String>>();
        if (run.sop().isPresent()) {
            table.add(List.of("STEP", "TITLE", "STATE"));
            var steps = data.putArray("steps");
            for (var step : run.sop().get().steps()) {
                var mark = RunWords.mark(run, step.number());
                table.add(List.of(Integer.toString(step.number()), step.title(), mark));
                steps.addObject()
                        .put("step", step.number())
                        .put("title", step.title())
                        .put("state", mark);
            }
        }
        return new Result(Result.Kind.OK, lines, table, data);
    }

    private static List<String> facts(Overview.Run run, Progress progress, ObjectNode data) {
        var start = progress.start();
        var lines = new ArrayList<String>();
        lines.add("  version   " + start.version());
        lines.add("  digest    " + start.snapshot());
        lines.add("  cause     " + start.cause());
        var inputs = data.putObject("inputs");
        for (var input : new TreeMap<>(start.inputs()).entrySet()) {
            var shown = start.secretInputs().contains(input.getKey()) ? "***" : input.getValue();
            lines.add("  input     %s=%s".formatted(input.getKey(), shown));
            inputs.put(input.getKey(), shown);
        }
        lines.add("  started   " + RunWords.time(run.startedAt()));
        run.endedAt().ifPresent(at -> lines.add("  ended     " + RunWords.time(at)));
        progress.deadline()
                .filter(_ -> run.endedAt().isEmpty())
                .ifPresent(at -> lines.add("  ends by   " + RunWords.time(at)));
        for (var result : new TreeMap<>(progress.results()).entrySet()) {
            var outputs = RunWords.outputs(result.getValue());
            if (outputs.isEmpty()) continue;
            var shown =
                    outputs.entrySet().stream()
                            .map(it -> it.getKey() + "=" + it.getValue())
                            .collect(Collectors.joining(", "));
            lines.add("  step %d    %s".formatted(result.getKey(), shown));
        }
        return lines;
    }

    private static Set<String> initiators(RunState state) {
        return RunWords.progress(state).map(Progress::initiators).orElse(Set.of());
    }

    /** What happened in a run. */
    Result log(Overview.Run run) {
        var data = Result.empty().put("run", run.id().toString());
        var list = data.putArray("events");
        var table = new ArrayList<List<String>>();
        table.add(List.of("AT", "WHAT"));
        RunState state = new RunState.NotStarted();
        for (var event : overview.events(run.id())) {
            state = RunHistory.evolve(state, event);
            var text = RunWords.event(event, initiators(state));
            table.add(List.of(RunWords.time(event.at()), text));
            list.add(event(event, text));
        }
        if (table.size() > 1) return new Result(Result.Kind.OK, List.of(), table, data);
        return Result.ok(data, erased(run));
    }

    private static String erased(Overview.Run run) {
        return "retention has erased what happened in %s and what it printed: kept for %d days"
                .formatted(run.id(), Retention.KEPT_DAYS);
    }

    /** What happened in one step of a run, and what each attempt printed. */
    Result log(Overview.Run run, int step) {
        var data = Result.empty().put("run", run.id().toString()).put("step", step);
        var list = data.putArray("events");
        var all = overview.events(run.id());
        if (all.isEmpty()) return Result.ok(data, erased(run));
        var attempts = new Attempts(run, step, data.putArray("attempts"), started(all, step));
        var lines = new ArrayList<String>();
        RunState state = new RunState.NotStarted();
        for (var event : all) {
            state = RunHistory.evolve(state, event);
            var text = RunWords.event(event, initiators(state));
            if (!isAbout(step, text)) continue;
            lines.add(RunWords.time(event.at()) + "  " + text);
            list.add(event(event, text));
            lines.addAll(attempts.after(event));
        }
        lines.addAll(attempts.underWay());
        if (lines.isEmpty()) {
            lines.add("%s has nothing on record about step %d".formatted(run.id(), step));
        }
        return new Result(Result.Kind.OK, lines, List.of(), data);
    }

    /** All that the last attempt of a step printed, or has printed so far. */
    Result full(Overview.Run run, int step) {
        var data = Result.empty().put("run", run.id().toString()).put("step", step);
        var last =
                overview.events(run.id()).stream()
                        .filter(RunEvent.StepStarted.class::isInstance)
                        .map(RunEvent.StepStarted.class::cast)
                        .filter(it -> it.step().step() == step)
                        .reduce((_, it) -> it);
        if (last.isEmpty()) {
            return Result.no(
                    "%s has no output of step %d".formatted(run.id(), step),
                    "What happened: log " + run.id());
        }
        var output = new FullOutput(run.id(), last.get().step(), last.get().attempt());
        var kept = views.output(output);
        if (kept.isEmpty()) {
            return Result.no(
                    "what step %d of %s printed is gone, or was never masked"
                            .formatted(step, run.id()),
                    "It is kept for %d days.".formatted(Retention.KEPT_DAYS));
        }
        data.put("visit", output.step().visit()).put("attempt", output.attempt());
        data.put("output_bytes", kept.get().bytes()).put("output_dropped", kept.get().dropped());
        var line = "%s step %d: %,d bytes".formatted(run.id(), step, kept.get().bytes());
        var dropped =
                kept.get().dropped() > 0
                        ? ", of which %,d were not kept".formatted(kept.get().dropped())
                        : "";
        return new Result(
                Result.Kind.OK, List.of(line + dropped), List.of(), data, Optional.of(output));
    }

    private static int started(List<RunEvent> events, int step) {
        return (int)
                events.stream()
                        .filter(
                                it ->
                                        it instanceof RunEvent.StepStarted started
                                                && started.step().step() == step)
                        .count();
    }

    /** Puts what each attempt printed behind the event that ended it. */
    private final class Attempts {
        private final Overview.Run run;
        private final boolean isHttp;
        private final ArrayNode list;
        private int left;
        private Optional<RunEvent.StepStarted> open = Optional.empty();

        Attempts(Overview.Run run, int step, ArrayNode list, int started) {
            this.run = run;
            this.isHttp =
                    run.sop()
                            .filter(it -> step <= it.steps().size())
                            .flatMap(it -> it.steps().get(step - 1).block())
                            .filter(it -> it.tool() == Tool.HTTP)
                            .isPresent();
            this.list = list;
            this.left = started;
        }

        List<String> after(RunEvent event) {
            if (event instanceof RunEvent.StepStarted started) {
                open = Optional.of(started);
            } else if (open.isPresent() && ends(event)) {
                var shown = shown(open.get());
                open = Optional.empty();
                return shown;
            }
            return List.of();
        }

        /** The one that has not ended. */
        List<String> underWay() {
            return open.map(this::shown).orElse(List.of());
        }

        private static boolean ends(RunEvent event) {
            return event instanceof RunEvent.StepSucceeded
                    || event instanceof RunEvent.StepFailed
                    || event instanceof RunEvent.AttemptLost
                    || event instanceof RunEvent.StepInDoubt;
        }

        private List<String> shown(RunEvent.StepStarted attempt) {
            if (left-- > ATTEMPTS_SHOWN) {
                return List.of("  (shown are the last %d attempts)".formatted(ATTEMPTS_SHOWN));
            }
            var one = list.addObject();
            one.put("visit", attempt.step().visit()).put("attempt", attempt.attempt());
            var output = output(attempt);
            if (output.isEmpty()) {
                return List.of(
                        isHttp
                                ? "  there was no answer"
                                : "  what it printed is gone, or was never masked");
            }
            return lines(output.get(), one);
        }

        private Optional<StepOutput> output(RunEvent.StepStarted attempt) {
            return views.output(new FullOutput(run.id(), attempt.step(), attempt.attempt()));
        }

        private List<String> lines(StepOutput output, ObjectNode data) {
            data.put("output_bytes", output.bytes()).put("output_dropped", output.dropped());
            data.put("output_head", output.head()).put("output_tail", output.tail());
            var who = isHttp ? "the answer had" : "it printed";
            if (output.bytes() == 0) return List.of("  " + who + " nothing");
            var lines = new ArrayList<String>();
            lines.add("  %s %,d bytes:".formatted(who, output.bytes()));
            output.head().lines().forEach(line -> lines.add("  | " + line));
            if (!output.tail().isEmpty()) {
                lines.add("  [...]");
                output.tail().lines().forEach(line -> lines.add("  | " + line));
            }
            return lines;
        }
    }

    /** What was put into words about a step begins with it. */
    private static boolean isAbout(int step, String text) {
        return text.startsWith("step " + step + " ");
    }

    private static ObjectNode event(RunEvent event, String text) {
        return Result.empty()
                .put("at", event.at().toString())
                .put("type", event.getClass().getSimpleName())
                .put("text", text);
    }

    /** What waits for people. In a room the prompts themselves stand already. */
    Result pending(Predicate<Overview.Run> sees, Speaker.Surface surface) {
        var data = Result.empty();
        var list = data.putArray("pending");
        var lines = new ArrayList<String>();
        var table = new ArrayList<List<String>>();
        table.add(List.of("RUN", "SOP", "STEP", "SINCE OR UNTIL", "DO"));
        for (var run : overview.active().stream().filter(sees).toList()) {
            int before = table.size();
            if (run.state() instanceof Active(_, var phase)) add(run, phase, table, list);
            boolean isShown = before < table.size() && before <= PROMPTS_SHOWN;
            if (!isShown || surface != Speaker.Surface.SOCKET) continue;
            var view = views.of(run.id());
            if (view.isEmpty()) continue;
            if (!lines.isEmpty()) lines.add("");
            lines.addAll(Prompts.lines(view.get()));
            Prompts.put((ObjectNode) list.get(list.size() - 1), view.get());
        }
        if (table.size() == 1) return Result.ok(data, "nothing waits for people");
        if (!lines.isEmpty()) lines.add("");
        if (!lines.isEmpty() && table.size() - 1 > PROMPTS_SHOWN) {
            lines.add("These are the first; what others ask: status RUN");
        }
        return new Result(Result.Kind.OK, lines, table, data);
    }

    private static void add(
            Overview.Run run, Phase phase, List<List<String>> table, ArrayNode list) {
        var id = run.id().toString();
        switch (phase) {
            case Phase.AtGate(var gate) -> {
                var until = "until " + RunWords.time(gate.deadline());
                add(
                        run,
                        until,
                        "approve %s | deny %s".formatted(gate.code(), gate.code()),
                        table,
                        list);
            }
            case Phase.AtPerson(_, _, var deadline) -> {
                var until = deadline.map(at -> "until " + RunWords.time(at)).orElse("-");
                add(run, until, "done %s | failed %s | skip %s".formatted(id, id, id), table, list);
            }
            case Phase.InDoubt _ ->
                    add(
                            run,
                            "-",
                            "retry %s | done %s | failed %s | abort %s".formatted(id, id, id, id),
                            table,
                            list);
            case Phase.Paused _ -> add(run, "-", "resume " + id, table, list);
            case Phase.Moving _,
                    Phase.GateWanted _,
                    Phase.SlotWanted _,
                    Phase.Ready _,
                    Phase.Executing _,
                    Phase.RetryWait _ -> {}
        }
    }

    private static void add(
            Overview.Run run, String until, String todo, List<List<String>> table, ArrayNode list) {
        var step = RunWords.at(run.state()).map(it -> RunWords.step(run, it)).orElse("-");
        table.add(List.of(run.id().toString(), run.name(), step, until, todo));
        list.add(data(run).put("do", todo));
    }

    /**
     * The last deliveries for a SOP and what became of each.
     *
     * @param sop as it is now, if it can run
     */
    Result why(String name, Optional<Sop> sop) {
        var data = Result.empty().put("sop", name);
        var list = data.putArray("deliveries");
        var table = new ArrayList<List<String>>();
        table.add(List.of("RECEIVED", "FROM", "OUTCOME"));
        for (var row : overview.deliveries(name, DELIVERIES_SHOWN)) {
            var at = Instant.ofEpochMilli(row.receivedAt());
            var kind = row.outcome().orElse(Outcome.Kind.QUEUED.word());
            var now =
                    row.outcome().isPresent()
                            ? Optional.<String>empty()
                            : sop.flatMap(it -> overview.inTheWay(row, it));
            var shown = shown(row, kind) + now.map("; waits for a slot: "::concat).orElse("");
            table.add(List.of(RunWords.time(at), row.source(), shown));
            var one = list.addObject();
            now.ifPresent(it -> one.put("in_the_way", it));
            one.put("at", at.toString()).put("source", row.source());
            one.put("outcome", kind).put("detail", row.detail());
            row.run().ifPresent(run -> one.put("run", new RunId(run).toString()));
        }
        var pause = Optional.ofNullable(overview.paused().get(name));
        pause.ifPresent(it -> data.put("paused", it.toString()));
        var lines = new ArrayList<>(pause.map(it -> paused(name, it)).stream().toList());
        if (table.size() == 1) lines.add("nothing has come in for " + name);
        return new Result(Result.Kind.OK, lines, table.size() > 1 ? table : List.of(), data);
    }

    private static String shown(DeliveryRow row, String kind) {
        var detail = row.detail();
        return Outcome.Kind.of(kind)
                .map(it -> Outcome.of(row.sop().orElse(""), it, detail, row.run()).toString())
                .orElse(kind + ": " + detail); // written by a newer version
    }

    /** What programs get to know of a run. */
    private static ObjectNode data(Overview.Run run) {
        var data =
                Result.empty()
                        .put("run", run.id().toString())
                        .put("sop", run.name())
                        .put("state", RunWords.phaseWord(run.state()))
                        .put("text", RunWords.state(run))
                        .put("started_at", run.startedAt().toString());
        run.endedAt().ifPresent(at -> data.put("ended_at", at.toString()));
        RunWords.at(run.state()).ifPresent(at -> data.put("step", at.step()));
        if (run.state() instanceof Active(_, Phase.AtGate(var gate))) {
            data.put("code", gate.code()).put("digest", gate.digest());
        }
        if (run.state() instanceof RunState.Finished it) data.put("reason", it.reason());
        return data;
    }

    private String age(Instant since) {
        return RunWords.age(Duration.between(since, clock.instant()));
    }
}
