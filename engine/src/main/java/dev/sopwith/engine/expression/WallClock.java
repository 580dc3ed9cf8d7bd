package dev.sopwith.engine.expression;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the wall clock times that a schedule means, as if clocks were never changed: cron-utils
 * does it, and its types stay in here.
 *
 * <p>Threading: immutable, safe from any thread.
 */
final class WallClock {
    private static final CronParser BOTH_DAYS = new CronParser(definition(true));
    private static final CronParser EITHER_DAY = new CronParser(definition(false));

    private final ExecutionTime inAnyYear;
    private final BitSet years; // never changed

    WallClock(CronFields fields) {
        this.inAnyYear = inAnyYear(fields);
        this.years = fields.year().normal();
    }

    /**
     * The first matching second after this one. The years are looked after here: cron-utils gives
     * up a hundred years ahead, and days that exist at all come back within forty.
     */
    Optional<LocalDateTime> next(LocalDateTime after) {
        var from = after.withNano(0); // cron-utils would carry the rest into its answer
        int year = years.nextSetBit(after.getYear());
        while (year >= 0) {
            if (from.getYear() < year) from = LocalDateTime.of(year - 1, 12, 31, 23, 59, 59);
            var match = nextInAnyYear(from);
            if (match.isEmpty() || match.get().getYear() == year) return match;
            year = years.nextSetBit(match.get().getYear());
        }
        return Optional.empty();
    }

    private Optional<LocalDateTime> nextInAnyYear(LocalDateTime after) {
        return inAnyYear
                .nextExecution(after.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime);
    }

    /**
     * Hands cron-utils what the fields say as numbers and ranges, which none of its dialects reads
     * differently; only whether two day fields mean both or either is up to its definition.
     */
    private static ExecutionTime inAnyYear(CronFields fields) {
        boolean either = fields.eitherDay();
        // An open field would make the other one decide alone.
        boolean everyDay =
                either && (fields.day().isEverything() || fields.weekday().isEverything());
        var days = everyDay ? "*" : numbers(fields.day());
        var weekdays = everyDay ? "*" : numbers(fields.weekday());
        var plain =
                String.join(
                        " ",
                        numbers(fields.second()),
                        numbers(fields.minute()),
                        numbers(fields.hour()),
                        days,
                        numbers(fields.month()),
                        weekdays);
        return ExecutionTime.forCron((either ? EITHER_DAY : BOTH_DAYS).parse(plain));
    }

    private static String numbers(CronFields.Values values) {
        if (values.isEverything()) return "*";
        return values.field().isWeekday() ? list(values.normal()) : ranges(values.normal());
    }

    private static String list(BitSet numbers) {
        return numbers.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    /** As few parts as easily found: cron-utils takes long over a long list of days. */
    private static String ranges(BitSet numbers) {
        int first = numbers.nextSetBit(0);
        int last = numbers.length() - 1;
        int step = numbers.nextSetBit(first + 1) - first;
        if (step > 1 && numbers.equals(steps(first, last, step))) {
            return first + "-" + last + "/" + step;
        }
        var parts = new ArrayList<String>();
        for (int from = first; from >= 0; ) {
            int to = numbers.nextClearBit(from) - 1;
            parts.add(from == to ? Integer.toString(from) : from + "-" + to);
            from = numbers.nextSetBit(to + 1);
        }
        return String.join(",", parts);
    }

    private static BitSet steps(int first, int last, int step) {
        var numbers = new BitSet();
        for (int number = first; number <= last; number += step) numbers.set(number);
        return numbers;
    }

    /** Weekdays from 0, Sunday. Taking {@code ?} is what makes cron-utils ask for both days. */
    private static CronDefinition definition(boolean bothDays) {
        var time =
                CronDefinitionBuilder.defineCron()
                        .withSeconds()
                        .and()
                        .withMinutes()
                        .and()
                        .withHours()
                        .and();
        var day = time.withDayOfMonth();
        if (bothDays) day.supportsQuestionMark();
        var weekday =
                day.and()
                        .withMonth()
                        .and()
                        .withDayOfWeek()
                        .withValidRange(0, 7)
                        .withMondayDoWValue(1)
                        .withIntMapping(7, 0);
        if (bothDays) weekday.supportsQuestionMark();
        return weekday.and().instance();
    }
}
