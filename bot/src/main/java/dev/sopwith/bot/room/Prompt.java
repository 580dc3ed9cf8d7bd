package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What people are asked, complete enough to be decided on without looking elsewhere; once it is
 * over, who decided what, when and how. Belongs to one question.
 */
final class Prompt {
    private static final int VALUE_MAX = 400;

    private final RunView view;
    private final Question question;
    private final boolean takesClicks;
    private final List<Block> blocks = new ArrayList<>();

    private Prompt(RunView view, Question question, boolean takesClicks) {
        this.view = view;
        this.question = question;
        this.takesClicks = takesClicks;
    }

    /**
     * @param takesClicks whether there is anything to press or to mark where it is shown
     */
    static Document of(RunView view, Question question, List<Question> all, boolean takesClicks) {
        var prompt = new Prompt(view, question, takesClicks);
        return question.closing().isPresent()
                ? prompt.closed(question.closing().get())
                : prompt.open(question.before(all));
    }

    private Document open(Optional<Question> before) {
        return switch (question.phase()) {
            case Phase.AtGate(var gate) -> gate(gate, before);
            case Phase.AtPerson it -> person(it);
            case Phase.InDoubt it -> doubt(it);
            case Phase.Paused it -> paused(it);
            case Phase.Moving _,
                    Phase.GateWanted _,
                    Phase.SlotWanted _,
                    Phase.Ready _,
                    Phase.Executing _,
                    Phase.RetryWait _ ->
                    throw new IllegalStateException("nobody is asked in " + question.phase());
        };
    }

    // A gate

    private Document gate(Gate gate, Optional<Question> before) {
        if (!question.why().isEmpty()) line("asked because: " + question.why());
        before.ifPresent(it -> changes(it, gate));
        step(gate.at()).flatMap(it -> it.rules().prompt()).ifPresent(it -> line(filled(it)));
        action(gate.at());
        line("digest %s · code %s".formatted(RunWords.digest(gate.digest()), gate.code()));
        line("yes: %s; %s".formatted(yes(gate), effect(gate)));
        line("no: deny %s [reason]; one no ends the run".formatted(gate.code()));
        line("silence: %s".formatted(silence(gate)));
        line("who may decide: %s".formatted(deciders(gate)));
        roles(gate);
        line("votes: %s%s".formatted(gate.count(), votes(gate)));
        if (gate.awaitsRoles()) {
            line(
                    "nothing goes on until it is known whether %s hold their roles%s"
                            .formatted(
                                    RunWords.list(gate.toConfirm().keySet()),
                                    RunWords.noted(gate.unconfirmed().orElse(""))));
        }
        boolean needsCode = gate.policy().assurance() == Assurance.TYPED;
        return document(
                "%s needs a yes".formatted(about(gate.at())),
                mayAct(view, gate),
                List.of(
                        needsCode
                                ? control("approve", "Approve", Ask.CODE)
                                : marked("approve", "Approve", Ask.NOTHING, Marks.YES),
                        needsCode
                                ? control("deny", "Deny", Ask.REASON)
                                : marked("deny", "Deny", Ask.REASON, Marks.NO),
                        control("details", "Details", Ask.NOTHING)));
    }

    /** What this revision asks otherwise than the one before. */
    private void changes(Question before, Gate gate) {
        if (!(before.phase() instanceof Phase.AtGate(var old))) return;
        line(
                "this is revision %d; revision %d and its votes are void"
                        .formatted(gate.revision(), old.revision()));
        if (!old.digest().equals(gate.digest())) {
            line("what runs has changed: digest was %s".formatted(RunWords.digest(old.digest())));
        }
        var gone = new TreeSet<>(old.policy().persons());
        gone.removeAll(gate.policy().persons());
        var come = new TreeSet<>(gate.policy().persons());
        come.removeAll(old.policy().persons());
        if (!gone.isEmpty()) line("no longer asked: %s".formatted(String.join(", ", gone)));
        if (!come.isEmpty()) line("asked as well: %s".formatted(String.join(", ", come)));
    }

