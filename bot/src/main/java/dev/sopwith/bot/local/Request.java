package dev.sopwith.bot.local;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.secret.Secret;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody asks for: in words that a shell has parted, or in one line.
 *
 * @param words the verb and what follows it, one word each; empty when there is a line
 * @param line as a person wrote it
 * @param thread the run in whose thread it was written: a verb without a run means this one
 * @param secrets values of secret inputs, which were asked for without showing them
 * @param untilEnd whether to answer only when the run has ended
 */
public record Request(
        List<String> words,
        Optional<String> line,
        Optional<RunId> thread,
        Map<String, Secret> secrets,
        boolean untilEnd) {
    public Request {
        words = List.copyOf(words);
        secrets = Map.copyOf(secrets);
        if (words.isEmpty() == line.isEmpty()) {
            throw new IllegalArgumentException("words or a line");
        }
    }

    /** In words, as a shell parts them. */
    public Request(List<String> words, boolean untilEnd) {
        this(words, Optional.empty(), Optional.empty(), Map.of(), untilEnd);
    }

    /** In one line, as a person wrote it. */
    public static Request line(String line, Optional<RunId> thread) {
        return new Request(List.of(), Optional.of(line), thread, Map.of(), false);
    }

    public Request with(Map<String, Secret> others) {
        return new Request(words, line, thread, others, untilEnd);
    }
}
