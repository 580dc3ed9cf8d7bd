package dev.sopwith.bot.words;

import dev.sopwith.engine.expression.Words;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Locale;

/** Small pieces of English. */
public final class English {
    private English() {}

    /** {@code 1 step}, {@code 2 steps}. */
    public static String count(long number, String noun) {
        return number + " " + (number == 1 ? noun : noun + "s");
    }

    /** What went wrong with a file, and the way out: of some failures Java says only which file. */
    public static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException it -> "there is no %s; name another".formatted(it.getFile());
            case AccessDeniedException it ->
                    "this user may not use %s; name another, or be the user whose it is"
                            .formatted(it.getFile());
            case FileAlreadyExistsException it ->
                    "%s is there and is no folder; name another".formatted(it.getFile());
            default -> String.valueOf(e.getMessage());
        };
    }

    /** {@code Did you mean x? }, with a blank after it; nothing when no name is near. */
    public static String didYouMean(String word, Collection<String> names) {
        return Words.suggestion(word, names).map(near -> "Did you mean " + near + "? ").orElse("");
    }

    /** The word as authors write it in a file: {@code step_by_step}. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** {@code 1 h 30 min}; {@code 0 s} for nothing. */
    public static String duration(Duration time) {
        var parts = new ArrayList<String>();
        if (time.toHours() > 0) parts.add(time.toHours() + " h");
        if (time.toMinutesPart() > 0) parts.add(time.toMinutesPart() + " min");
        if (time.toSecondsPart() > 0) parts.add(time.toSecondsPart() + " s");
        if (time.toMillisPart() > 0) parts.add(time.toMillisPart() + " ms");
        return parts.isEmpty() ? "0 s" : String.join(" ", parts);
    }
}
