package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Document;

import java.time.Instant;

/**
 * A message that exists because something happened, and is shown once.
 *
 * @param key of the event: one message for each
 * @param expiresAt from then on nobody needs to read it any more
 */
public record Notice(String key, Document document, Instant expiresAt) {}
