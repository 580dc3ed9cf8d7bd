package dev.sopwith.bot.command;

import java.util.ArrayList;
import java.util.List;

/** What can be said, from the table of verbs. */
public final class Help {
    private Help() {}

    /** One row a verb: how it is written, and what it does. */
    public static List<List<String>> table(List<Verb> verbs) {
        return verbs.stream().map(it -> List.of(it.usage(), it.description())).toList();
    }

    /** All about one verb. */
    public static List<String> about(Verb verb) {
        var lines = new ArrayList<String>();
        lines.add(verb.usage());
        lines.add(verb.description());
        if (verb.takes(Parameter.Kind.RUN_ID)) {
            lines.add("RUN is R-12 or 12; in the thread of a run it can be left out.");
        }
        if (verb.takes(Parameter.Kind.CODE) || verb.takes(Parameter.Kind.CODE_OR_RUN)) {
            lines.add(
                    "CODE stands in the prompt of the gate; in a reply to it, it can be left out.");
        }
        if (verb.takes(Parameter.Kind.INPUTS)) {
            lines.add("Values with blanks stand in quotes: key=\"two words\".");
        }
        return lines;
    }
}
