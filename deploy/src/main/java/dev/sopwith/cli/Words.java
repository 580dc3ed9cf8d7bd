package dev.sopwith.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Small pieces of English. */
final class Words {
    private Words() {}

    /** {@code 1 step}, {@code 2 steps}. */
    static String count(long number, String noun) {
        return number + " " + (number == 1 ? noun : noun + "s");
    }

    /** {@code a, b or c}. */
    static String or(List<String> words) {
        if (words.size() < 2) return String.join("", words);
        return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    /** The word as authors write it in a file: {@code step_by_step}. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** {@code 1 h 30 min}; {@code 0 s} for nothing. */
    static String duration(Duration time) {
        var parts = new ArrayList<String>();
        if (time.toHours() > 0) parts.add(time.toHours() + " h");
        if (time.toMinutesPart() > 0) parts.add(time.toMinutesPart() + " min");
        if (time.toSecondsPart() > 0) parts.add(time.toSecondsPart() + " s");
        if (time.toMillisPart() > 0) parts.add(time.toMillisPart() + " ms");
        return parts.isEmpty() ? "0 s" : String.join(" ", parts);
    }
}
