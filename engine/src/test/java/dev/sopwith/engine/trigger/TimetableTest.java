package dev.sopwith.engine.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.CatchUp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** When schedules come due, and what has passed of them. */
final class TimetableTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void a_schedule_without_a_zone_has_that_of_the_house() {
        var timetable = Timetable.of(List.of(sop("a", "0 3 * * *")), ZoneId.of("Europe/Berlin"));
        assertThat(timetable.next(NOON, 1))
                .extracting(Timetable.Planned::at)
                .containsExactly(Instant.parse("2026-11-22T02:00:00Z"));
    }

    @Test
    void the_next_times_of_all_are_in_order() {
        var sops = List.of(sop("a", "0 * * * *", "30 13 * * *"), sop("b", "15 12 * * *"));
        assertThat(Timetable.of(sops, UTC).next(NOON, 4))
                .extracting(it -> it.entry().topic() + " " + it.at())
                .containsExactly(
                        "b/1 2026-11-21T12:15:00Z",
                        "a/1 2026-11-21T13:00:00Z",
                        "a/2 2026-11-21T13:30:00Z",
                        "a/1 2026-11-21T14:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "* * * * *, PT1H",
        "*/7 * * * * *, PT5H",
        "* * * * * *, PT26H",
        "0 * 0-5 * * *, PT300H",
        "0 3 * * *, PT1S",
        "0 3 1 1 *, PT9000H"
    })
    void every_time_has_passed_in_time_or_missed_and_none_twice(String cron, Duration away) {
        var entry = entry(cron);
        var random = new Random(3);
        for (int i = 0; i < 6; i++) {
            var from = NOON.plusMillis(random.nextLong(86_400_000L));
            var until = from.plus(away);
            var recent = until.minus(MINUTE);
            var all = new ArrayList<Instant>();
            entry.passed(from, until, from.minusSeconds(1)).inTime().forEach(all::add);
            var passed = entry.passed(from, until, recent);
            var late = all.stream().filter(it -> it.isBefore(recent)).toList();
            assertThat(passed.inTime()).isEqualTo(all.subList(late.size(), all.size()));
            if (late.isEmpty()) {
                assertThat(passed.missed()).isEmpty();
                continue;
            }
            var missed = passed.missed().orElseThrow();
            assertThat(missed.first()).isEqualTo(late.getFirst());
            assertThat(missed.last()).isEqualTo(late.getLast());
            assertThat(missed.count()).isEqualTo(Math.min(late.size(), Timetable.COUNTED_MAX));
        }
    }

    private static Timetable.Entry entry(String cron) {
        return Timetable.of(List.of(sop("a", cron)), UTC).entries().getFirst();
    }

    private static Sop sop(String name, String... crons) {
        var triggers = new ArrayList<Trigger>();
        for (var cron : crons) {
            triggers.add(
                    new Trigger.Schedule(
                            ((Parsed.Ok<Cron>) Cron.parse(cron)).value(),
                            Optional.empty(),
                            CatchUp.NONE));
        }
        return Sops.sop(name, triggers.toArray(Trigger[]::new));
    }
}
