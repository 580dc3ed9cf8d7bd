package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Trail;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Every scheduled time comes to one delivery: taken in, or on record as missed. */
final class SchedulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String STEPS = "1. **Look** — is it there?\n   - kind: checkpoint\n";

    @TempDir Path folder;
    private final FakeClocks clocks = new FakeClocks(House.BEGINNING); // 03:00:00 UTC
    private final InMemoryStore store = new InMemoryStore(new Random(1));
    private final List<String> told = new ArrayList<>();
    private final List<Schedules.Absence> absences = new ArrayList<>();
    private boolean isBroken;
    private ZoneId zone = ZoneId.of("UTC");
    private House house;
    private Schedules schedules;

    @BeforeEach
    void build() {
        house = new House(folder, store);
        house.rules = EngineRules.standard("here");
        schedule("backup", "5 3 * * *", "");
        start();
    }

    @Test
    void a_sop_starts_at_its_time_once() {
        pass(Duration.ofMinutes(4).plusSeconds(59));
        assertThat(outcomes("backup")).isEmpty();
        pass(SECOND);
        assertThat(outcomes("backup")).containsExactly("started");
        pass(Duration.ofHours(1));
        assertThat(outcomes("backup")).containsExactly("started");
        assertThat(causes("backup")).containsExactly("scheduled for 2026-11-21 03:05 UTC");
    }

    @Test
    void a_schedule_without_a_zone_has_that_of_the_roster_as_it_is_now() {
        zone = ZoneId.of("Europe/Berlin");
        pass(Duration.ofMinutes(5));
        assertThat(outcomes("backup")).isEmpty();
        clocks.pass(Duration.ofHours(22).plusMinutes(55)); // 02:00 UTC, 03:00 there
        look();
        pass(Duration.ofMinutes(5));
        assertThat(outcomes("backup")).containsExactly("started");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 59})
    void a_restart_right_at_the_time_is_no_miss(int late) {
        pass(Duration.ofMinutes(4));
        clocks.pass(Duration.ofSeconds(60 + late));
        start();
        look();
        assertThat(outcomes("backup")).containsExactly("started");
        assertThat(told).isEmpty();
    }

    @Test
    void what_was_due_while_nobody_was_there_is_told_and_not_run() {
        pass(Duration.ofMinutes(4));
        clocks.pass(Duration.ofMinutes(12));
        start();
        look();
        look();
        assertThat(outcomes("backup")).containsExactly("missed while down");
        assertThat(told)
                .containsExactly(
                        "2026-11-21 03:05 UTC; nobody was here from 2026-11-21 03:04 UTC"
                                + " to 2026-11-21 03:16 UTC");
        start();
        look();
        assertThat(outcomes("backup")).containsExactly("missed while down");
        assertThat(store.<List<Trail.Entry>>read(it -> it.trail().ofKind("outcome"))).hasSize(1);
    }

    @Test
    void many_missed_times_of_one_schedule_are_told_as_one() {
        schedule("often", "* * * * *", "");
        pass(SECOND);
        clocks.pass(Duration.ofHours(3));
        start();
        look();
        assertThat(told)
                .anyMatch(
                        it ->
                                it.startsWith(
                                        "2026-11-21 05:59 UTC and 178 times before it, since"
                                                + " 2026-11-21 03:01 UTC"));
        assertThat(outcomes("often")).containsExactlyInAnyOrder("started", "missed while down");
    }

    @Test
    void after_an_absence_a_schedule_starts_one_run_and_not_a_crowd() {
        schedule("tick", "* * * * * *", "");
        pass(SECOND);
        clocks.pass(SECOND);
        clocks.pass(SECOND);
        look();
        assertThat(outcomes("tick")).containsExactly("started", "started");
        clocks.pass(Duration.ofSeconds(40));
        look();
        assertThat(outcomes("tick"))
                .containsExactly("started", "missed while down", "started", "started");
        assertThat(told).singleElement().asString().contains(" and 38 times before it");
    }

    @Test
    void the_last_missed_time_is_made_up_for_where_the_trigger_says_so() {
        schedule("care", "*/5 3 * * *", "catch_up = \"last\"");
        pass(SECOND);
        clocks.pass(Duration.ofHours(3));
        start();
        look();
        assertThat(outcomes("care")).containsExactlyInAnyOrder("started", "missed while down");
        assertThat(causes("care")).contains("scheduled for 2026-11-21 03:55 UTC");
        start();
        look();
        assertThat(outcomes("care")).hasSize(2);
    }

    @Test
    void a_schedule_that_is_new_has_missed_nothing() {
        clocks.pass(Duration.ofHours(1));
        look();
        schedule("new", "10 3 * * *", "");
        schedule("backup", "30 3 * * *", "");
        start(); // down meanwhile, or not: all the same
        look();
        assertThat(outcomes("new")).isEmpty();
        assertThat(outcomes("backup"))
                .as("its old time had come")
                .containsExactly("missed while down");
        clocks.pass(Duration.ofHours(1));
        start();
        look();
        assertThat(outcomes("new")).isEmpty();
    }

    @Test
    void nothing_is_due_by_a_clock_that_was_set_before_it_is_trusted() {
        clocks.jump(Duration.ofMinutes(5));
        look();
        assertThat(outcomes("backup")).isEmpty();
        assertThat(schedules.health().hears()).isFalse();
        clocks.jump(Duration.ofMinutes(-5));
        look();
        assertThat(schedules.health().hears()).isTrue();
        pass(Duration.ofMinutes(5));
        assertThat(outcomes("backup")).containsExactly("started");
    }

    @Test
    void a_time_that_comes_twice_because_the_clock_was_set_back_starts_once() {
        pass(Duration.ofMinutes(6));
        clocks.setSynchronised(Clocks.Synchronised.YES);
        clocks.jump(Duration.ofMinutes(-4));
        look();
        pass(Duration.ofMinutes(4));
        assertThat(outcomes("backup")).filteredOn("started"::equals).hasSize(1);
    }

    @Test
    void a_service_that_ran_with_a_clock_ahead_of_time_goes_on_from_now() {
        clocks.setSynchronised(Clocks.Synchronised.YES);
        clocks.jump(Duration.ofDays(400));
        look();
        clocks.jump(Duration.ofDays(-400));
        start();
        look();
        pass(Duration.ofMinutes(5));
        assertThat(outcomes("backup")).contains("started");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatever_happens_every_time_comes_to_one_outcome(long seed) {
        schedule("seven", "*/7 * * * *", "");
        schedule("last", "*/13 * * * *", "catch_up = \"last\"");
        pass(SECOND);
        var random = new Random(seed);
        var from = clocks.wall();
        for (int i = 0; i < 150; i++) {
            clocks.pass(Duration.ofMillis(random.nextLong(200_000)));
            if (random.nextInt(10) == 0) clocks.pass(Duration.ofMinutes(random.nextInt(90)));
            if (random.nextInt(10) == 0) clocks.sleep(Duration.ofMinutes(random.nextInt(90)));
            isBroken = random.nextInt(3) == 0;
            if (random.nextInt(5) == 0) start();
            else look();
        }
        isBroken = false;
        look();
        assertThat(dealt("seven")).isEqualTo(times(7, from));
        assertThat(dealt("last")).isEqualTo(times(13, from));
    }

    /** How many times there were, for a schedule of every so many minutes from 0 on. */
    private long times(int minutes, Instant from) {
        long count = 0;
        var at = from.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
        for (; !at.isAfter(clocks.wall()); at = at.plusSeconds(60)) {
            if (at.atZone(ZoneId.of("UTC")).getMinute() % minutes == 0) count++;
        }
        return count;
    }

    /** How many came to an outcome: each taken in for itself, those that were missed together. */
    private long dealt(String sop) {
        long missed =
                absences.stream()
                        .filter(it -> it.missed().entry().sop().name().equals(sop))
                        .mapToLong(it -> it.missed().count() - (it.caughtUp() ? 1 : 0))
                        .sum();
        var taken =
                rows(sop).stream()
                        .filter(it -> !it.outcome().equals(Optional.of("missed while down")))
                        .toList();
        assertThat(taken).extracting(DeliveryRow::source).doesNotHaveDuplicates();
        return missed + taken.size();
    }

    private void schedule(String name, String cron, String more) {
        var trigger =
                """

                [[triggers]]
                type = "cron"
                expression = "%s"
                %s
                """
                        .formatted(cron, more);
        house.sop(name, "max_concurrent = 1000\n" + trigger, STEPS);
    }

    /** The service starts, whatever was before: only the store is left. */
    private void start() {
        var clock = new ClockWatch(house.engine(), clocks);
        var _ = clock.start();
        schedules = new Schedules(house.engine(), house::sops, () -> zone, clock, new Told());
        schedules.prepare();
        look();
    }

    private final class Told implements Schedules.Listener {
        @Override
        public Store.Change telling(Schedules.Absence absence) {
            return _ -> {
                if (isBroken) throw new IllegalStateException("broken");
            };
        }

        @Override
        public void missed(Schedules.Absence absence) {
            absences.add(absence);
            told.add(absence.text());
        }
    }

    /** Time passes, and nobody sleeps. */
    private void pass(Duration time) {
        var left = time;
        while (left.isPositive()) {
            var step = left.compareTo(Duration.ofSeconds(20)) < 0 ? left : Duration.ofSeconds(20);
            clocks.pass(step);
            look();
            left = left.minus(step);
        }
    }

    private void look() {
        schedules.pass();
    }

    private List<String> outcomes(String sop) {
        return rows(sop).stream().map(it -> it.outcome().orElse("queued")).toList();
    }

    private List<String> causes(String sop) {
        return rows(sop).stream().map(DeliveryRow::source).toList();
    }

    private List<DeliveryRow> rows(String sop) {
        return store.read(it -> it.deliveries().last(sop, 500));
    }
}
