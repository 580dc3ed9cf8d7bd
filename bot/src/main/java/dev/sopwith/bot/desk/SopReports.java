package dev.sopwith.bot.desk;

import dev.sopwith.bot.room.RunWords;
import dev.sopwith.bot.words.English;
import dev.sopwith.bot.words.SopWords;
import dev.sopwith.bot.words.StepWords;
import dev.sopwith.bot.words.TriggerWords;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Plan;
import dev.sopwith.engine.runtime.Plan.PlannedStep;
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Schedule;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Outcome;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Answers to what people ask about SOPs: which there are, what one is, what a start would do. */
final class SopReports {
    private final Installation installation;
    private final Overview overview;
    private final Planner planner;
    private final InstantSource clock;

    SopReports(Installation installation, Overview overview, Planner planner, InstantSource clock) {
        this.installation = installation;
        this.overview = overview;
        this.planner = planner;
        this.clock = clock;
    }

    // Which there are

    /** The SOPs that somebody may see, broken ones too. */
    Result list(Predicate<String> sees) {
        var data = Result.empty();
        var list = data.putArray("sops");
        var rows = new TreeMap<String, List<String>>();
        var sops = installation.sops().get();
        for (var loaded : sops.runnable()) {
            var name = loaded.sop().name();
            if (!sees.test(name)) continue;
            var broken =
                    sops.broken().stream()
                            .filter(it -> it.runnable().filter(loaded::equals).isPresent())
                            .findFirst();
            var one = list.addObject().put("sop", name);
            rows.put(name, row(loaded, broken, one));
        }
        for (var broken : sops.broken()) {
            var name = broken.name().orElse(broken.folder());
            if (broken.runnable().isPresent() || !sees.test(name)) continue;
            var state = "broken: " + first(broken);
            list.addObject().put("sop", name).put("state", "broken").put("text", state);
            rows.putIfAbsent(name, List.of(name, "-", "-", state, last(name, Result.empty())));
        }
        var lines = new ArrayList<String>();
        sops.problem().ifPresent(it -> lines.add("all as known before: " + it.message()));
        if (rows.isEmpty()) {
            lines.add("there are no SOPs here that you may see");
            return new Result(Result.Kind.OK, lines, List.of(), data);
        }
        var table = new ArrayList<List<String>>();
        table.add(List.of("SOP", "STARTS BY", "MODE", "STATE", "LAST RUN"));
        table.addAll(rows.values());
        return new Result(Result.Kind.OK, lines, table, data);
    }

    private List<String> row(
            SopSet.Loaded loaded, Optional<SopSet.Broken> broken, ObjectNode data) {
        var sop = loaded.sop();
        var mode = English.of(planner.mode(sop));
        var state = state(loaded, broken, data);
        data.put("version", sop.version()).put("mode", mode).put("text", state);
        var kinds = data.putArray("triggers");
        sop.triggers().stream().map(Trigger::type).distinct().forEach(kinds::add);
        return List.of(sop.name(), SopWords.triggers(sop), mode, state, last(sop.name(), data));
    }

    /** What matters most about whether it can run: one of these, the others stand in show. */
    private String state(SopSet.Loaded loaded, Optional<SopSet.Broken> broken, ObjectNode data) {
        var pause = Optional.ofNullable(overview.paused().get(loaded.sop().name()));
        data.put("state", pause.isPresent() ? "paused" : broken.isPresent() ? "broken" : "ready");
        if (pause.isPresent()) return pause.get().toString();
        if (broken.isPresent()) {
            return "broken, its last good version runs: " + first(broken.get());
        }
        return installation.findings().apply(loaded).stream()
                .min(Comparator.comparing(Diagnostic::severity))
                .map(SopReports::finding)
                .orElse("ready");
    }

    private static String first(SopSet.Broken broken) {
        return broken.diagnostics().stream()
                .filter(Diagnostic::isError)
                .findFirst()
                .map(SopReports::finding)
                .orElse("no finding says why");
    }

    private static String finding(Diagnostic finding) {
        return "%s:%d: %s".formatted(finding.file(), finding.line(), finding.message());
    }

    private String last(String name, ObjectNode data) {
        var run = overview.lastOf(name);
        if (run.isEmpty()) return "-";
        var at = run.get().endedAt().orElse(run.get().startedAt());
        var word = RunWords.phaseWord(run.get().state());
        data.put("last_run", run.get().id().toString()).put("last_state", word);
        var ago = RunWords.age(Duration.between(at, clock.instant()));
        return "%s %s, %s ago".formatted(run.get().id(), word, ago);
    }

    // What one is

