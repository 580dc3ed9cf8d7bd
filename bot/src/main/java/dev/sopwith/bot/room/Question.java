package dev.sopwith.bot.room;

import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunHistory;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Something that a run asked people, open or closed: a gate, a step of theirs, a step in doubt, a
 * pause.
 *
 * @param phase as it was when it was last open
 * @param why of a gate: why it was asked
 * @param closing what ended it; empty while it is open
 */
record Question(String key, Phase phase, String why, Optional<RunEvent> closing) {

    /** All of a run, in the order in which they were asked. */
    static List<Question> of(RunView view) {
        if (view.events().isEmpty()) return current(view);
        var questions = new LinkedHashMap<String, Question>();
        RunState state = new RunState.NotStarted();
        Optional<Question> open = Optional.empty();
        var why = "";
        int seq = 0;
        for (var event : view.events()) {
            seq++;
            if (event instanceof RunEvent.GateRequested it) why = it.why();
            state = RunHistory.evolve(state, event);
            var now = asked(view.run().id(), state, why, seq, open);
            if (open.isPresent() && !now.map(Question::key).equals(open.map(Question::key))) {
                questions.put(open.get().key(), open.get().closedBy(event));
            }
            now.ifPresent(it -> questions.put(it.key(), it));
            open = now;
        }
        return List.copyOf(questions.values());
    }

    /** Without its events all that is known is what it asks now. */
    private static List<Question> current(RunView view) {
        return asked(view.run().id(), view.run().state(), "", 0, Optional.empty()).stream()
                .toList();
    }

    private static Optional<Question> asked(
            RunId run, RunState state, String why, int seq, Optional<Question> open) {
        if (!(state instanceof Active(_, var phase))) return Optional.empty();
        var key =
                switch (phase) {
                    case Phase.AtGate(var gate) ->
                            Optional.of(step(run, gate.at()) + "/gate/" + gate.revision());
                    case Phase.AtPerson it ->
                            Optional.of(step(run, it.step()) + "/person/" + it.attempt());
                    case Phase.InDoubt it ->
                            Optional.of(step(run, it.step()) + "/doubt/" + it.attempt());
                    case Phase.Paused _ ->
                            open.map(Question::key)
                                    .filter(it -> it.contains("/paused/"))
                                    .or(() -> Optional.of(run(run) + "/paused/" + seq));
                    case Phase.Moving _,
                            Phase.GateWanted _,
                            Phase.SlotWanted _,
                            Phase.Ready _,
                            Phase.Executing _,
                            Phase.RetryWait _ ->
                            Optional.<String>empty();
                };
        return key.map(it -> new Question(it, phase, why, Optional.empty()));
    }

    private Question closedBy(RunEvent event) {
        return new Question(key, phase, why, Optional.of(event));
    }

    static String run(RunId run) {
        return "run/" + run.number();
    }

    static String step(RunId run, StepVisit step) {
        return "%s/step/%d/%d".formatted(run(run), step.step(), step.visit());
    }

    /** The revision of the same gate before this one, if there was one. */
    Optional<Question> before(List<Question> all) {
        if (!(phase instanceof Phase.AtGate(var gate))) return Optional.empty();
        var earlier = new ArrayList<Question>();
        for (var other : all) {
            if (other.phase() instanceof Phase.AtGate(var it)
                    && it.at().equals(gate.at())
                    && it.revision() < gate.revision()) {
                earlier.add(other);
            }
        }
        return earlier.isEmpty() ? Optional.empty() : Optional.of(earlier.getLast());
    }
}
