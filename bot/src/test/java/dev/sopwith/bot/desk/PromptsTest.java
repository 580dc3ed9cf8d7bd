package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.room.House;
import dev.sopwith.bot.room.Render;
import dev.sopwith.bot.room.RunViews;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.runtime.Planner;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Who asks what waits reads what the prompt says, and programs get the same in fields. */
class PromptsTest {
    @TempDir private Path folder;
    private House house;
    private Deeds deeds;
    private RunViews views;

    @BeforeEach
    void open() throws Exception {
        open("{approvers: [alice, bob, carol], quorum: 2}");
    }

    private void open(String policy) throws Exception {
        house = new House(folder, policy);
        views = house.views(house.store);
        deeds =
                new Deeds(
                        house.engine,
                        Installation.of(() -> house.sops),
                        new Rights(() -> house.roster, "svc"),
                        house.overview,
                        new Planner(house.engine, House.WORLD),
                        new LinkCodes(new Random(7)),
                        views,
                        house.clock);
    }

    private Result asked(Command command, Speaker.Surface surface) {
        return deeds.act(command, new Speaker(Identity.local("bob"), "bob", false, surface));
    }

    @Test
    void pending_and_status_say_what_the_prompt_says() {
        var run = house.atGate("deploy");
        house.approve(run, "bob");
        var prompt = Render.open(views.of(run).orElseThrow()).orElseThrow();

        for (var command :
                new Command[] {new Command.Pending(), new Command.Status(Optional.of(run))}) {
            var said = asked(command, Speaker.Surface.SOCKET).lines();
            assertThat(said).contains(prompt.title());
            assertThat(said)
                    .map(it -> it.replace("    | ", "").strip())
                    .containsAll(prompt.plain().lines().map(String::strip).skip(1).toList());
        }
        assertThat(prompt.plain())
                .contains("code " + house.gate(run).code(), "who may decide", "votes: 1 of 2")
                .contains("silence: without a decision by", "no: deny");
    }

    @Test
    void programs_get_it_in_fields() {
        var run = house.atGate("deploy");
        house.approve(run, "bob");
        var gate = house.gate(run);
        var data = asked(new Command.Pending(), Speaker.Surface.SOCKET).data();
        var one = data.path("pending").get(0);

        assertThat(one.path("run").asString()).isEqualTo("R-1");
        assertThat(one.path("code").asString()).isEqualTo(gate.code());
        assertThat(one.path("digest").asString()).isEqualTo(gate.digest());
        assertThat(one.path("until").asString()).isEqualTo(gate.deadline().toString());
        assertThat(one.path("silence").asString()).isEqualTo("deny");
        assertThat(one.path("deciders").get(0).path("needed").asInt()).isEqualTo(2);
        assertThat(one.path("deciders").get(0).path("counted").asInt()).isEqualTo(1);
        assertThat(one.path("votes").get(0).path("person").asString()).isEqualTo("bob");
        assertThat(one.path("may_act").toString()).isEqualTo("[\"alice\",\"carol\"]");
        var status = asked(new Command.Status(Optional.of(run)), Speaker.Surface.SOCKET).data();
        assertThat(status.path("votes").toString()).isEqualTo(one.path("votes").toString());
    }

    @Test
    void the_reason_of_a_yes_is_on_record_and_shown() {
        var run = house.atGate("deploy");
        var yes = new Command.Approve(house.gate(run).code(), "load is low");
        assertThat(asked(yes, Speaker.Surface.SOCKET).kind()).isEqualTo(Result.Kind.OK);

        var prompt = Render.open(views.of(run).orElseThrow()).orElseThrow();
        assertThat(prompt.plain()).contains("code typed: load is low");
        var pending = asked(new Command.Pending(), Speaker.Surface.SOCKET).data().path("pending");
        var vote = pending.get(0).path("votes").get(0);
        assertThat(vote.path("reason").asString()).isEqualTo("load is low");
        var log = asked(new Command.Log(run, OptionalInt.empty()), Speaker.Surface.SOCKET);
        assertThat(log.lines() + " " + log.table()).contains("approved by local:bob: load is low");
    }

    @Test
    void who_started_it_is_not_among_those_who_may_decide() throws Exception {
        open("{approvers: [alice, bob, carol], quorum: 2, exclude_initiator: true}");
        var run = house.atGate("deploy");

        for (var step : new OptionalInt[] {OptionalInt.empty(), OptionalInt.of(2)}) {
            var log = asked(new Command.Log(run, step), Speaker.Surface.SOCKET);
            assertThat(log.lines() + " " + log.table())
                    .contains("step 2 asked: bob, carol, revision 1", "not alice, who started it");
        }
        var pending = asked(new Command.Pending(), Speaker.Surface.SOCKET).data().path("pending");
        var deciders = pending.get(0).path("deciders").get(0);
        assertThat(deciders.path("persons").toString()).isEqualTo("[\"bob\",\"carol\"]");
    }

    @Test
    void in_a_room_the_prompts_stand_already() {
        house.atGate("deploy");

        assertThat(asked(new Command.Pending(), Speaker.Surface.ROOM).lines()).isEmpty();
    }

    @Test
    void of_many_the_first_are_shown_and_all_are_listed() {
        for (int i = 0; i < 7; i++) house.atGate("deploy");
        var said = asked(new Command.Pending(), Speaker.Surface.SOCKET);

        assertThat(said.lines()).filteredOn(it -> it.contains("needs a yes")).hasSize(5);
        assertThat(said.lines()).anyMatch(it -> it.contains("status RUN"));
        assertThat(said.table()).hasSize(8);
    }

    @Test
    void where_nobody_is_asked_there_is_no_prompt() {
        var run = house.start("work");

        assertThat(Render.open(views.of(run).orElseThrow())).isEmpty();
        var status = asked(new Command.Status(Optional.of(run)), Speaker.Surface.SOCKET).data();
        assertThat(status.has("prompt")).isFalse();
    }
}
