package dev.sopwith.bot.discord;

import java.util.Optional;

/**
 * Which threads belong to which channel, as far as Discord has told.
 *
 * <p>Threading: safe from any thread.
 */
final class Threads {
    private static final int MAX = 10_000;

    private final Recent<String, String> parents = new Recent<>(MAX);
    private final Recent<String, MessageId> renamed = new Recent<>(MAX);
    private final Recent<String, Boolean> cards = new Recent<>(MAX);

    void add(String thread, String parent) {
        parents.put(thread, parent);
    }

    void remove(String thread) {
        parents.remove(thread);
    }

    Optional<String> parent(String thread) {
        return parents.get(thread);
    }

    boolean isKnown(String thread) {
        return parents.get(thread).isPresent();
    }

    /** A message of ours that has no thread yet, for certain. */
    void fresh(String message) {
        cards.put(message, true);
    }

    /** Whether a message was just sent and no thread begun at it. */
    boolean isNew(String message) {
        return cards.get(message).isPresent() && !isKnown(message);
    }

    /** The message at which the thread begins is another one now. */
    void renamed(String thread, MessageId now) {
        renamed.put(thread, now);
    }

    /** The message at which a thread begins, as the service knows it. */
    MessageId root(String thread, String parent) {
        return renamed.get(thread).orElseGet(() -> MessageId.of(parent, thread));
    }
}
