package dev.sopwith.engine.run;

import java.util.List;

/** The answer to one command: what is true from now on, or why nothing has changed. */
public sealed interface Decision {

    /**
     * The command changed something.
     *
     * @param events at least one, in order
     * @param state what they lead to
     */
    record Accepted(List<RunEvent> events, RunState state) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** Nothing has changed. */
    record Refused(Refusal refusal) implements Decision {
        static Refused because(Refusal.Reason reason, String text) {
            return new Refused(new Refusal(reason, text));
        }
    }
}
