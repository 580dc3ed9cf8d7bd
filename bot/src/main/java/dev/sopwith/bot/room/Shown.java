package dev.sopwith.bot.room;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of what a room shows of a post; the store keeps it as text.
 *
 * @param copy from 1; one more each time the message was deleted and had to be sent anew
 * @param digest of the document that is shown, or that was sent when no answer came; {@code ?}
 *     where it may be one of several; empty of a copy that was never sent
 */
record Shown(int copy, Optional<String> digest) {
    static final Shown NEVER = new Shown(1, Optional.empty());

    static Shown of(Optional<String> stored) {
        if (stored.isEmpty()) return NEVER;
        int colon = stored.get().indexOf(':');
        var copy = copy(stored.get().substring(0, Math.max(0, colon)));
        var digest = stored.get().substring(colon + 1);
        return new Shown(copy.orElse(1), digest.isEmpty() ? Optional.empty() : Optional.of(digest));
    }

    private static OptionalInt copy(String text) {
        return text.matches("[1-9][0-9]{0,8}")
                ? OptionalInt.of(Integer.parseInt(text))
                : OptionalInt.empty();
    }

    Shown unsure() {
        return new Shown(copy, Optional.of("?"));
    }

    Shown with(String document) {
        return new Shown(copy, Optional.of(document));
    }

    Shown again() {
        return new Shown(copy + 1, Optional.empty());
    }

    /** The key that the network gets: a deleted message would keep its key for ever. */
    String key(String key) {
        return copy == 1 ? key : key + "/copy/" + copy;
    }

    String text() {
        return copy + ":" + digest.orElse("");
    }
}
