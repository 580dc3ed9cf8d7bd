package dev.sopwith.bot.local;

import java.util.List;

/**
 * What somebody asks for.
 *
 * @param words the verb and what follows it, one word each, as a shell parts them
 * @param untilEnd whether to answer only when the run has ended
 */
public record Request(List<String> words, boolean untilEnd) {
    public Request {
        words = List.copyOf(words);
    }
}
