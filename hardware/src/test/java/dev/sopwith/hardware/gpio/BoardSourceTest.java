package dev.sopwith.hardware.gpio;

import static dev.sopwith.hardware.gpio.GpioHouse.BUTTON;
import static dev.sopwith.hardware.gpio.GpioHouse.CHIP;
import static dev.sopwith.hardware.gpio.GpioHouse.LAMP;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.IngressSettings.Pull;
import dev.sopwith.engine.sop.Trigger.Edge;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Channel;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signals that start SOPs, on a simulated chip. */
class BoardSourceTest {
    @TempDir Path folder;

    private GpioHouse house() throws Exception {
        return new GpioHouse(folder.resolve("sops"));
    }

    @Test
    void an_edge_becomes_a_delivery() throws Exception {
        try (var house = house().hall().sop("lamp", "button", "").start().hearing()) {
            house.chip().drive("BUTTON", true);
            Await.until("it is taken in", () -> house.taken.size() == 1);
            var it = house.taken.getFirst();
            assertThat(it.delivery().source()).isEqualTo(Source.PERIPHERAL);
            assertThat(it.delivery().topic()).isEqualTo("hall/button");
            assertThat(it.delivery().payload().text())
                    .matches(
                            "\\{\"board\":\"hall\",\"signal\":\"button\",\"value\":1,"
                                    + "\"at\":\"2[-0-9T:.]+Z\",\"seq\":1}");
            assertThat(it.channel()).contains(new Channel.Pin(Edge.RISING));
            assertThat(it.cause()).isEqualTo("hall/button went on");
            assertThat(house.health(0).lastDelivery()).contains(it.at());
        }
    }

    @Test
    void equal_edges_are_deliveries_of_their_own() throws Exception {
        try (var house = house().hall().sop("lamp", "button", "").start().hearing()) {
            for (int i = 0; i < 4; i++) house.chip().drive("BUTTON", i % 2 == 0);
            Await.until("all are taken in", () -> house.taken.size() == 4);
            assertThat(house.values()).containsExactly("1", "0", "1", "0");
            assertThat(house.taken.stream().map(Arrival::key).distinct()).hasSize(4);
        }
    }

    @Test
    void only_edges_that_a_trigger_asks_for_are_taken_in() throws Exception {
        try (var house = house().hall().start().hearing()) {
            house.chip().drive("BUTTON", true);
            house.sop("lamp", "button", "edge = \"falling\"");
            house.chip().drive("BUTTON", false);
            house.chip().drive("BUTTON", true);
            house.chip().drive("BUTTON", false);
            Await.until("two are taken in", () -> house.taken.size() == 2);
            assertThat(house.values()).containsExactly("0", "0");
        }
    }

    @Test
    void where_low_means_on_an_edge_to_low_is_rising() throws Exception {
        var signals = Map.of("door", GpioHouse.in("DOOR", Pull.UP, true));
        try (var house =
                house().board("hall", CHIP, signals)
                        .sop("lamp", "door", "edge = \"rising\"")
                        .start()
                        .hearing()) {
            assertThat(house.boards().rows().getFirst().isOn()).contains(false);
            house.chip().drive("DOOR", false);
            Await.until("it is taken in", () -> house.taken.size() == 1);
            assertThat(house.values()).containsExactly("1");
            assertThat(house.boards().rows().getFirst().isOn()).contains(true);
        }
    }

    @Test
    void what_bounces_is_one_edge_at_the_level_where_it_ends() throws Exception {
        try (var house =
                house().hall()
                        .sop("lamp", "button", "debounce_ms = 300")
                        .sop("other", "button", "debounce_ms = 50")
                        .start()
                        .hearing()) {
            Await.until("the note is there", () -> !house.boards().notes().isEmpty());
            assertThat(house.boards().notes())
                    .containsExactly(
                            "hall/button: triggers ask for a debounce_ms of 50 and of 300; 300"
                                    + " holds for all");
            for (int i = 0; i < 9; i++) house.chip().drive("BUTTON", i % 2 == 0);
            Await.until("one is taken in", () -> !house.taken.isEmpty());
            house.chip().drive("BUTTON", false);
            Await.until("another is taken in", () -> house.taken.size() == 2);
            assertThat(house.values()).containsExactly("1", "0");
        }
    }

