package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.Outcome;
import dev.sopwith.engine.run.Refusal;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is told once (CHAT §2): receipts, reminders, failures, ends, and what the service does. */
public final class Notices {
    private static final Duration RECEIPT_LIFE = Duration.ofHours(1);
    private static final Duration END_LIFE = Duration.ofDays(1);

    private Notices() {}

    /**
     * All that the events of a run tell, oldest first. Of several reminders only the last, and none
     * of a gate that has closed.
     */
    public static List<Notice> of(RunView view) {
        var notices = new ArrayList<Notice>();
        RunState state = new RunState.NotStarted();
        for (int i = 0; i < view.events().size(); i++) {
            var event = view.events().get(i);
            state = RunHistory.evolve(state, event);
            var key = "%s/event/%d".formatted(Question.run(view.run().id()), i + 1);
            var telling = new Telling(view, state, key, i);
            telling.of(event).ifPresent(notices::add);
        }
        return notices;
    }

    /** Why somebody's vote or word changed nothing. Never silence. */
    public static Document refused(Refusal refusal) {
        return Document.line("not counted: " + refusal.text());
    }

    /** The service is up; the one line that says so. */
    public static Document started(int sops, int broken, int waiting) {
        var text = new StringBuilder("Sopwith is up: " + count(sops, "SOP"));
        if (broken > 0) text.append(", %d broken".formatted(broken));
        if (waiting > 0) text.append("; %s going on".formatted(count(waiting, "run")));
        return Document.line(text.toString());
    }

    private static String count(int count, String what) {
        return count == 1 ? "1 " + what : "%d %ss".formatted(count, what);
    }

    /** The service ended as it was told to. */
    public static Document stopped() {
        return Document.line("Sopwith stops; steps that run go on, and are found again");
    }

    /** People have accounts that they had not; who has their other ones hears of it. */
    static Document accounts(Map<String, Set<Identity>> added) {
        var lines = new ArrayList<String>();
        added.forEach(
                (person, accounts) ->
                        accounts.forEach(it -> lines.add("%s: %s".formatted(person, it))));
        lines.add("If that is not yours, tell whoever keeps the roster.");
        return loud(
                "accounts were added to people of the roster",
                added.keySet(),
                lines.toArray(String[]::new));
    }

    /** The service had gone in the middle of this run. */
    public static Document interrupted(RunView view) {
        return Document.line(
                "%s %s was interrupted; now: %s"
                        .formatted(view.run().id(), view.run().name(), RunWords.state(view.run())));
    }

    /** In place of a message from before the store was restored: what it asked is not asked. */
    static Document replaced() {
        return Document.line(
                "this was shown before the service was restored from a backup, and counts no more");
    }

    /** In place of a message of a run that is shown in other rooms now. */
    static Document shownElsewhere() {
        return Document.line("this run is shown elsewhere now");
    }

    /**
     * Scheduled times passed while nobody was there to start a SOP.
     *
     * @param what when, and since when nobody was there
     * @param byHand whether people may start it now
     */
    static Document missed(String sop, String what, boolean byHand) {
        return loud(
                sop + ": a scheduled start was missed",
                Set.of(),
                what,
                byHand ? "to start it now: run " + sop : "");
    }

    private static Document loud(String title, Set<String> mentions, String... lines) {
        return document(title, mentions, true, lines);
    }

    private static Document document(
            String title, Set<String> mentions, boolean isLoud, String... lines) {
        var blocks =
                Arrays.stream(lines)
                        .filter(it -> !it.isEmpty())
                        .<Block>map(Block.Line::new)
                        .toList();
        return new Document(title, blocks, mentions, List.of(), isLoud);
    }

    /**
     * One event, told.
     *
     * @param state after it
     * @param index of it
     */
    private record Telling(RunView view, RunState state, String key, int index) {

