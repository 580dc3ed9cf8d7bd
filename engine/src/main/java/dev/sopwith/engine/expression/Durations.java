package dev.sopwith.engine.expression;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lengths of time an author writes: {@code 90s}, {@code 10m}, {@code 2h}. */
public final class Durations {

    public static final String FORM = "write seconds, minutes or hours, such as 90s, 10m or 2h";

    /** Ten years: beyond this a length of time is a mistake, and sums of it still fit. */
    public static final long SECONDS_MAX = 10L * 366 * 24 * 3600;

    private static final Pattern PATTERN = Pattern.compile("(\\d{1,9})(s|m|h)");
    private static final Pattern MILLIS = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Durations() {}

    public static Optional<Duration> parse(String text) {
        return parse(PATTERN.matcher(text));
    }

    /** Also reads {@code 500ms}, as pulses of a pin have it. */
    public static Optional<Duration> parseWithMillis(String text) {
        return parse(MILLIS.matcher(text));
    }

    private static Optional<Duration> parse(Matcher matcher) {
        if (!matcher.matches()) return Optional.empty();
        long number = Long.parseLong(matcher.group(1));
        var duration =
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                };
        return duration.toSeconds() > SECONDS_MAX ? Optional.empty() : Optional.of(duration);
    }
}
