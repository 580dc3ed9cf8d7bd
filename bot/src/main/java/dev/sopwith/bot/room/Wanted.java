package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.store.Chat.PostRow;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A message that a room is to show.
 *
 * @param key as the store has it: with the epoch
 * @param root key of the post whose thread it belongs into
 * @param threadId that thread, where it is known without a post
 * @param output what goes with it as a file, where the network takes files
 * @param closedAt since when it will not change any more
 * @param expiresAt of what is shown once: from then on it need not be shown any more
 */
record Wanted(
        String key,
        Rank rank,
        Optional<String> root,
        Optional<String> threadId,
        Document document,
        Optional<FullOutput> output,
        Optional<Instant> closedAt,
        Optional<Instant> expiresAt) {
    /** What was over for longer than this is not news any more, and is not sent. */
    static final Duration NEWS = Duration.ofDays(1);

    /** What goes first. */
    enum Rank {
        PROMPT,
        ANSWER,
        NOTICE,
        LEVEL
    }

    /** How what is known of the room stands to what is wanted. */
    enum Standing {
        /** Nothing is to be done. */
        RIGHT,
        /** Nobody needs to read it any more, and it was never shown: its row goes. */
        EXPIRED,
        /** Something is to be sent, or kept. */
        OFF
    }

    /** Whether it is shown once and then never changed. */
    boolean isOnce() {
        return expiresAt.isPresent();
    }

    boolean isClosed() {
        return closedAt.isPresent();
    }

    /** Whether it can be over for ever. */
    boolean canEnd() {
        return isOnce() || isClosed();
    }

    String digest() {
        return StoredPost.digest(document);
    }

    /**
     * @param row what the store knows of the message
     */
    Standing standing(Optional<PostRow> row, Instant now) {
        boolean isOver = expiresAt.filter(it -> !now.isBefore(it)).isPresent();
        if (row.isEmpty()) {
            boolean isNews = closedAt.filter(it -> it.isBefore(now.minus(NEWS))).isEmpty();
            return isOver || !isNews ? Standing.RIGHT : Standing.OFF;
        }
        boolean isThere = row.get().messageId().isPresent();
        if (row.get().closed()) return canEnd() ? Standing.RIGHT : Standing.OFF;
        if (isOver && !isThere) return Standing.EXPIRED;
        return isThere && !canEnd() && isShown(row.get()) ? Standing.RIGHT : Standing.OFF;
    }

    /** Whether the room shows exactly this, as far as is known. */
    boolean isShown(PostRow row) {
        return Shown.of(row.shown()).digest().filter(digest()::equals).isPresent();
    }
}
