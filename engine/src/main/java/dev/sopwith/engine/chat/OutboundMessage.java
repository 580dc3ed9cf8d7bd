package dev.sopwith.engine.chat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be shown, and where.
 *
 * @param key one message for each in this network, for ever; contains the store's epoch
 * @param room the network's own id
 * @param threadId the thread it belongs into, where the network has threads
 * @param attachments files to go with it, where the network takes files
 * @param answers the event that it answers: where a network can tell only who asked, it does
 * @param isLast whether it will not change any more
 */
public record OutboundMessage(
        String key,
        String room,
        Optional<String> threadId,
        Document document,
        List<Path> attachments,
        Optional<String> answers,
        boolean isLast) {
    public OutboundMessage {
        attachments = List.copyOf(attachments);
        if (key.isEmpty()) throw new IllegalArgumentException("a message without a key");
    }

    /** A message that answers nobody in particular and may change. */
    public OutboundMessage(
            String key,
            String room,
            Optional<String> threadId,
            Document document,
            List<Path> attachments) {
        this(key, room, threadId, document, attachments, Optional.empty(), false);
    }
}
