package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that a room is to show.
 *
 * @param key as the store has it: with the epoch
 * @param root key of the post whose thread it belongs into
 * @param threadId that thread, where it is known without a post
 * @param closedAt since when it will not change any more
 * @param expiresAt of what is shown once: from then on it need not be shown any more
 */
record Wanted(
        String key,
        Rank rank,
        Optional<String> root,
        Optional<String> threadId,
        Document document,
        Optional<Instant> closedAt,
        Optional<Instant> expiresAt) {

    /** What goes first. */
    enum Rank {
        PROMPT,
        ANSWER,
        NOTICE,
        LEVEL
    }

    /** Whether it is shown once and then never changed. */
    boolean isOnce() {
        return expiresAt.isPresent();
    }

    boolean isClosed() {
        return closedAt.isPresent();
    }

    String digest() {
        return StoredPost.digest(document);
    }
}
