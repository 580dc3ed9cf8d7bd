package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.room.House;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.step.StepOutputs;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What comes of commands, whoever gives them: alice and bob may run all, carol may see all. */
class DeedsTest {
    @TempDir private Path folder;
    private House house;
    private Deeds deeds;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        deeds =
                new Deeds(
                        house.engine,
                        () -> house.sops,
                        new Rights(() -> house.roster, "svc"),
                        house.overview,
                        house.views(house.store),
                        new StepOutputs(folder),
                        house.clock);
    }

    private Result say(String person, Command command) {
        var identity = new Identity("fake", person);
        var rights = new Rights(() -> house.roster, "svc");
        return deeds.act(command, rights.inRoom(identity).orElseThrow());
    }

    private static String text(Result result) {
        var text = new ArrayList<>(result.lines());
        result.table().forEach(row -> text.add(String.join("  ", row)));
        return String.join("\n", text);
    }

    private List<String> trail(String kind) {
        return house.store.<List<String>>read(
                it ->
                        it.trail().ofKind(kind).stream()
                                .map(row -> row.body().orElseThrow().text())
                                .toList());
    }

    private Result run(String person, String sop) {
        return say(person, new Command.Run(sop, Map.of()));
    }

    // Pausing

    @Test
    void a_sop_that_is_paused_starts_for_nobody_and_everybody_is_told() {
        var going = house.start("deploy");
        assertThat(text(say("bob", new Command.Pause("deploy"))))
                .contains("deploy is paused", "unpause deploy", "goes on: " + going);

        var refused = run("alice", "deploy");
        assertThat(refused.kind()).isEqualTo(Result.Kind.NO);
        assertThat(text(refused)).contains("frozen: paused by fake:bob", "unpause deploy");
        assertThat(text(say("alice", new Command.Rerun(going, OptionalInt.empty()))))
                .contains("R-1");
        for (var where : List.of(new Command.Status(Optional.empty()), new Command.Why("deploy"))) {
            assertThat(text(say("carol", where)))
                    .contains("deploy is paused by fake:bob since 2026-11-21T03:00:00Z");
        }

        assertThat(text(say("alice", new Command.Unpause("deploy")))).contains("may start again");
        assertThat(run("alice", "deploy").kind()).isEqualTo(Result.Kind.OK);
        assertThat(text(say("alice", new Command.Unpause("deploy")))).contains("was not paused");
    }

    @Test
    void who_may_only_see_a_sop_may_not_pause_it() {
        var no = say("carol", new Command.Pause("deploy"));

        assertThat(no.kind()).isEqualTo(Result.Kind.NO);
        assertThat(text(no)).contains("you may not pause deploy");
        assertThat(house.overview.paused()).isEmpty();
        say("bob", new Command.Pause("deploy"));
        assertThat(text(say("carol", new Command.Unpause("deploy")))).contains("may not unpause");
        assertThat(text(say("bob", new Command.Pause("nothing")))).contains("there is no SOP");
    }
}
