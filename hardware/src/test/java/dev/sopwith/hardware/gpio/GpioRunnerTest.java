package dev.sopwith.hardware.gpio;

import static dev.sopwith.hardware.gpio.GpioHouse.CHIP;
import static dev.sopwith.hardware.gpio.GpioHouse.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.step.FailureReason;
import dev.sopwith.engine.step.Recovered;
import dev.sopwith.engine.step.StepEnd;
import dev.sopwith.engine.step.StepKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Steps that set outputs of a simulated chip. */
class GpioRunnerTest {
    private static final StepKey KEY = order("", Duration.ZERO).key();

    @TempDir Path folder;

    private GpioHouse house() throws Exception {
        return new GpioHouse(folder.resolve("sops"));
    }

    private static StepEnd run(GpioHouse house, String text) throws Exception {
        return house.boards().runner().run(order(text, Duration.ZERO));
    }

    private static CompletableFuture<StepEnd> begin(GpioRunner runner, String text) {
        var end = new CompletableFuture<StepEnd>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                end.complete(runner.run(order(text, Duration.ZERO)));
                            } catch (InterruptedException | RuntimeException e) {
                                end.completeExceptionally(e);
                            }
                        });
        return end;
    }

    private static String why(StepEnd end) {
        return ((StepEnd.Failed) end).reason().text();
    }

    @Test
    void a_step_sets_outputs_in_order() throws Exception {
        try (var house = house().hall().start()) {
            var seen = Collections.synchronizedList(new ArrayList<String>());
            house.boards().watch(it -> seen.add(it.topic() + (it.isOn() ? " on" : " off")));
            var end = run(house, "hall/lamp on\nhall/lamp off\nhall/lamp pulse 1ms");
            assertThat(end)
                    .isInstanceOfSatisfying(
                            StepEnd.Succeeded.class,
                            it -> assertThat(it.how()).isEqualTo("3 signals set"));
            assertThat(house.chip().levels("LAMP"))
                    .containsExactly(false, true, false, true, false);
            assertThat(seen)
                    .containsExactly(
                            "hall/lamp on", "hall/lamp off", "hall/lamp on", "hall/lamp off");
        }
    }

    @Test
    void where_low_means_on_a_pulse_goes_to_low() throws Exception {
        var relay = Map.of("relay", GpioHouse.out("RELAY", true, false));
        try (var house = house().board("hall", CHIP, relay).start()) {
            var end = run(house, "hall/relay pulse 1ms");
            assertThat(((StepEnd.Succeeded) end).how()).isEqualTo("hall/relay pulsed 1 ms");
            assertThat(house.chip().levels("RELAY")).containsExactly(true, false, true);
        }
    }

    @Test
    void at_the_end_of_the_service_outputs_are_in_their_safe_states() throws Exception {
        var signals =
                Map.of(
                        "valve", GpioHouse.out("VALVE", false, true),
                        "lamp", GpioHouse.out("LAMP", false, false));
        var house = house().board("hall", CHIP, signals).start();
        var chip = house.chip();
        try (house) {
            run(house, "hall/valve off\nhall/lamp on");
        }
        assertThat(chip.levels("VALVE")).startsWith(true, false).endsWith(true);
        assertThat(chip.levels("LAMP")).startsWith(false, true).endsWith(false);
    }

    @Test
    void a_pulse_in_which_the_service_ends_is_off_and_in_doubt() throws Exception {
        var house = house().hall().start();
        var chip = house.chip();
        var runner = house.boards().runner();
        var end = begin(runner, "hall/lamp pulse 1h");
        Await.until("it is on", () -> chip.levels("LAMP").contains(true));
        assertThat(runner.recover(order("hall/lamp pulse 1h", Duration.ZERO)))
                .isInstanceOf(Recovered.Running.class);
        house.close();
        assertThat(end.get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StepEnd.Lost.class, it -> assertThat(it.why()).contains("safe states"));
        assertThat(chip.levels("LAMP")).endsWith(false);
    }

    @Test
    void after_a_kill_nobody_knows_what_was_set() throws Exception {
        try (var house = house().hall().start()) {
            assertThat(house.boards().runner().recover(order("hall/lamp on", Duration.ZERO)))
                    .isInstanceOf(Recovered.Unknown.class);
        }
    }

    @Test
    void a_pulse_that_is_stopped_is_off_at_once() throws Exception {
        try (var house = house().hall().start()) {
            var runner = house.boards().runner();
            var end = begin(runner, "hall/lamp pulse 1h");
            Await.until("it is on", () -> house.chip().levels("LAMP").contains(true));
            assertThat(runner.stop(KEY, "cancelled by alice")).isTrue();
            assertThat(why(end.get(30, TimeUnit.SECONDS))).isEqualTo("stopped: cancelled by alice");
            assertThat(house.chip().levels("LAMP")).endsWith(false);
        }
    }

    @Test
    void an_output_is_one_users_at_a_time() throws Exception {
        try (var house = house().hall().start()) {
            var runner = house.boards().runner();
            var end = begin(runner, "hall/lamp pulse 1h");
            Await.until("it is on", () -> house.chip().levels("LAMP").contains(true));
            assertThat(house.boards().rows())
                    .filteredOn(it -> it.signal().equals("lamp"))
                    .singleElement()
                    .satisfies(it -> assertThat(it.state()).isEqualTo("used by R-12.3.1.1"));
            var other = house.boards().runner();
            var late = other.run(order("hall/lamp on", Duration.ofMillis(200)));
            assertThat(why(late)).isEqualTo("not started: hall/lamp is used by R-12.3.1.1");
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> house.boards().set("hall/lamp", true, "local:alice")))
                    .hasMessage("hall/lamp is used by R-12.3.1.1");
            runner.stop(KEY, "enough");
            end.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void what_cannot_be_done_is_not_begun() throws Exception {
        try (var house = house().hall().start()) {
            house.hearing();
            assertThat(why(run(house, "hall/lamp on\nhall/lmap on")))
                    .isEqualTo("not started: hall has no signal lmap; did you mean hall/lamp?");
            assertThat(why(run(house, "hal/lamp on")))
                    .isEqualTo("not started: there is no board hal; did you mean \"hall\"?");
            assertThat(why(run(house, "hall/lamp on\nhall/button on")))
                    .startsWith("not started: hall/button is an input");
            assertThat(
                            why(
                                    house.boards()
                                            .runner()
                                            .run(
                                                    order(
                                                            "hall/lamp pulse 2s",
                                                            Duration.ofSeconds(1)))))
                    .isEqualTo("not started: its pulses take 2000 ms, and the step has 1000");
            assertThat(house.chip().levels("LAMP")).containsExactly(false);
        }
    }

    @Test
    void a_board_that_is_away_is_waited_for_and_then_named() throws Exception {
        try (var house = house().hall().start().hearing()) {
            house.chip().unplug();
            Await.until("it is missed", () -> house.detail().contains("there is no chip"));
            var runner = house.boards().runner();
            assertThat(why(runner.run(order("hall/lamp on", Duration.ofMillis(200)))))
                    .startsWith("not started: hall/lamp is not there: there is no chip");
            var end = begin(runner, "hall/lamp on");
            house.chip().plugIn();
            assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(StepEnd.Succeeded.class);
        }
    }

    @Test
    void a_chip_that_goes_in_a_pulse_fails_the_step() throws Exception {
        try (var house = house().hall().start().hearing()) {
            var runner = house.boards().runner();
            var end = begin(runner, "hall/lamp pulse 500ms");
            Await.until("it is on", () -> house.chip().levels("LAMP").contains(true));
            house.chip().unplug();
            assertThat(end.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            StepEnd.Failed.class,
                            it ->
                                    assertThat(it.reason())
                                            .isInstanceOf(FailureReason.Unexpected.class));
        }
    }

    @Test
    void without_boards_the_roster_is_named() throws Exception {
        try (var house = house().start()) {
            assertThat(why(run(house, "hall/lamp on")))
                    .isEqualTo("not started: the roster has no boards (ingress.boards)");
        }
    }

    @Test
    void an_input_of_a_real_chip_cannot_be_set_and_one_of_a_simulated_chip_can() throws Exception {
        try (var house =
                house().hall()
                        .board("real", "pinctrl-none", Map.of("door", GpioHouse.BUTTON))
                        .sop("lamp", "button", "")
                        .start()) {
            Await.until("it hears", () -> house.health(0).hears());
            house.boards().set("hall/button", true, "local:alice");
            Await.until("it is heard", () -> house.taken.size() == 1);
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> house.boards().set("real/door", true, "local:alice")))
                    .hasMessageStartingWith("real/door is an input");
        }
    }
}
