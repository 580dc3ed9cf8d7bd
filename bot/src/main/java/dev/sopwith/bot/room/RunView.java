package dev.sopwith.bot.room;

import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Overview;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * All that is shown of one run, as of one moment.
 *
 * @param events oldest first; empty where retention has erased them
 * @param action exactly what a visit of a step does, if a machine does it and it can be said
 * @param operators persons who may say what became of a step
 * @param auditHash of the last row of the record, for the card of a run that has ended
 */
public record RunView(
        Overview.Run run,
        List<RunEvent> events,
        Function<StepVisit, Optional<String>> action,
        Set<String> operators,
        Optional<String> auditHash) {
    public RunView {
        events = List.copyOf(events);
        operators = Set.copyOf(operators);
    }
}
