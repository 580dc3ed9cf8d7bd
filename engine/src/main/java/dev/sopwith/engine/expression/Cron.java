package dev.sopwith.engine.expression;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cron expression of FORMAT §4: which wall clock times a schedule means, and when they come.
 *
 * <p>{@link CronReader} reads the text, {@link WallClock} finds the next matching wall clock time,
 * and this class alone decides about clock changes: times fall at real instants, forward only.
 *
 * <p>Threading: immutable, safe from any thread.
 */
public final class Cron {
    private static final LocalDateTime BEGINNING = LocalDateTime.of(1969, 12, 31, 23, 59, 59);
    // A day more on both sides than any zone needs.
    private static final Instant EARLIEST = Instant.parse("1969-12-30T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-02T00:00:00Z");

    private final String text;
    private final WallClock wallClock;
    private final boolean followsRealTime;
    private final Optional<Integer> lastYear;
    private final List<Warning> warnings;

    private Cron(String text, CronFields fields) {
        this.text = text;
        this.wallClock = new WallClock(fields);
        this.followsRealTime = fields.hour().starOrStep();
        this.lastYear = lastYear(fields.year());
        this.warnings = warnings(fields);
    }

    /**
     * Reads 5, 6 or 7 fields or a nickname. A schedule that can never fire is not one.
     *
     * <p>Never throws; the first problem is the one that is told, with its place in the text.
     */
    public static Parsed<Cron> parse(String text) {
        try {
            var fields = CronReader.read(text);
            var cron = new Cron(text, fields);
            return cron.wallClock.next(BEGINNING).isPresent() ? Parsed.ok(cron) : never(fields);
        } catch (CronReader.Unreadable e) {
            return e.asParsed();
        }
    }

    /** {@return the expression as it was written} */
    public String text() {
        return text;
    }

    /**
     * The first time strictly after the given one; empty when the schedule has ended.
     *
     * <p>A wall clock time that the zone leaves out never fires. One that comes twice fires at its
     * first pass only, unless the hour field has a {@code *} or a step: such a schedule follows
     * real time and fires in both passes. To go through a schedule, ask from the last answer on.
     *
     * @param zone whose wall clock the fields mean
     * @return a whole second in the local years 1970 to 2099
     */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        var rules = zone.getRules();
        var periodStart = clamp(after);
        var offset = rules.getOffset(periodStart);
        var from = LocalDateTime.ofInstant(periodStart, offset);
        var found = wallClock.next(from);
        // A zone is a row of periods of constant offset; found is the first match after from.
        while (found.isPresent()) {
            var local = found.get();
            if (!followsRealTime && isSecondPass(local, offset, rules)) {
                from = endOfOverlap(local, rules);
                found = wallClock.next(from);
                continue;
            }
            var instant = local.toInstant(offset);
            var change = rules.nextTransition(periodStart);
            if (change == null || instant.isBefore(change.getInstant())) {
                return Optional.of(instant);
            }
            periodStart = change.getInstant();
            offset = change.getOffsetAfter();
            var beforePeriod = change.getDateTimeAfter().minusSeconds(1);
            if (beforePeriod.isBefore(from) || !beforePeriod.isBefore(local)) {
                from = beforePeriod;
                found = wallClock.next(from);
            }
        }
        return Optional.empty();
    }

    /** {@return what its author may not have meant; the clock plays no part in it} */
    public List<Warning> warnings() {
        return warnings;
    }

    /**
     * The last year that the year field allows; none without a year field or when it begins with
     * {@code *}. Whether a schedule is over is for {@link #next} to say.
     */
    public Optional<Integer> lastYear() {
        return lastYear;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cron cron && cron.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    /**
     * A finding about a schedule that is valid and may not mean what its author thinks.
     *
     * @param message what the expression means here, in one sentence without a full stop
     * @param fix what to write to be clear, in one sentence without a full stop
     */
    public record Warning(Kind kind, String message, String fix) {
        /** What there is to be told. */
        public enum Kind {
            /** A weekday is given by number in 6 or 7 fields, where Sunday is 1. */
            WEEKDAY_NUMBER,
            /** Five fields, both days restricted: either one is enough. */
            EITHER_DAY,
            /** Six or seven fields, both days restricted: both must hold. */
            BOTH_DAYS
        }
    }

    private static Optional<Integer> lastYear(CronFields.Values year) {
        return year.restricted() ? Optional.of(year.normal().length() - 1) : Optional.empty();
    }

    private static Instant clamp(Instant after) {
        if (after.isBefore(EARLIEST)) return EARLIEST;
        return after.isAfter(LATEST) ? LATEST : after;
    }

    private static boolean isSecondPass(LocalDateTime local, ZoneOffset offset, ZoneRules rules) {
        var valid = rules.getValidOffsets(local);
        return valid.size() == 2 && offset.equals(valid.getLast());
    }

    /** The last second of wall clock time that comes twice together with this one. */
    private static LocalDateTime endOfOverlap(LocalDateTime local, ZoneRules rules) {
        return rules.getTransition(local).getDateTimeBefore().minusSeconds(1);
    }

    private static List<Warning> warnings(CronFields fields) {
        var warnings = new ArrayList<Warning>();
        var weekday = fields.weekday();
        if (fields.written() > 5 && !weekday.weekdayNumbers().isEmpty()) {
            warnings.add(weekdayNumber(weekday));
        }
        if (fields.eitherDay()) warnings.add(eitherDay(fields));
        else if (fields.bothDaysRestricted()) warnings.add(bothDays(fields));
        return List.copyOf(warnings);
    }

    private static Warning weekdayNumber(CronFields.Values weekday) {
        var meanings =
                weekday.weekdayNumbers().stream()
                        .distinct()
                        .map(number -> number + " means " + dayName(weekday.field().normal(number)))
                        .collect(Collectors.joining(", "));
        return new Warning(
                Warning.Kind.WEEKDAY_NUMBER,
                meanings + " here (Quartz counting)",
                "write " + CronField.weekdays(weekday.normal()));
    }

    private static Warning eitherDay(CronFields fields) {
        return new Warning(
                Warning.Kind.EITHER_DAY,
                "fires on every day that is %s or %s: one of both is enough with 5 fields"
                        .formatted(CronReader.show(fields.day().text()), weekdayNames(fields)),
                "for either write two triggers, one with * as the weekday and one with * as the day;"
                        + " for both put the second 0 in front and write the weekday as "
                        + weekdayNames(fields));
    }

    private static Warning bothDays(CronFields fields) {
        return new Warning(
                Warning.Kind.BOTH_DAYS,
                "fires only on days that are %s and %s: both must hold with %d fields"
                        .formatted(
                                CronReader.show(fields.day().text()),
                                weekdayNames(fields),
                                fields.written()),
                "write ? in the day field that shall not count");
    }

    private static String weekdayNames(CronFields fields) {
        return CronField.weekdays(fields.weekday().normal());
    }

    private static String dayName(int normal) {
        var day = normal == 0 ? DayOfWeek.SUNDAY : DayOfWeek.of(normal);
        return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static Parsed<Cron> never(CronFields fields) {
        return Parsed.bad(
                fields.day().offset(),
                "this schedule never fires: no day of 1970 to 2099 is as its fields say",
                "change the day, the month, the weekday or the year");
    }
}
