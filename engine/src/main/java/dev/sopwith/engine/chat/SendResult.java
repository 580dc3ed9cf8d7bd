package dev.sopwith.engine.chat;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a message.
 *
 * @param delivered whether the network confirmed it; if not, it may be there all the same
 * @param messageId the network's own id, when delivered
 * @param error why it was not, in words
 * @param retryAfter how long the network asks not to be bothered
 * @param isGone whether there was nothing to change any more: it has been deleted
 */
public record SendResult(
        boolean delivered,
        Optional<String> messageId,
        Optional<String> error,
        Optional<Duration> retryAfter,
        boolean isGone) {
    public SendResult {
        if (delivered && isGone) throw new IllegalArgumentException("delivered to nowhere");
        if (delivered == messageId.isEmpty() || delivered == error.isPresent()) {
            throw new IllegalArgumentException("delivered with an id, or not with an error");
        }
    }

    public static SendResult delivered(String messageId) {
        return new SendResult(
                true, Optional.of(messageId), Optional.empty(), Optional.empty(), false);
    }

    public static SendResult failed(String error) {
        return new SendResult(false, Optional.empty(), Optional.of(error), Optional.empty(), false);
    }

    /** Too much was sent. */
    public static SendResult tooMany(Duration retryAfter) {
        return new SendResult(
                false,
                Optional.empty(),
                Optional.of("too many requests"),
                Optional.of(retryAfter),
                false);
    }

    /** The message that was to be changed has been deleted. */
    public static SendResult gone() {
        return new SendResult(
                false,
                Optional.empty(),
                Optional.of("the message has been deleted"),
                Optional.empty(),
                true);
    }
}
