package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Ten years of schedules in zones with different clock changes, minute by minute: what the wall
 * shows at each of five million minutes says what has to come, and nothing else may.
 */
class CronTenYearsTest {
    private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2035-01-01T00:00:00Z");
    private static final long MINUTE = 60;

    /**
     * When a schedule is due by the wall.
     *
     * @param isFixed whether its hours are fixed: then the second pass of an hour does not count
     */
    private record Rule(Predicate<LocalDateTime> holds, boolean isFixed) {}

    private static final Map<String, Rule> RULES = new LinkedHashMap<>();

    static {
        RULES.put("30 2 * * *", new Rule(it -> is(it, 2, 30), true));
        RULES.put("0 0 * * *", new Rule(it -> is(it, 0, 0), true));
        RULES.put("45 1 1 * *", new Rule(it -> is(it, 1, 45) && it.getDayOfMonth() == 1, true));
        RULES.put("15 9 * * MON-FRI", new Rule(it -> is(it, 9, 15) && isWorkday(it), true));
        RULES.put("5 1,2,3 * 3,10 SUN", new Rule(CronTenYearsTest::isNightOfChange, true));
        RULES.put(
                "0 */3 * * *", new Rule(it -> it.getMinute() == 0 && it.getHour() % 3 == 0, false));
        RULES.put("50 * 29 2 *", new Rule(CronTenYearsTest::isLeapDay, false));
    }

    private static boolean is(LocalDateTime it, int hour, int minute) {
        return it.getHour() == hour && it.getMinute() == minute;
    }

    private static boolean isWorkday(LocalDateTime it) {
        return it.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) <= 0;
    }

    private static boolean isNightOfChange(LocalDateTime it) {
        return it.getMinute() == 5
                && it.getHour() >= 1
                && it.getHour() <= 3
                && (it.getMonthValue() == 3 || it.getMonthValue() == 10)
                && it.getDayOfWeek() == DayOfWeek.SUNDAY;
    }

    private static boolean isLeapDay(LocalDateTime it) {
        return it.getMinute() == 50 && it.getMonthValue() == 2 && it.getDayOfMonth() == 29;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "America/New_York",
                "Africa/Cairo",
                "America/Santiago",
                "Australia/Lord_Howe",
                "Asia/Kolkata"
            })
    void every_time_of_ten_years_comes_once_and_no_other(String name) {
        var zone = ZoneId.of(name);
        var expected = new LinkedHashMap<String, List<Instant>>();
        RULES.keySet().forEach(it -> expected.put(it, new ArrayList<>()));
        var latest = LocalDateTime.MIN;
        for (long at = FROM.getEpochSecond() + MINUTE; at < TO.getEpochSecond(); at += MINUTE) {
            var instant = Instant.ofEpochSecond(at);
            var offset = zone.getRules().getOffset(instant);
            var wall = LocalDateTime.ofEpochSecond(at, 0, offset);
            boolean isSecondPass = !wall.isAfter(latest);
            if (!isSecondPass) latest = wall;
            RULES.forEach(
                    (text, rule) -> {
                        if (rule.holds().test(wall) && !(rule.isFixed() && isSecondPass)) {
                            Objects.requireNonNull(expected.get(text)).add(instant);
                        }
                    });
        }
        RULES.keySet()
                .forEach(
                        text ->
                                assertThat(walk(text, zone))
                                        .as(text)
                                        .isEqualTo(expected.get(text)));
        assertThat(zone.getRules().getOffset(FROM)).isNotEqualTo(ZoneOffset.UTC);
    }

    /** As the service goes: each time is computed from the one before. */
    private static List<Instant> walk(String text, ZoneId zone) {
        var cron = ((Parsed.Ok<Cron>) Cron.parse(text)).value();
        var times = new ArrayList<Instant>();
        for (var next = cron.next(FROM, zone);
                next.isPresent() && next.get().isBefore(TO);
                next = cron.next(next.get(), zone)) {
            times.add(next.get());
        }
        return times;
    }
}