    private String yes(Gate gate) {
        if (gate.policy().assurance() == Assurance.TYPED) {
            return "approve %s, with the code typed".formatted(gate.code());
        }
        return "approve %s%s".formatted(gate.code(), takesClicks ? ", or a click" : "");
    }

    private String effect(Gate gate) {
        long missing =
                gate.policy().quorums().stream()
                        .mapToLong(it -> Math.max(0, it.needed() - gate.counted(it)))
                        .max()
                        .orElse(0);
        boolean isWork = step(gate.at()).map(it -> it.kind() == Step.Kind.EXECUTE).orElse(true);
        var then = isWork ? "the step begins" : "the run goes on";
        return missing > 1 ? "with %d of them %s".formatted(missing, then) : then;
    }

    private static String silence(Gate gate) {
        var until = RunWords.time(gate.deadline());
        return gate.policy()
                .escalateTo()
                .map(wider -> "from %s on %s may decide too".formatted(until, RunWords.list(wider)))
                .orElseGet(() -> "without a decision by %s it is a no".formatted(until));
    }

    private String deciders(Gate gate) {
        var who = RunWords.deciders(gate.policy());
        if (!gate.policy().excludeInitiator()) return who;
        var initiators = initiators();
        return initiators.isEmpty()
                ? who
                : "%s; not %s, who started it".formatted(who, RunWords.list(initiators));
    }

    /** Whoever counts only by a role is told so before they say yes. */
    private void roles(Gate gate) {
        var groups = new TreeSet<String>();
        var persons = new TreeSet<String>();
        for (var quorum : gate.policy().quorums()) {
            quorum.roles()
                    .forEach(
                            (person, wanted) -> {
                                if (!quorum.persons().contains(person)) return;
                                persons.add(person);
                                groups.addAll(wanted);
                            });
        }
        if (persons.isEmpty()) return;
        line(
                "%s count only if they hold a role of %s at the moment it is decided"
                        .formatted(RunWords.list(persons), RunWords.list(groups)));
    }

    private static String votes(Gate gate) {
        if (gate.votes().isEmpty()) return "";
        return gate.votes().stream().map(Prompt::vote).collect(Collectors.joining("; ", ": ", ""));
    }

    private static String vote(Gate.Vote vote) {
        return "%s (%s) %s, %s%s"
                .formatted(
                        vote.by().person(),
                        vote.by().identity(),
                        RunWords.time(vote.at()),
                        vote.assurance() == Assurance.TYPED ? "code typed" : "by click",
                        RunWords.noted(vote.reason()));
    }

    /** Those whose yes would still count. */
    static Set<String> mayAct(RunView view, Gate gate) {
        var persons = new TreeSet<>(gate.policy().persons());
        persons.removeIf(gate::hasVoted);
        if (gate.policy().excludeInitiator()) {
            RunWords.progress(view.run().state())
                    .ifPresent(it -> persons.removeAll(it.initiators()));
        }
        return persons;
    }

    private Set<String> initiators() {
        return RunWords.progress(view.run().state()).map(Progress::initiators).orElse(Set.of());
    }

    // What people do, know or let go on

    private Document person(Phase.AtPerson it) {
        step(it.step()).flatMap(at -> at.rules().prompt()).ifPresent(at -> line(filled(at)));
        step(it.step()).ifPresent(this::body);
        var run = view.run().id();
        line(
                "say what became of it: done %s [note] · failed %s [note] · skip %s [note]"
                        .formatted(run, run, run));
        it.deadline()
                .ifPresent(
                        at ->
                                line(
                                        "silence: by %s it counts as failed"
                                                .formatted(RunWords.time(at))));
        return document(
                "%s is for people".formatted(about(it.step())),
                view.operators(),
                List.of(
                        control("done", "Done", Ask.REASON),
                        control("failed", "Failed", Ask.REASON),
                        control("skip", "Skip", Ask.REASON)));
    }

