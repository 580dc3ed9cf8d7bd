package dev.sopwith.bot.discord;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a message is: {@code channel/message}. A card that was sent anew keeps the thread of the
 * old one: {@code channel/message/thread}. Pure.
 *
 * @param thread which begins at it; of most messages the one with the message's own number
 */
record MessageId(String channel, String message, String thread) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,20})/(\\d{1,20})(?:/(\\d{1,20}))?");

    static MessageId of(String channel, String message) {
        return new MessageId(channel, message, message);
    }

    static Optional<MessageId> parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) return Optional.empty();
        var thread = Optional.ofNullable(form.group(3)).orElse(form.group(2));
        return Optional.of(new MessageId(form.group(1), form.group(2), thread));
    }

    @Override
    public String toString() {
        return channel + "/" + message + (thread.equals(message) ? "" : "/" + thread);
    }
}
