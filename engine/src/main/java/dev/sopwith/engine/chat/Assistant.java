package dev.sopwith.engine.chat;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Helps people while they write, for networks that ask. Every answer is from memory or one read of
 * the store, and empty for whoever is not known: nobody learns a name that they may not see.
 *
 * <p>Threading: safe from any thread.
 */
public interface Assistant {
    /**
     * How a half-written command may go on.
     *
     * @param account as in {@link InboundEvent#sender}
     */
    Suggestions complete(String account, String text);

    /** What this command still needs before it can be done; empty when it is complete, or wrong. */
    List<Field> missing(String account, String text);

    /** The messages that wait for people at the moment, by the network's own id. */
    Set<String> open();

    /**
     * Words that fit.
     *
     * @param from where in the text the word begins that they stand for
     */
    record Suggestions(int from, List<Suggestion> words) {
        public static final Suggestions NONE = new Suggestions(0, List.of());

        public Suggestions {
            words = List.copyOf(words);
        }
    }

    /**
     * One of them.
     *
     * @param description may be empty
     */
    record Suggestion(String word, String description) {}

    /**
     * Something to fill in.
     *
     * @param choices what it may be; empty where it is free
     * @param isSecret whether it must be seen by nobody else
     */
    record Field(
            String name,
            String description,
            List<String> choices,
            Optional<String> defaultValue,
            boolean isRequired,
            boolean isSecret) {
        public Field {
            choices = List.copyOf(choices);
        }
    }
}
