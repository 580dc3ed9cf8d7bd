package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.store.Chat.PostRow;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** What rooms are told of the service itself. */
class ServiceLinesTest {
    @TempDir private Path folder;
    private House house;
    private List<ServiceLines.Place> places;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        places =
                List.of(
                        new ServiceLines.Place("red", "r", sop -> house.shows("red", sop)),
                        new ServiceLines.Place("blue", "b", sop -> house.shows("blue", sop)));
    }

    private void start() {
        house.now = house.now.plusSeconds(1);
        lines().started(places, 3, 0);
    }

    private ServiceLines lines() {
        return new ServiceLines(house.store, house.views(house.store), house.clock);
    }

    private List<String> told(String connector) {
        return house.store.<List<PostRow>>read(it -> it.chat().openPosts(connector)).stream()
                .map(it -> StoredPost.of(it.text().orElseThrow()).document().plain())
                .toList();
    }

    /** A run whose machine is at work. */
    private RunId working() {
        var run = house.start("work");
        var _ =
                house.engine.command(
                        run, new RunCommand.Begin(new StepVisit(1, 1), 1, "here", "d", house.now));
        assertThat(house.phase(run)).containsInstanceOf(Phase.Executing.class);
        return run;
    }

    @Test
    void a_start_and_a_clean_stop_are_one_line_each() {
        start();
        working();
        assertThat(lines().stopping(places)).hasSize(1);
        start();

        assertThat(told("red")).hasSize(3).allMatch(it -> it.startsWith("Sopwith "));
        assertThat(told("blue")).hasSize(3);
    }

    @Test
    void a_crash_is_one_line_for_each_run_that_was_interrupted() {
        start();
        house.start("deploy");
        var run = working();
        start();

        assertThat(told("red"))
                .filteredOn(it -> it.contains("was interrupted"))
                .singleElement()
                .asString()
                .contains(run + " work");
    }

    @Test
    void who_has_one_more_account_is_told_on_the_others() {
        var before = house.roster;
        house.account("alice", "alice2");

        assertThat(lines().adopted(places, before, house.roster)).hasSize(1);
        assertThat(lines().adopted(places, house.roster, before)).isEmpty();

        assertThat(told("red"))
                .singleElement()
                .asString()
                .contains("alice: fake:alice2", "tell whoever keeps the roster");
    }

    @Test
    void a_run_that_was_interrupted_is_told_only_where_it_is_shown() {
        house.route("work", "blue");
        start();
        working();
        start();

        assertThat(told("red")).noneMatch(it -> it.contains("was interrupted"));
        assertThat(told("blue")).anyMatch(it -> it.contains("was interrupted"));
    }
}
