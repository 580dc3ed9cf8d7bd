package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.runtime.Clocks.Synchronised;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Trail;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Nothing ends because of a clock that somebody set (DESIGN §4). */
final class ClockWatchTest {
    private static final Duration LONG = Duration.ofDays(2);

    /** What a gate is given whose deadline passed while nobody could decide. */
    private static final Duration MORE = Duration.ofMinutes(15);

    private static final String GATE = "1. **A** — b.\n   - kind: checkpoint\n2. **B** — c.\n";

    @TempDir Path folder;
    private final FakeClocks clocks = new FakeClocks(House.BEGINNING);
    private final InMemoryStore store = new InMemoryStore(new Random(1));
    private House house;
    private Deadlines deadlines;

    @BeforeEach
    void build() {
        house = new House(folder, store);
        house.sop("gated", "", GATE);
        deadlines = new Deadlines(house.engine(), new ClockWatch(house.engine(), clocks));
        deadlines.prepare();
    }

    @AfterEach
    void close() {
        deadlines.close();
    }

    @Test
    void as_long_as_the_clock_goes_like_the_counters_deadlines_pass() {
        house.ask("gated");
        clocks.pass(LONG);
        look();
        assertThat(house.phase(1)).isEqualTo("DENIED");
        assertThat(record()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-172_800, -61, 61, 172_800})
    void nothing_ends_by_a_clock_that_was_set(long seconds) {
        house.sop("timed", "timeout_secs = 30", "1. **A** — b.\n");
        house.ask("gated");
        house.ask("timed");
        clocks.jump(Duration.ofSeconds(seconds));
        for (int i = 0; i < 3; i++) {
            look();
            clocks.pass(LONG);
        }
        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(house.phase(2)).isEqualTo("AtPerson");
        assertThat(record()).singleElement().asString().contains("in doubt", "it jumped ");
    }

    @Test
    void a_small_step_is_none_and_many_of_them_do_not_add_up() {
        for (int hour = 0; hour < 48; hour++) {
            clocks.pass(Duration.ofMinutes(61));
            clocks.jump(Duration.ofSeconds(59));
            look();
        }
        assertThat(record()).isEmpty();
    }

    @Test
    void an_operator_ends_the_doubt_and_people_get_time_to_decide() {
        house.ask("gated");
        clocks.jump(LONG);
        look();
        assertThat(clockOk()).isTrue();
        look();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
        clocks.pass(MORE);
        look();
        assertThat(house.phase(1)).as("from now on it counts again").isEqualTo("DENIED");
        assertThat(record()).hasSize(2).last().asString().contains("trusted", "local:alice");
        assertThat(clockOk()).as("once is enough").isFalse();
        assertThat(new Audit(store).verify().finding()).isEmpty();
    }

    @Test
    void what_is_over_by_the_clock_that_is_trusted_is_over() {
        house.sop("timed", "timeout_secs = 30", "1. **A** — b.\n");
        house.ask("timed");
        clocks.jump(LONG);
        look();
        assertThat(house.phase(1)).isEqualTo("AtPerson");
        clockOk();
        look();
        assertThat(house.phase(1)).isEqualTo("TIMED_OUT");
    }

    @Test
    void a_time_server_ends_the_doubt() {
        house.ask("gated");
        clocks.jump(LONG);
        look();
        clocks.setSynchronised(Synchronised.YES);
        look();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
        assertThat(record()).last().asString().contains("trusted", "synchronised");
    }

    @Test
    void a_time_server_may_set_the_clock_and_it_is_on_record() {
        house.ask("gated");
        clocks.setSynchronised(Synchronised.YES);
        clocks.jump(LONG);
        look();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
        assertThat(record()).singleElement().asString().contains("jumped", "ahead by 2 d 0 h");
    }

    @Test
    void a_clock_that_is_set_back_to_where_it_was_ends_the_doubt() {
        house.ask("gated");
        clocks.setSynchronised(Synchronised.UNKNOWN);
        clocks.jump(LONG);
        look();
        clocks.pass(Duration.ofMinutes(5));
        clocks.jump(LONG.negated());
        look();
        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(record()).hasSize(2).last().asString().contains("set back");
        clocks.pass(LONG);
        look();
        assertThat(house.phase(1)).isEqualTo("DENIED");
    }