    /** A folder that cannot be used, and why. */
    Result broken(SopSet.Broken broken) {
        var lines = new ArrayList<String>();
        lines.add(broken.name().orElse(broken.folder()) + " is broken and cannot run:");
        broken.diagnostics().forEach(it -> lines.add("  " + it));
        return new Result(Result.Kind.NO, lines, List.of(), Result.empty());
    }

    /** One SOP as it will run here. */
    Result show(SopSet.Loaded loaded, Optional<SopSet.Broken> broken) {
        var sop = loaded.sop();
        var data = Result.empty().put("sop", sop.name()).put("version", sop.version());
        data.put("title", sop.title()).put("description", sop.description());
        var lines = new ArrayList<String>();
        lines.add(sop.name() + " " + sop.version());
        if (!sop.title().equals(sop.name())) lines.add(sop.title());
        if (!sop.description().isBlank()) lines.add(sop.description());
        lines.add(String.join(" · ", SopWords.rules(sop)));
        lines.addAll(here(loaded, data));
        broken.ifPresent(
                it -> lines.add("what is on disk now is broken, this is the last good version"));
        if (!sop.inputs().isEmpty()) lines.add("inputs:");
        sop.inputs().forEach(it -> lines.add("  " + input(it)));
        lines.add("starts:");
        if (sop.triggers().isEmpty()) lines.add("  never: no trigger is defined");
        for (var trigger : sop.triggers()) {
            lines.add("  " + TriggerWords.describe(sop, trigger));
            if (trigger instanceof Schedule schedule) {
                lines.add("    " + TriggerWords.next(schedule, clock.instant()));
            }
        }
        lines.add("steps:");
        var steps = data.putArray("steps");
        for (var step : sop.steps()) {
            var words = words(sop, step);
            var one = steps.addObject().put("step", step.number()).put("title", step.title());
            words.gate().ifPresent(it -> one.put("gate", it));
            lines.add("  %d. %s".formatted(step.number(), step.title()));
            lines.addAll(step(words, Optional.empty()));
        }
        lines.add("Exactly what it would do: plan " + sop.name());
        return new Result(Result.Kind.OK, lines, List.of(), data);
    }

    /** Gates as the roster raises them. */
    private StepWords words(Sop sop, Step step) {
        return new StepWords(sop, step, planner.mode(sop), planner.priority(sop));
    }

    /** What is said about it in this installation alone. */
    private List<String> here(SopSet.Loaded loaded, ObjectNode data) {
        var lines = new ArrayList<String>();
        Optional.ofNullable(overview.paused().get(loaded.sop().name()))
                .ifPresent(it -> lines.add("%s: nothing starts it".formatted(it)));
        installation.findings().apply(loaded).forEach(it -> lines.add(it.toString()));
        lines.forEach(data.putArray("findings")::add);
        return lines;
    }

    private static String input(Input input) {
        var facts = new ArrayList<String>();
        facts.add(SopWords.type(input));
        if (input.required()) facts.add("needed");
        if (input.secret()) facts.add("secret");
        input.defaultValue().filter(_ -> !input.secret()).ifPresent(it -> facts.add("else " + it));
        var text = "%s (%s)".formatted(input.name(), String.join(", ", facts));
        return input.description().isBlank() ? text : text + ": " + input.description();
    }

    private static List<String> step(StepWords words, Optional<String> deciders) {
        var lines = new ArrayList<String>();
        words.gate().ifPresent(it -> lines.add("◆ waits for approval: " + it));
        if (words.gate().isPresent()) deciders.ifPresent(it -> lines.add("  " + it));
        words.conditions().forEach(it -> lines.add("? " + it));
        words.work().ifPresent(lines::add);
        lines.addAll(words.ways());
        return lines.stream().map(it -> "     " + it).toList();
    }

    // What a start would do

    /**
     * A plan, as whoever asked may act on it.
     *
     * @param refusal why this person may not start it, if they may not
     */
    Result plan(SopSet.Loaded loaded, Plan plan, Optional<Outcome> refusal, Set<String> starts) {
        var sop = plan.sop();
        var outcome = refusal.orElse(plan.verdict());
        var verdict = verdict(outcome, plan.inTheWay());
        var data =
                Result.empty()
                        .put("sop", sop.name())
                        .put("version", sop.version())
                        .put("outcome", outcome.kind().word())
                        .put("verdict", verdict);
        var lines = new ArrayList<String>();
        lines.add("%s %s %s".formatted(sop.name(), sop.version(), verdict));
        lines.add("Nothing was started. This is what a start asked for now would come to:");
        plan.problems().forEach(it -> lines.add("  wrong: " + it));
        plan.problems().forEach(data.putArray("problems")::add);
        here(loaded, data).forEach(it -> lines.add("  " + it));
        plan(plan, lines, data, starts);
        return new Result(Result.Kind.OK, lines, List.of(), data);
    }

