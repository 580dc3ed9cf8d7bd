package dev.sopwith.engine.run;

import java.util.Optional;
import java.util.regex.Pattern;

/** A run's number, as people say it: {@code R-12}. Never given twice, also not after a restore. */
public record RunId(long number) implements Comparable<RunId> {
    private static final Pattern FORM = Pattern.compile("(?:[Rr]-)?([1-9][0-9]{0,17})");

    public RunId {
        if (number < 1) throw new IllegalArgumentException("runs are numbered from 1: " + number);
    }

    /** Reads {@code R-12}, {@code r-12} or {@code 12}. */
    public static Optional<RunId> parse(String text) {
        var form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new RunId(Long.parseLong(form.group(1))))
                : Optional.empty();
    }

    @Override
    public int compareTo(RunId other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "R-" + number;
    }
}