        Optional<Notice> of(RunEvent event) {
            return switch (event) {
                case RunEvent.VoteCast it ->
                        gate().map(gate -> receipt(gate, it.at(), counted(gate, it.vote())));
                case RunEvent.VoteWithdrawn it ->
                        gate().map(
                                        gate ->
                                                receipt(
                                                        gate,
                                                        it.at(),
                                                        "%s took a yes back; now %s"
                                                                .formatted(
                                                                        it.by().person(),
                                                                        gate.count())));
                case RunEvent.VoteVoided it ->
                        gate().map(
                                        gate ->
                                                receipt(
                                                        gate,
                                                        it.at(),
                                                        "%s: not counted: %s; now %s"
                                                                .formatted(
                                                                        it.by().identity(),
                                                                        it.why(),
                                                                        gate.count())));
                case RunEvent.GateUnconfirmed it ->
                        gate().map(gate -> receipt(gate, it.at(), unconfirmed(gate, it.why())));
                case RunEvent.GateMoved it ->
                        gate().map(
                                        gate ->
                                                receipt(
                                                        gate,
                                                        it.at(),
                                                        "may be decided until %s, for nobody could before"
                                                                .formatted(
                                                                        RunWords.time(
                                                                                it.deadline()))));
                case RunEvent.GateReminded _ ->
                        gateToCallTo().map(gate -> call(gate, "still needs a yes"));
                case RunEvent.GateEscalated _ ->
                        gateToCallTo()
                                .map(gate -> call(gate, "was not decided in time; more are asked"));
                case RunEvent.StepFailed it when goesOn() -> Optional.of(failed(it));
                case RunEvent.RunFinished it when isTold(it) -> Optional.of(ended(it));
                default -> Optional.empty();
            };
        }

        private Optional<Gate> gate() {
            return state instanceof Active(_, Phase.AtGate(var gate))
                    ? Optional.of(gate)
                    : Optional.empty();
        }

        /** Nobody is called twice for one gate, or to one that has closed. */
        private Optional<Gate> gateToCallTo() {
            boolean isLast =
                    view.events().stream()
                            .skip(index + 1L)
                            .noneMatch(
                                    it ->
                                            it instanceof RunEvent.GateReminded
                                                    || it instanceof RunEvent.GateEscalated);
            boolean isOpen =
                    view.run().state() instanceof Active(_, Phase.AtGate(var open))
                            && gate().filter(it -> it.ref().equals(open.ref())).isPresent();
            return isLast && isOpen ? gate() : Optional.empty();
        }

        private Notice receipt(Gate gate, Instant at, String text) {
            var document = document(about(gate.at()), Set.of(), false, text);
            return new Notice(key, document, at.plus(RECEIPT_LIFE));
        }

        private static String counted(Gate gate, Gate.Vote vote) {
            var how = vote.assurance() == Assurance.TYPED ? "code typed" : "by click";
            return "counted %s: %s, %s%s"
                    .formatted(
                            gate.count(), vote.by().identity(), how, RunWords.noted(vote.reason()));
        }

        private static String unconfirmed(Gate gate, String why) {
            return "%s said yes, and nothing goes on: whether %s still may is not known (%s). It is asked again until %s, then it is a no"
                    .formatted(
                            gate.count(),
                            RunWords.list(gate.toConfirm().keySet()),
                            why,
                            RunWords.time(gate.deadline()));
        }

        /** Calls those who can still act, and nobody else. */
        private Notice call(Gate gate, String what) {
            var document =
                    loud(
                            "%s %s".formatted(about(gate.at()), what),
                            Prompt.mayAct(view, gate),
                            "approve %s · deny %s [reason]".formatted(gate.code(), gate.code()),
                            "votes: " + gate.count(),
                            "until " + RunWords.time(gate.deadline()));
            return new Notice(key, document, gate.deadline());
        }

        private Notice failed(RunEvent.StepFailed event) {
            var document =
                    loud(
                            "%s failed; the run goes on".formatted(about(event.step())),
                            Set.of(),
                            event.reason(),
                            more());
            return new Notice(key, document, event.at().plus(END_LIFE));
        }

        /** Whether the run neither tries again nor ends with this. */
        private boolean goesOn() {
            if (index + 1 == view.events().size()) return true;
            return switch (view.events().get(index + 1)) {
                case RunEvent.RetryScheduled _, RunEvent.RunFinished _ -> false;
                default -> true;
            };
        }

        /** Who asked for a run hears of its end, and everybody of one that did not end well. */
        private boolean isTold(RunEvent.RunFinished event) {
            return event.outcome() != Outcome.COMPLETED || !initiators().isEmpty();
        }

        private Notice ended(RunEvent.RunFinished event) {
            boolean well = event.outcome() == Outcome.COMPLETED;
            var run = view.run();
            var document =
                    loud(
                            "%s %s: %s"
                                    .formatted(
                                            run.id(), run.name(), RunWords.word(event.outcome())),
                            initiators(),
                            event.reason(),
                            well ? "" : more());
            return new Notice(key, document, event.at().plus(END_LIFE));
        }

        private Set<String> initiators() {
            return RunWords.progress(state).map(it -> it.start().initiators()).orElse(Set.of());
        }

        private String more() {
            return "what happened: log " + view.run().id();
        }

        private String about(StepVisit step) {
            return "%s %s, %s"
                    .formatted(view.run().id(), view.run().name(), RunWords.step(view.run(), step));
        }
    }
}
