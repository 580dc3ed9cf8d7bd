package dev.sopwith.bot.command;

import java.util.List;
import java.util.stream.Collectors;

/** What was made of a message. */
public sealed interface Reading {

    record Understood(Command command) implements Reading {}

    /**
     * It is no command.
     *
     * @param problem one line: what is wrong, and what to write instead
     */
    record Wrong(String problem) implements Reading {}

    /**
     * It could mean several things.
     *
     * @param asked half a sentence: what is not clear
     * @param candidates commands, each to be sent as it stands
     */
    record Question(String asked, List<String> candidates) implements Reading {
        public Question {
            candidates = List.copyOf(candidates);
        }

        /** The whole question on one line. */
        public String line() {
            return candidates.stream()
                    .map(it -> "\"" + it + "\"")
                    .collect(Collectors.joining(" or ", asked + "; say ", ""));
        }
    }

    /** People talk to each other. */
    record Talk() implements Reading {}
}