    private void body(Step step) {
        if (!step.body().isBlank()) blocks.add(Block.Code.of(step.body().strip()));
    }

    private Document doubt(Phase.InDoubt it) {
        line("%s; it may have been done, in part or not at all".formatted(it.why()));
        action(it.step());
        var run = view.run().id();
        line(
                "look, then say: retry %s (do it again) · done %s · failed %s · abort %s (the run ends)"
                        .formatted(run, run, run, run));
        line("what still runs of it is ended first, whichever of these it is");
        line("silence: nothing happens");
        return document(
                "nobody knows what became of %s".formatted(about(it.step())),
                view.operators(),
                List.of(
                        control("retry", "Retry", Ask.NOTHING),
                        control("done", "Done", Ask.REASON),
                        control("failed", "Failed", Ask.REASON),
                        control("abort", "Abort", Ask.REASON)));
    }

    private Document paused(Phase.Paused it) {
        line(it.why());
        line(
                "go on: resume %s · end it: cancel %s [reason]"
                        .formatted(view.run().id(), view.run().id()));
        line("silence: nothing happens");
        return document(
                "%s %s is paused".formatted(view.run().id(), view.run().name()),
                view.operators(),
                List.of(
                        control("resume", "Resume", Ask.NOTHING),
                        control("cancel", "Cancel", Ask.REASON)));
    }

    // Closed

    private Document closed(RunEvent event) {
        if (question.phase() instanceof Phase.AtGate(var gate)) {
            line(
                    "digest %s · revision %d"
                            .formatted(RunWords.digest(gate.digest()), gate.revision()));
            for (var vote : gate.votes()) line("yes: %s".formatted(vote(vote)));
        }
        line("%s %s".formatted(RunWords.time(event.at()), RunWords.event(event)));
        var subject =
                RunWords.at(question.phase())
                        .map(this::about)
                        .orElse(view.run().id() + " " + view.run().name());
        return new Document(
                "%s: %s".formatted(subject, ended(event)), blocks, Set.of(), List.of(), false);
    }

    private static String ended(RunEvent event) {
        return switch (event) {
            case RunEvent.GateCleared _ -> "approved";
            case RunEvent.GateDenied _ -> "denied";
            case RunEvent.GateExpired _ -> "not decided in time, which is a no";
            case RunEvent.GateRequested it -> "replaced by revision " + it.revision();
            case RunEvent.PersonAnswered it -> RunWords.word(it.answer());
            case RunEvent.DoubtSettled it -> RunWords.word(it.settlement());
            case RunEvent.StepFailed _ -> "failed";
            case RunEvent.RunPaused _ -> "paused";
            case RunEvent.RunResumed _ -> "resumed";
            default -> "no longer asked";
        };
    }

    /** Of a gate that has closed: how, by whom and when. */
    static Optional<String> verdict(Question question) {
        if (!(question.phase() instanceof Phase.AtGate(var gate))) return Optional.empty();
        return question.closing()
                .map(
                        event ->
                                switch (event) {
                                    case RunEvent.GateCleared it ->
                                            "already approved by %s %s"
                                                    .formatted(
                                                            voters(gate), RunWords.time(it.at()));
                                    case RunEvent.GateDenied it ->
                                            "already denied by %s %s"
                                                    .formatted(
                                                            it.by().person(),
                                                            RunWords.time(it.at()));
                                    case RunEvent.GateExpired it ->
                                            "nobody decided in time, which is a no since "
                                                    + RunWords.time(it.at());
                                    case RunEvent.GateRequested it ->
                                            "this prompt was replaced by revision " + it.revision();
                                    default -> "no longer asked since " + RunWords.time(event.at());
                                });
    }