    /**
     * What a delivery would come to.
     *
     * @param starts who would count as who started it
     */
    Result test(Delivery delivery, List<Planner.Heard> heard, Set<String> starts) {
        var source = delivery.source().name().toLowerCase(Locale.ROOT);
        var data = Result.empty().put("source", source).put("topic", delivery.topic());
        var lines = new ArrayList<String>();
        lines.add(
                "Nothing was started. This is what %s %s would come to:"
                        .formatted(source, delivery.topic()));
        if (delivery.payload().isBlank()) lines.add("  it carries nothing");
        var all = data.putArray("sops");
        for (var it : heard) {
            var plan = it.plan();
            var sop = plan.sop();
            var verdict = verdict(plan.verdict(), plan.inTheWay());
            lines.add("%s %s %s".formatted(sop.name(), sop.version(), verdict));
            var one =
                    all.addObject()
                            .put("sop", sop.name())
                            .put("outcome", plan.verdict().kind().word());
            one.put("verdict", verdict);
            var triggers = one.putArray("triggers");
            for (var match : it.matches()) {
                var why = match.starts() ? "its condition holds" : match.verdict().why();
                lines.add(
                        "  trigger %d (%s): %s"
                                .formatted(
                                        match.position(),
                                        TriggerWords.describe(sop, match.trigger()),
                                        why));
                triggers.addObject()
                        .put("trigger", match.position())
                        .put("starts", match.starts())
                        .put("why", why);
            }
            plan(plan, lines, one, starts);
        }
        return new Result(Result.Kind.OK, lines, List.of(), data);
    }

    /** Inputs and steps of a plan. */
    private void plan(Plan plan, List<String> lines, ObjectNode data, Set<String> starts) {
        var inputs = data.putObject("inputs");
        plan.inputs()
                .forEach(
                        (name, value) -> {
                            lines.add("  with %s = %s".formatted(name, value));
                            inputs.put(name, value);
                        });
        var sop = plan.sop();
        var steps = data.putArray("steps");
        for (var planned : plan.steps()) {
            var step = sop.steps().get(planned.number() - 1);
            var words = new StepWords(sop, step, plan.mode(), plan.priority());
            lines.add("%d. %s".formatted(step.number(), step.title()));
            lines.addAll(step(words, Optional.of(deciders(planned.policy(), starts))));
            lines.addAll(action(planned));
            put(steps.addObject(), step, words, planned);
        }
    }

    private static String verdict(Outcome outcome, Optional<String> inTheWay) {
        return switch (outcome.kind()) {
            case STARTED -> "would start now";
            case QUEUED, COALESCED -> "would wait: " + inTheWay.orElse("others wait before it");
            case NO_MATCH -> "would not start: it has no manual trigger";
            default -> "would not start: " + outcome;
        };
    }

    private static String deciders(GatePolicy policy, Set<String> starts) {
        var text = new StringBuilder(RunWords.deciders(policy));
        var left = new TreeSet<>(starts);
        left.retainAll(policy.persons());
        if (policy.excludeInitiator() && !left.isEmpty()) {
            text.append("; not ").append(String.join(", ", left)).append(", who starts it");
        }
        text.append(
                policy.assurance() == Assurance.TYPED ? "; with the code typed" : "; by a click");
        text.append("; within ").append(English.duration(policy.ttl()));
        policy.escalateTo()
                .ifPresent(
                        it ->
                                text.append(", then also ")
                                        .append(String.join(", ", new TreeSet<>(it))));
        return text.toString();
    }

    private static List<String> action(PlannedStep planned) {
        if (planned.action().isEmpty()) return List.of();
        var lines = new ArrayList<String>();
        planned.action().get().lines().forEach(it -> lines.add(Prompts.EXACT + it));
        if (!planned.isWhole()) {
            lines.add("     as it is written: what earlier steps hand on is filled in then");
        }
        return lines;
    }

    private static void put(ObjectNode data, Step step, StepWords words, PlannedStep planned) {
        data.put("step", step.number()).put("title", step.title());
        planned.action().ifPresent(it -> data.put("action", it).put("whole", planned.isWhole()));
        if (words.gate().isEmpty()) return;
        var policy = planned.policy();
        var gate = data.putObject("gate").put("why", words.gate().get());
        gate.put("assurance", English.of(policy.assurance()));
        gate.put("ttl_secs", policy.ttl().toSeconds());
        gate.put("exclude_initiator", policy.excludeInitiator());
        var deciders = gate.putArray("deciders");
        for (var quorum : policy.quorums()) {
            var one = deciders.addObject().put("policy", quorum.policy());
            one.put("needed", quorum.needed());
            new TreeSet<>(quorum.persons()).forEach(one.putArray("persons")::add);
        }
    }
}
