package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Whatever somebody writes as a schedule is answered: soon, without an exception, at a place. */
class CronFuzzTest {
    private static final long NANOS_MAX = 1_000_000_000;
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");
    private static final List<String> PIECES =
            List.of(
                    "*",
                    "?",
                    ",",
                    "-",
                    "/",
                    " ",
                    "  ",
                    "\t",
                    "0",
                    "1",
                    "2",
                    "7",
                    "12",
                    "29",
                    "30",
                    "31",
                    "59",
                    "60",
                    "007",
                    "1970",
                    "2028",
                    "2099",
                    "2100",
                    "MON",
                    "sun",
                    "FEB",
                    "L",
                    "W",
                    "LW",
                    "#",
                    "H",
                    "@",
                    "@daily",
                    "@reboot",
                    "TZ=",
                    ".",
                    "\u00a0",
                    "٣",
                    "\ud83d\ude00",
                    "\ud83d",
                    "\u0000",
                    "99999999999999999999",
                    "é",
                    "*/2",
                    "1-5");
    private static final List<String> VALID =
            List.of(
                    "0 9 * * MON-FRI",
                    "0 0 0 29 2 ? 2028",
                    "*/15 8-18/2 1,15 JAN-JUN *",
                    "0 0 12 ? * 2-6 2030-2040/2",
                    "@yearly");

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pieces_in_any_order_are_answered(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 250; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(16); n > 0; n--) text.append(piece(random));
            isAnswered(text.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_valid_schedule_with_a_slip_is_answered(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 100; i++) {
            var text = new StringBuilder(VALID.get(random.nextInt(VALID.size())));
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) text.deleteCharAt(at);
                else text.insert(at, piece(random));
                if (text.isEmpty()) break;
            }
            isAnswered(text.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void days_that_hardly_ever_come_are_answered(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 10; i++) {
            var days = random.nextBoolean() ? "29,30" : "30,31";
            var months = random.nextBoolean() ? "2" : "2,4";
            var weekday = random.nextBoolean() ? "?" : Integer.toString(1 + random.nextInt(7));
            var year = random.nextBoolean() ? "*" : "1971-2099/" + (1 + random.nextInt(9));
            isAnswered("0 0 0 " + days + " " + months + " " + weekday + " " + year);
        }
    }

    @Test
    void a_very_long_schedule_is_answered() {
        isAnswered("0,".repeat(100_000) + "0 * * * *");
        isAnswered("0".repeat(200_000) + " * * * *");
        isAnswered("9".repeat(200_000) + " * * * *");
        isAnswered("* ".repeat(100_000));
        isAnswered("X".repeat(200_000) + " * * * *");
        isAnswered(" ".repeat(200_000));
    }

    private static String piece(SplittableRandom random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    private static void isAnswered(String text) {
        long start = System.nanoTime();
        switch (Cron.parse(text)) {
            case Parsed.Ok<Cron>(var cron) -> goesForward(cron);
            case Parsed.Bad<Cron>(int offset, var problem, var fix) -> {
                assertThat(offset).as(text).isBetween(0, text.length());
                assertThat(problem).as(text).isNotBlank().hasSizeLessThan(200);
                assertThat(problem + fix).as(text).doesNotContainPattern("\\p{Cntrl}");
            }
        }
        assertThat(System.nanoTime() - start).as(text).isLessThan(NANOS_MAX);
    }

    private static void goesForward(Cron cron) {
        var at = Instant.parse("2026-04-04T14:00:00Z");
        for (int i = 0; i < 3; i++) {
            var next = cron.next(at, LORD_HOWE);
            if (next.isEmpty()) return;
            assertThat(next.get()).as(cron.text()).isAfter(at);
            at = next.get();
        }
    }
}