    private static String voters(Gate gate) {
        return gate.votes().stream()
                .map(it -> it.by().person())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    // Words

    private String about(StepVisit step) {
        return "%s %s, %s"
                .formatted(view.run().id(), view.run().name(), RunWords.step(view.run(), step));
    }

    private Optional<Step> step(StepVisit visit) {
        return view.run()
                .sop()
                .filter(it -> visit.step() <= it.steps().size())
                .map(it -> it.steps().get(visit.step() - 1));
    }

    /** Exactly what a machine does, and what it is given. */
    private void action(StepVisit visit) {
        var step = step(visit);
        if (step.isPresent() && step.get().block().isEmpty()) {
            if (step.get().kind() == Step.Kind.CHECKPOINT) line("it runs nothing");
            else line("people do it:");
            body(step.get());
            return;
        }
        var text = view.action().apply(visit);
        if (step.isEmpty() || text.isEmpty()) {
            line("what it does cannot be shown; it will not run");
            return;
        }
        line("it does (%s):".formatted(step.get().block().get().fence()));
        var code = Block.Code.of(text.get());
        blocks.add(code);
        if (code.cut() > 0) {
            line(
                    "the last %,d characters are not shown: read SOP.md before you decide"
                            .formatted(code.cut()));
        }
        given();
    }

    private void given() {
        var progress = RunWords.progress(view.run().state());
        if (progress.isEmpty()) return;
        var start = progress.get().start();
        for (var input : new TreeMap<>(start.inputs()).entrySet()) {
            boolean isSecret = start.secretInputs().contains(input.getKey());
            line(
                    "with %s = %s"
                            .formatted(
                                    input.getKey(),
                                    isSecret
                                            ? "***"
                                            : Excerpt.quoted(input.getValue(), VALUE_MAX)));
        }
        for (var result : new TreeMap<>(progress.get().results()).entrySet()) {
            for (var output : RunWords.outputs(result.getValue()).entrySet()) {
                line(
                        "with %s of step %d = %s"
                                .formatted(
                                        output.getKey(),
                                        result.getKey(),
                                        Excerpt.quoted(output.getValue(), VALUE_MAX)));
            }
        }
    }

    /** The author's words to approvers, with values; what has none here stays as it is written. */
    private String filled(String prompt) {
        var text = new StringBuilder();
        int done = 0;
        for (var place : Placeholder.in(prompt)) {
            text.append(prompt, done, place.offset());
            text.append(value(place).orElse(place.text()));
            done = place.offset() + place.text().length();
        }
        return text.append(prompt, done, prompt.length()).toString();
    }

    private Optional<String> value(Placeholder place) {
        var progress = RunWords.progress(view.run().state());
        if (progress.isEmpty()) return Optional.empty();
        var start = progress.get().start();
        return switch (place.kind()) {
            case INPUT ->
                    start.secretInputs().contains(place.name())
                            ? Optional.of("***")
                            : Optional.ofNullable(start.inputs().get(place.name()))
                                    .map(it -> Excerpt.of(it, VALUE_MAX));
            case STEP ->
                    number(place.name())
                            .flatMap(it -> Optional.ofNullable(progress.get().results().get(it)))
                            .flatMap(it -> Optional.ofNullable(it.outputs().get(place.key())))
                            .map(it -> Excerpt.of(it, VALUE_MAX));
            case SECRET -> Optional.of("***");
            case INVALID -> Optional.empty();
        };
    }

    /** Steps are called by number or by id. */
    private Optional<Integer> number(String name) {
        return view.run().sop().stream()
                .flatMap(it -> it.steps().stream())
                .filter(
                        it ->
                                Integer.toString(it.number()).equals(name)
                                        || it.rules().id().filter(name::equals).isPresent())
                .map(Step::number)
                .findFirst();
    }

    private void line(String text) {
        blocks.add(new Block.Line(text));
    }

    private Control control(String word, String label, Ask ask) {
        return new Control(question.key() + "/" + word, label, ask);
    }

    /** A mark says the same only where no code is needed: nothing can be typed with it. */
    private Control marked(String word, String label, Ask ask, String mark) {
        return new Control(question.key() + "/" + word, label, ask, Optional.of(mark));
    }

    private Document document(String title, Set<String> mentions, List<Control> controls) {
        return new Document(title, blocks, mentions, controls, true);
    }
}
