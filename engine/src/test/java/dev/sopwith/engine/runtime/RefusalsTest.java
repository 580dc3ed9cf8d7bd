package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Refusals are on the trail, and a flood of them is a number there. */
class RefusalsTest {
    private static final int FLOOD = Refusals.MINUTE_MAX + 5;

    @TempDir private Path folder;
    private House house;

    @BeforeEach
    void open() {
        house = new House(folder, new InMemoryStore(new Random(7))).people("a", "");
    }

    private void refuse(String by) {
        house.engine().refuse(Optional.empty(), by, "freeze", "may not", house.now);
    }

    private List<String> trail(String kind) {
        return house.store.<List<String>>read(
                it ->
                        it.trail().ofKind(kind).stream()
                                .map(row -> row.body().orElseThrow().text())
                                .toList());
    }

    @Test
    void of_a_flood_of_one_account_the_most_is_only_counted_and_others_are_not_touched() {
        for (int i = 0; i < FLOOD; i++) refuse("fake:mallory");
        refuse("fake:carol");
        assertThat(trail("refusal"))
                .hasSize(Refusals.MINUTE_MAX + 1)
                .last()
                .asString()
                .contains("carol");

        house.now = house.now.plus(Duration.ofMinutes(1));
        house.engine().fillSlots(house.now);

        assertThat(trail("refusals counted"))
                .containsExactly(
                        "{\"by\":\"fake:mallory\",\"minute\":\"2026-11-21T03:00:00Z\",\"more\":\"5\"}");
        refuse("fake:mallory");
        assertThat(trail("refusal")).hasSize(Refusals.MINUTE_MAX + 2);
    }

    @Test
    void the_count_outlives_the_service() {
        for (int i = 0; i < FLOOD; i++) refuse("fake:mallory");

        var next = new House(folder, house.store).load();
        next.now = house.now.plus(Duration.ofDays(1));
        next.engine().fillSlots(next.now);
        next.engine().fillSlots(next.now);

        assertThat(trail("refusals counted")).singleElement().asString().contains("more\":\"5");
    }

    @Test
    void more_accounts_than_can_be_told_apart_are_one_flood() {
        for (int i = 0; i < Refusals.ACCOUNTS_MAX + FLOOD; i++) refuse("fake:" + i);

        assertThat(trail("refusal")).hasSize(Refusals.ACCOUNTS_MAX + Refusals.MINUTE_MAX);
    }

    @Test
    void what_a_run_refuses_is_counted_too() {
        house.ask("a");
        var mallory = new Actor("mallory", "fake:mallory");
        for (int i = 0; i < FLOOD; i++) {
            house.command(1, new RunCommand.Resume(mallory, house.now));
        }

        assertThat(trail("refusal")).hasSize(Refusals.MINUTE_MAX);
        assertThat(house.store.<Integer>read(it -> it.trail().ofRun(1).size()))
                .isGreaterThan(Refusals.MINUTE_MAX);
    }

    @Test
    void starts_by_who_may_not_do_not_fill_the_disk() {
        var arrival = house.arrival(Source.MANUAL, "a", "", Optional.empty(), Map.of(), true);
        var sop = house.sops().find("a").orElseThrow().sop();
        for (int i = 0; i < 300; i++) {
            var outcome = house.engine().refuse(sop, "fake:mallory", "may not run it", arrival);
            assertThat(outcome).hasToString("not allowed: may not run it");
        }

        assertThat(trail("outcome")).hasSize(Refusals.MINUTE_MAX);
        assertThat(house.store.<Integer>read(it -> it.deliveries().last("a", 999).size()))
                .isLessThanOrEqualTo(Refusals.MINUTE_MAX + 100);
    }

    @Test
    void it_is_on_the_record_of_the_run_that_it_was_about() {
        house.ask("a");
        house.engine().refuse(Optional.of(new RunId(1)), "fake:bob", "cancel R-1", "no", house.now);

        assertThat(house.store.<String>read(it -> it.trail().ofRun(1).getLast().link().kind()))
                .isEqualTo("refusal");
    }
}
