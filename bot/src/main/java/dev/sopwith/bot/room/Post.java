package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;

/**
 * A message that exists because a run's state says so.
 *
 * @param key one message for each
 * @param isInThread whether it belongs into the run's thread; else it is that thread's root
 * @param isClosed whether it will not change again
 */
public record Post(String key, boolean isInThread, Document document, boolean isClosed) {}