    @Test
    void while_the_store_is_away_edges_wait_under_their_keys() throws Exception {
        try (var house = house().hall().sop("lamp", "button", "").start().hearing()) {
            house.outages.set(1);
            house.full.set(1);
            for (int i = 0; i < 6; i++) house.chip().drive("BUTTON", i % 2 == 0);
            Await.until("all are taken in", () -> house.taken.size() == 6);
            assertThat(house.taken.stream().map(Arrival::key).distinct()).hasSize(6);
            assertThat(house.health(0).hears()).isTrue();
        }
    }

    @Test
    void edges_that_nobody_could_read_are_counted_and_said() throws Exception {
        try (var house = house().hall().sop("lamp", "button", "").start().hearing()) {
            house.chip().drive("BUTTON", true);
            house.chip().lose("BUTTON", 12);
            house.chip().drive("BUTTON", false);
            Await.until("two are taken in", () -> house.taken.size() == 2);
            assertThat(house.taken.getLast().delivery().payload().text()).contains("\"seq\":14}");
            assertThat(house.detail()).contains("button: 12 edges lost");
            assertThat(house.boards().rows())
                    .filteredOn(it -> it.signal().equals("button"))
                    .singleElement()
                    .satisfies(it -> assertThat(it.missed()).isEqualTo(12));
        }
    }

    @Test
    void a_chip_that_goes_is_missed_and_used_again_when_it_is_back() throws Exception {
        try (var house = house().hall().sop("lamp", "button", "").start().hearing()) {
            house.chip().unplug();
            Await.until("it is missed", () -> !house.health(0).hears());
            Await.until("it says so", () -> house.detail().contains("sim:hall: there is no chip"));
            assertThat(house.boards().rows())
                    .allSatisfy(it -> assertThat(it.isOn()).isEqualTo(Optional.empty()));
            house.chip().plugIn();
            house.hearing();
            house.chip().drive("BUTTON", true);
            Await.until("it is heard", () -> house.values().equals(List.of("1")));
        }
    }

    @Test
    void a_line_that_is_held_is_named_with_its_holder_and_the_others_are_used() throws Exception {
        var house = house().hall().sop("lamp", "button", "");
        try (house) {
            house.start();
            house.chip().hold("OTHER", "");
            house.hearing();
            house.close();
        }
        try (var second =
                new GpioHouse(folder.resolve("second"))
                        .board("hall", CHIP, Map.of("button", BUTTON))
                        .board("cellar", CHIP, Map.of("switch", BUTTON, "lamp", LAMP))
                        .start()) {
            Await.until(
                    "one of them has it",
                    () -> second.health(0).hears() != second.health(1).hears());
            var loser = second.health(0).hears() ? 1 : 0;
            Await.until(
                    "it is named",
                    () -> second.health(loser).detail().contains("held by \"sopwith:"));
        }
    }

    @Test
    void a_machine_without_the_chip_says_so_and_the_other_boards_go_on() throws Exception {
        try (var house =
                house().board("cellar", "no-such-chip", Map.of("float", BUTTON))
                        .hall()
                        .sop("lamp", "button", "")
                        .start()) {
            Await.until("the other hears", () -> house.health(1).hears());
            Await.until("it says so", () -> house.detail().contains("there is no chip"));
            assertThat(house.health(0).hears()).isFalse();
            assertThat(house.detail()).startsWith("no-such-chip: there is no chip");
            house.chip().drive("BUTTON", true);
            Await.until("it is taken in", () -> house.taken.size() == 1);
        }
    }

    @Test
    void two_signals_on_one_line_are_refused() throws Exception {
        try (var house =
                house().board(
                                "hall",
                                CHIP,
                                new java.util.TreeMap<>(Map.of("a", BUTTON, "b", BUTTON)))
                        .start()) {
            Await.until("it says so", () -> house.detail().contains("b: it is the same line as a"));
        }
    }
}
