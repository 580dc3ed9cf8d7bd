package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that exists because a run's state says so.
 *
 * @param key one message for each
 * @param isInThread whether it belongs into the run's thread; else it is that thread's root
 * @param closedAt since when it will not change any more
 */
public record Post(String key, boolean isInThread, Document document, Optional<Instant> closedAt) {

    /** Whether it will not change again. */
    public boolean isClosed() {
        return closedAt.isPresent();
    }
}