    @Test
    void a_machine_that_slept_is_like_a_service_that_was_down() {
        house.ask("gated");
        clocks.sleep(LONG);
        look();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
        assertThat(record()).singleElement().asString().contains("slept for 2 d 0 h");
    }

    @Test
    void where_sleep_cannot_be_told_from_a_set_clock_an_operator_is_asked() {
        clocks.hideSleep();
        restart();
        clocks.sleep(LONG);
        look();
        assertThat(record()).singleElement().asString().contains("in doubt");
    }

    @ParameterizedTest
    @EnumSource(
            value = Synchronised.class,
            names = {"NO", "UNKNOWN"})
    void a_clock_that_nobody_synchronises_is_not_in_doubt_at_the_start(Synchronised known) {
        clocks.setSynchronised(known);
        house.ask("gated");
        clocks.pass(LONG);
        restart();
        look();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
        assertThat(record()).isEmpty();
    }

    @Test
    void a_clock_that_is_earlier_than_the_record_is_in_doubt_at_the_start() {
        house.now = clocks.wall();
        house.ask("gated");
        clocks.jump(Duration.ofMinutes(-61));
        restart();
        assertThat(house.engine().clockDoubt().orElseThrow())
                .isEqualTo(
                        "it says 2026-11-21T01:59:00Z, and the newest fact is of 2026-11-21T03:00:00Z");
        look();
        clocks.jump(LONG);
        look();
        assertThat(house.engine().clockDoubt()).isEmpty();
        assertThat(house.phase(1)).isEqualTo("AtGate");
    }

    @Test
    void a_synchronised_clock_is_right_whatever_the_record_says() {
        house.ask("gated");
        clocks.setSynchronised(Synchronised.YES);
        clocks.jump(LONG.negated());
        restart();
        assertThat(house.engine().clockDoubt()).isEmpty();
        assertThat(record()).singleElement().asString().contains("though the newest fact");
    }

    @Test
    void a_restart_does_not_trust_what_was_not_trusted_before_it() {
        house.ask("gated");
        clocks.jump(LONG);
        look();
        clocks.restart();
        restart();
        clocks.pass(LONG);
        look();
        assertThat(house.phase(1)).isEqualTo("AtGate");
        assertThat(record()).as("said once").hasSize(1);
        clocks.setSynchronised(Synchronised.YES);
        restart();
        assertThat(house.gate(1).deadline()).isEqualTo(clocks.wall().plus(MORE));
    }

    @Test
    void what_waits_in_the_queue_does_not_go_stale_by_a_clock_in_doubt() {
        var machine = "1. **Run** — it.\n   - tools: shell\n\n   ```sh\n   true\n   ```\n";
        house.sop("a", "max_queue_secs = 60", machine);
        house.ask("a");
        house.ask("a");
        clocks.jump(LONG);
        look();
        house.now = clocks.wall();
        house.cancel(1);
        assertThat(house.phase(2)).as("started from the queue").isEqualTo("Ready");
    }

    @Test
    void this_machine_has_clocks() {
        var here = new LinuxClocks(InstantSource.system());
        assertThat(here.synchronised()).isNotNull();
        assertThat(here.running()).isLessThanOrEqualTo(here.running());
        assertThat(here.runningOrAsleep().orElseThrow()).isPositive();
    }

    private void look() {
        house.now = clocks.wall();
        deadlines.pass();
    }

    private boolean clockOk() {
        return house.engine().trustClock("so says local:alice", "local:alice", clocks.wall());
    }

    private void restart() {
        deadlines.close();
        house = new House(folder, store).load();
        house.now = clocks.wall();
        deadlines = new Deadlines(house.engine(), new ClockWatch(house.engine(), clocks));
        deadlines.prepare();
    }

    /** What the trail says about the clock. */
    private List<String> record() {
        return store.<List<Trail.Entry>>read(it -> it.trail().ofKind("clock")).stream()
                .map(Trail.Entry::body)
                .map(Optional::orElseThrow)
                .map(Trail.Body::text)
                .toList();
    }
}
