package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;

/** Random schedules, compared with a look at every single second, minute or day. */
class CronOracleTest {
    private static final List<ZoneId> ZONES =
            List.of(
                    ZoneId.of("Europe/Berlin"),
                    ZoneId.of("America/New_York"),
                    ZoneId.of("Africa/Cairo"),
                    ZoneId.of("America/Santiago"),
                    ZoneId.of("Australia/Lord_Howe"),
                    ZoneId.of("Asia/Kolkata"),
                    ZoneId.of("Pacific/Apia"));
    private static final List<String> WEEKDAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_minute_around_a_clock_change_agrees(long seed) {
        var random = new SplittableRandom(seed);
        var schedule = Schedule.random(random, 5, false);
        agrees(seed, schedule, random, Duration.ofMinutes(1), Duration.ofHours(40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_second_around_a_clock_change_agrees(long seed) {
        var random = new SplittableRandom(seed);
        var schedule = Schedule.random(random, 6 + random.nextInt(2), false);
        agrees(seed, schedule, random, Duration.ofSeconds(1), Duration.ofMinutes(150));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_day_up_to_2099_agrees(long seed) {
        var random = new SplittableRandom(seed);
        var schedule = Schedule.random(random, 5 + random.nextInt(3), true);
        var expected = new ArrayList<Instant>();
        for (var day = LocalDate.of(1970, 1, 1); day.getYear() < 2100; day = day.plusDays(1)) {
            if (schedule.matchesDay(day))
                expected.add(day.atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        var parsed = Cron.parse(schedule.text);
        assertThat(parsed.isOk()).as(schedule.text).isEqualTo(!expected.isEmpty());
        if (!(parsed instanceof Parsed.Ok<Cron>(var cron))) return;
        for (int i = 0; i < 40; i++) {
            var after = Instant.ofEpochSecond(random.nextLong(4_102_444_800L));
            var wanted = expected.stream().filter(time -> time.isAfter(after)).findFirst();
            assertThat(cron.next(after, ZoneOffset.UTC))
                    .as("seed %d: %s after %s", seed, schedule.text, after)
                    .isEqualTo(wanted);
        }
    }

    private static void agrees(
            long seed, Schedule schedule, SplittableRandom random, Duration grain, Duration span) {
        var zone = ZONES.get(random.nextInt(ZONES.size()));
        var middle = clockChange(zone, random);
        var start = middle.minus(span);
        var end = middle.plus(span);
        var expected = schedule.every(zone, start, end, grain);
        if (!(Cron.parse(schedule.text) instanceof Parsed.Ok<Cron>(var cron))) {
            assertThat(expected).as(schedule.text).isEmpty();
            return;
        }
        var found = new ArrayList<Instant>();
        var at = start;
        while (true) {
            var next = cron.next(at, zone);
            if (next.isEmpty() || next.get().isAfter(end)) break;
            assertThat(next.get()).isAfter(at);
            at = next.get();
            found.add(at);
        }
        assertThat(found)
                .as("seed %d: %s in %s around %s", seed, schedule.text, zone, middle)
                .isEqualTo(expected);
        for (int i = 0; i < 20; i++) {
            var after = start.plusMillis(random.nextLong(span.toMillis() * 2));
            assertThat(cron.next(after, zone).filter(time -> !time.isAfter(end)))
                    .as("seed %d: %s in %s after %s", seed, schedule.text, zone, after)
                    .isEqualTo(expected.stream().filter(time -> time.isAfter(after)).findFirst());
        }
    }

    private static Instant clockChange(ZoneId zone, SplittableRandom random) {
        if (zone.getId().equals("Pacific/Apia") && random.nextBoolean()) {
            return Instant.parse("2011-12-30T10:00:00Z");
        }
        var from = LocalDate.of(1985 + random.nextInt(80), 1 + random.nextInt(12), 1);
        var change = zone.getRules().nextTransition(from.atStartOfDay().toInstant(ZoneOffset.UTC));
        return change == null ? from.atStartOfDay(zone).toInstant() : change.getInstant();
    }

    /** A schedule as text, and what it means by definition. */
    private static final class Schedule {
        private final String text;
        private final List<Field> fields; // second minute hour day month weekday year

        private Schedule(String text, List<Field> fields) {
            this.text = text;
            this.fields = fields;
        }

        static Schedule random(SplittableRandom random, int count, boolean wholeDays) {
            var zero = new Field("0", value -> value == 0);
            var second = count == 5 ? zero : Field.random(random, 0, 59);
            var minute = Field.random(random, 0, 59);
            var hour = Field.random(random, 0, 23);
            var day = wholeDays || random.nextInt(4) == 0 ? Field.random(random, 1, 31) : Field.ALL;
            var month =
                    wholeDays || random.nextInt(8) == 0 ? Field.random(random, 1, 12) : Field.ALL;
            var weekday = random.nextInt(3) > 0 ? Field.ALL : Field.weekday(random, count);
            var year = count < 7 || random.nextInt(3) == 0 ? Field.ALL : Field.year(random);
            if (count > 5 && random.nextInt(4) == 0) day = new Field("?", _ -> true);
            if (wholeDays) {
                second = zero;
                minute = zero;
                hour = zero;
            }
            var fields = List.of(second, minute, hour, day, month, weekday, year);
            var written = fields.subList(count == 5 ? 1 : 0, count == 7 ? 7 : 6);
            var text = String.join(" ", written.stream().map(Field::text).toList());
            return new Schedule(text, fields);
        }

        boolean matchesDay(LocalDate date) {
            var day = fields.get(3);
            var weekday = fields.get(5);
            boolean dayHolds = day.holds.test(date.getDayOfMonth());
            boolean weekdayHolds = weekday.holds.test(date.getDayOfWeek().getValue() % 7);
            boolean either = text.split(" ").length == 5 && day.restricts() && weekday.restricts();
            return fields.get(4).holds.test(date.getMonthValue())
                    && fields.get(6).holds.test(date.getYear())
                    && (either ? dayHolds || weekdayHolds : dayHolds && weekdayHolds);
        }

        List<Instant> every(ZoneId zone, Instant start, Instant end, Duration grain) {
            boolean realTime = fields.get(2).text.matches(".*[*/].*");
            var seen = new HashSet<LocalDateTime>();
            var times = new ArrayList<Instant>();
            for (var at = start.minusSeconds(10_800); !at.isAfter(end); at = at.plus(grain)) {
                var local = LocalDateTime.ofInstant(at, zone);
                boolean firstPass = seen.add(local);
                boolean matches =
                        fields.get(0).holds.test(local.getSecond())
                                && fields.get(1).holds.test(local.getMinute())
                                && fields.get(2).holds.test(local.getHour())
                                && matchesDay(local.toLocalDate());
                if (at.isAfter(start) && matches && (realTime || firstPass)) times.add(at);
            }
            return times;
        }
    }

    private record Field(String text, IntPredicate holds) {
        static final Field ALL = new Field("*", _ -> true);

        boolean restricts() {
            return !text.startsWith("*") && !text.equals("?");
        }

        static Field random(SplittableRandom random, int first, int last) {
            var field = item(random, first, last);
            for (int more = random.nextInt(3); more > 0; more--) {
                var other = item(random, first, last);
                field = new Field(field.text + "," + other.text, field.holds.or(other.holds));
            }
            return field;
        }

        static Field year(SplittableRandom random) {
            return random.nextBoolean() ? random(random, 1970, 2099) : item(random, 1970, 2099);
        }

        /** Tested with 0 for Sunday to 6. */
        static Field weekday(SplittableRandom random, int count) {
            if (random.nextInt(3) == 0) {
                int day = random.nextInt(7);
                int last = day + random.nextInt(8 - day);
                if (day == 0 && last == 7) last = 6;
                int to = last;
                var text =
                        to == day
                                ? WEEKDAYS.get(day)
                                : WEEKDAYS.get(day) + "-" + WEEKDAYS.get(to % 7);
                return new Field(text, value -> in(value, day, to) || in(value + 7, day, to));
            }
            var field = count == 5 ? random(random, 0, 7) : random(random, 1, 7);
            return count == 5
                    ? new Field(field.text, field.holds.or(value -> field.holds.test(value + 7)))
                    : new Field(field.text, value -> field.holds.test(value + 1));
        }

        private static boolean in(int value, int from, int to) {
            return from <= value && value <= to;
        }

        private static Field item(SplittableRandom random, int first, int last) {
            int a = first + random.nextInt(last - first + 1);
            int b = a + random.nextInt(last - a + 1);
            int step = 1 + random.nextInt(Math.max(1, (last - first) / 2));
            return switch (random.nextInt(7)) {
                case 0 -> ALL;
                case 1 ->
                        new Field("*/" + step, v -> in(v, first, last) && (v - first) % step == 0);
                case 2 -> new Field(a + "/" + step, v -> in(v, a, last) && (v - a) % step == 0);
                case 3 ->
                        new Field(
                                a + "-" + b + "/" + step, v -> in(v, a, b) && (v - a) % step == 0);
                case 4 -> new Field(a + "-" + b, v -> in(v, a, b));
                default -> new Field(Integer.toString(a), v -> v == a);
            };
        }
    }
}
