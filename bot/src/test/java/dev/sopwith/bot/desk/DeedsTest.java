package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.room.House;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Planner;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** What comes of commands, whoever gives them: alice and bob may run all, carol may see all. */
class DeedsTest {
    @TempDir private Path folder;
    private House house;
    private Deeds deeds;

    @BeforeEach
    void open() throws Exception {
        open(new House(folder));
    }

    private void open(House opened) {
        house = opened;
        deeds =
                new Deeds(
                        house.engine,
                        Installation.of(() -> house.sops),
                        new Rights(() -> house.roster, "svc"),
                        house.overview,
                        new Planner(house.engine, House.WORLD),
                        new LinkCodes(new Random(7)),
                        house.views(house.store),
                        house.clock);
    }

    private Result say(String person, Command command) {
        return deeds.act(command, speaker(person));
    }

    private Speaker speaker(String person) {
        var rights = new Rights(() -> house.roster, "svc");
        return rights.inRoom(new Identity("fake", person)).orElseThrow();
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

    // What may not be seen

    /** Only alice sees db-copy, and only she is asked about it. */
    private RunId hidden() throws Exception {
        open(new House(folder, "{approvers: [alice]}"));
        house.access("db-copy", "alice");
        return house.atGate("db-copy");
    }

    @Test
    void a_run_that_somebody_may_not_see_is_not_there_for_their_votes() throws Exception {
        var run = hidden();
        var gate = new Command.Target.OfRun(run);
        var code = new Command.Target.Code(house.gate(run).code());

        for (var vote : List.of(new Command.Deny(gate, ""), new Command.Unvote(gate))) {
            var no = say("carol", vote);
            assertThat(no.kind()).isEqualTo(Result.Kind.WRONG);
            assertThat(text(no)).isEqualTo("there is no run R-1\nSee them: runs");
        }
        for (var vote :
                List.of(
                        new Command.Approve(house.gate(run).code(), ""),
                        new Command.Deny(code, ""),
                        new Command.Unvote(code))) {
            assertThat(text(say("carol", vote))).startsWith("no open gate has the code ");
        }
        assertThat(trail("refusal")).hasSize(5).allMatch(it -> it.contains("fake:carol"));
        assertThat(text(say("alice", new Command.Deny(gate, "")))).contains("R-1 db-copy: denied");
    }

    @Test
    void who_is_asked_may_vote_also_on_what_they_may_not_see() {
        house.access("db-copy", "alice");
        var run = house.atGate("db-copy");

        assertThat(text(say("bob", new Command.Approve(house.gate(run).code(), ""))))
                .contains("R-1 db-copy");
        assertThat(text(say("carol", new Command.Deny(new Command.Target.OfRun(run), ""))))
                .contains("denied");
    }

    @Test
    void what_somebody_may_not_see_is_offered_to_them_nowhere() throws Exception {
        var run = hidden();
        say("alice", new Command.Pause("db-copy"));

        assertThat(text(say("carol", new Command.Unpause("db-copy")))).contains("there is no SOP");
        var names = deeds.names(speaker("carol"));
        assertThat(names.sops()).doesNotContain("db-copy");
        assertThat(names.runs(Verb.STATUS)).isEmpty();
        assertThat(names.codes(Verb.DENY)).isEmpty();
        house.access("secret", "alice");
        assertThat(deeds.names(speaker("alice")).inputs("secret")).hasSize(1);
        assertThat(names.inputs("secret")).isEmpty();
        assertThat(deeds.names(speaker("alice")).runs(Verb.STATUS)).containsExactly(run);
    }

    @Test
    void only_codes_that_somebody_may_decide_are_offered() throws Exception {
        open(
                new House(
                        folder,
                        "{approvers: [alice, bob, carol], quorum: 2, exclude_initiator: true}"));
        var run = house.atGate("deploy"); // alice's
        var code = house.gate(run).code();

        assertThat(deeds.names(speaker("bob")).codes(Verb.APPROVE)).containsExactly(code);
        assertThat(deeds.names(speaker("alice")).codes(Verb.APPROVE)).isEmpty();
        assertThat(deeds.names(speaker("alice")).codes(Verb.DENY)).containsExactly(code);
        assertThat(deeds.names(speaker("bob")).codes(Verb.UNVOTE)).isEmpty();
        house.approve(run, "bob");
        assertThat(deeds.names(speaker("bob")).codes(Verb.APPROVE)).isEmpty();
        assertThat(deeds.names(speaker("bob")).codes(Verb.UNVOTE)).containsExactly(code);
        assertThat(deeds.names(speaker("bob")).steps(run)).containsEntry(2, "Go");
    }

    @Test
    void the_newest_runs_are_the_newest_that_somebody_may_see() {
        var seen = house.start("work");
        house.access("db-copy", "alice");
        for (int i = 0; i < 25; i++) house.start("db-copy");

        assertThat(text(say("carol", new Command.Runs()))).contains(seen + "  work");
        assertThat(text(say("alice", new Command.Runs())).lines()).hasSize(21);
    }

    // What is offered

    @Test
    void runs_that_have_ended_are_offered_to_look_at_and_to_start_anew() {
        var ended = house.start("deploy");
        var going = house.start("deploy");
        say("alice", new Command.Cancel(ended, ""));

        var names = deeds.names(speaker("alice"));
        assertThat(names.runs(Verb.RERUN)).containsExactly(ended);
        assertThat(names.runs(Verb.LOG)).containsExactly(ended, going);
        assertThat(names.runs(Verb.STATUS)).containsExactly(ended, going);
        assertThat(names.runs(Verb.CANCEL)).containsExactly(going);
        assertThat(names.runs(Verb.DONE)).containsExactly(going);
        assertThat(deeds.names(speaker("carol")).runs(Verb.RERUN)).isEmpty();
    }

    // Votes that come late

    @Test
    void who_votes_too_late_hears_who_was_faster_and_when() throws Exception {
        open(new House(folder, "{approvers: [alice, bob, carol]}"));
        var run = house.atGate("deploy");
        var code = house.gate(run).code();
        say("bob", new Command.Approve(code, ""));
        house.now = House.BEGINNING.plusSeconds(60);

        var late =
                List.of(
                        new Command.Approve(code, ""),
                        new Command.Deny(new Command.Target.Code(code), ""),
                        new Command.Unvote(new Command.Target.Code(code)));
        for (var vote : late) {
            var no = say("carol", vote);
            assertThat(no.kind()).isEqualTo(Result.Kind.NO);
            assertThat(no.lines().getFirst())
                    .isEqualTo("R-1: not counted: already approved by bob 2026-11-21T03:00:00Z");
        }
        say("alice", new Command.Cancel(run, ""));
        assertThat(text(say("carol", late.getFirst()))).contains("already approved by bob");

        var denied = house.atGate("deploy");
        var other = house.gate(denied).code();
        say("carol", new Command.Deny(new Command.Target.Code(other), ""));
        assertThat(text(say("bob", new Command.Approve(other, ""))))
                .startsWith("R-2: not counted: already denied by carol 2026-11-21T03:01:00Z");
    }

    @Test
    void a_vote_on_a_prompt_that_was_replaced_is_told_so() {
        var run = house.atGate("deploy");
        var gate = house.gate(run);
        house.command(
                run,
                new RunCommand.ReviseGate(gate.at(), gate.revision(), "the roster", house.now));

        assertThat(text(say("bob", new Command.Approve(gate.code(), ""))))
                .startsWith("R-1: not counted: this prompt was replaced by revision 2");
        say("alice", new Command.Cancel(run, ""));
        assertThat(text(say("bob", new Command.Approve(gate.code(), ""))))
                .startsWith("R-1: not counted: this prompt was replaced by revision 2");
    }

    // Doubt

    @Test
    void a_run_with_a_step_in_doubt_is_aborted_and_no_other() {
        var run = house.start("work");
        var step = new StepVisit(1, 1);
        house.command(run, new RunCommand.Begin(step, 1, "here", "", house.now));
        var early = say("alice", new Command.Abort(run, "gone"));
        assertThat(early.kind()).isEqualTo(Result.Kind.NO);
        assertThat(text(early)).contains("no step in doubt", "cancel R-1");

        house.command(run, new RunCommand.Doubt(step, 1, "lost", house.now));
        assertThat(text(say("carol", new Command.Abort(run, "")))).contains("may not do that");
        assertThat(text(say("alice", new Command.Abort(run, "gone"))))
                .contains("R-1 work: cancelled: aborted by alice: gone");
        assertThat(text(say("alice", new Command.Abort(run, "")))).contains("R-1 is over");
    }

    // Refusals

    @Test
    void what_somebody_may_not_is_on_the_trail_with_who_what_and_why() {
        house.access("db-copy", "alice");
        var run = house.start("deploy");
        var hidden = house.start("db-copy");
        say("carol", new Command.Cancel(run, "now"));
        say("carol", new Command.Freeze("fun"));
        say("carol", new Command.Cancel(hidden, ""));
        say("carol", new Command.Approve("abcde", ""));

        assertThat(trail("refusal"))
                .extracting(it -> it.replace("\"", ""))
                .containsExactly(
                        "{command:cancel R-1 now,by:fake:carol,reason:NOT_ALLOWED,"
                                + "text:you may not cancel R-1}",
                        "{command:freeze fun,by:fake:carol,reason:NOT_ALLOWED,"
                                + "text:only the service's own user and root may do that}",
                        "{command:cancel R-2,by:fake:carol,reason:NOT_ALLOWED,"
                                + "text:may not see runs of db-copy}",
                        "{command:approve abcde,by:fake:carol,reason:NOT_ALLOWED,"
                                + "text:no open gate has the code abcde}");
        assertThat(house.store.<Integer>read(it -> it.trail().ofRun(2).size())).isPositive();
        say("carol", new Command.Run("work", Map.of("token", "hunter2")));
        assertThat(String.join("", trail("outcome"))).contains("not allowed: fake:carol may not");
        assertThat(String.join("", trail("refusal"))).doesNotContain("hunter2");
    }

    // SOPs

    @Test
    void a_list_says_of_each_sop_whether_it_can_run_and_how_its_last_run_ended() throws Exception {
        house.start("deploy");
        say("bob", new Command.Pause("db-copy"));
        broken("half");

        assertThat(text(say("carol", new Command.ListSops())).lines())
                .anyMatch(it -> it.matches("deploy  manual  auto  ready  R-1 at person, 0 s ago"))
                .anyMatch(it -> it.startsWith("db-copy  manual  auto  paused by fake:bob since "))
                .anyMatch(it -> it.startsWith("half  -  -  broken: sops/half/SOP.md:1: "));
    }

    private void broken(String name) throws Exception {
        var place = Files.createDirectories(folder.resolve("sops").resolve(name));
        Files.writeString(place.resolve("SOP.toml"), "[sop]\nname = 7\n");
        house.sops = SopSet.load(folder.resolve("sops"), "sops", house.clock);
    }

    @Test
    void who_may_not_see_a_sop_finds_it_in_no_list_and_hears_nothing_of_it() {
        house.access("db-copy", "alice");

        assertThat(text(say("carol", new Command.ListSops()))).contains("deploy");
        assertThat(text(say("carol", new Command.ListSops()))).doesNotContain("db-copy");
        for (var asked :
                List.of(
                        new Command.Show("db-copy"),
                        new Command.Plan("db-copy", Map.of()),
                        new Command.Pause("db-copy"))) {
            var no = say("carol", asked);
            assertThat(no.kind()).isEqualTo(Result.Kind.WRONG);
            assertThat(text(no)).contains("there is no SOP db-copy; ");
        }
    }

    @Test
    void a_sop_is_shown_with_what_starts_it_and_which_steps_wait() {
        assertThat(say("carol", new Command.Show("secret")).lines())
                .containsExactly(
                        "secret 0.1.0",
                        "T",
                        "d",
                        "priority normal · mode auto · at most 100 runs at once · admission"
                                + " parallel",
                        "inputs:",
                        "  pw (string, needed, secret)",
                        "starts:",
                        "  by hand: run secret",
                        "steps:",
                        "  1. Look",
                        "     ☐ done by people",
                        "  2. Go",
                        "     ◆ waits for approval: requires_confirmation",
                        "     ☐ done by people",
                        "     then ■ the run ends",
                        "Exactly what it would do: plan secret");
    }

    @Test
    void a_sop_that_never_could_run_is_shown_with_all_that_is_wrong() throws Exception {
        broken("half");

        var no = say("carol", new Command.Show("half"));

        assertThat(no.kind()).isEqualTo(Result.Kind.NO);
        assertThat(text(no)).contains("half is broken and cannot run", "error: ");
        assertThat(text(say("alice", new Command.Plan("half", Map.of())))).contains("is broken");
    }

    // Plans

    @Test
    void a_plan_says_what_would_run_who_would_decide_and_starts_nothing() {
        assertThat(say("alice", new Command.Plan("work", Map.of())).lines())
                .containsExactly(
                        "work 0.1.0 would start now",
                        "Nothing was started. This is what a start asked for now would come to:",
                        "1. Work",
                        "     ▶ runs sh",
                        "     then ■ the run ends",
                        "    | true");
        assertThat(text(say("alice", new Command.Plan("deploy", Map.of()))))
                .contains("2 of alice, bob, carol (default); by a click; within 24 h");
        assertThat(house.overview.last(9)).isEmpty();
        assertThat(house.overview.deliveries("work", 9)).isEmpty();
    }

    @Test
    void a_plan_says_why_it_would_not_start() {
        assertThat(text(say("carol", new Command.Plan("work", Map.of()))))
                .startsWith("work 0.1.0 would not start: not allowed: fake:carol may not run it");
        assertThat(trail("outcome")).isEmpty();

        var wrong = text(say("alice", new Command.Plan("secret", Map.of("x", "1", "y", "2"))));
        assertThat(wrong).startsWith("secret 0.1.0 would not start: bad input: ");
        assertThat(wrong.lines().filter(it -> it.startsWith("  wrong: unknown"))).hasSize(2);

        house.engine.freeze("fire", "svc", house.now);
        assertThat(text(say("alice", new Command.Plan("work", Map.of()))))
                .startsWith("work 0.1.0 would not start: frozen: fire");
    }

    @Test
    void a_secret_is_not_taken_for_a_plan_either() {
        var no = say("alice", new Command.Plan("secret", Map.of("pw", "hunter2")));

        assertThat(no.kind()).isEqualTo(Result.Kind.WRONG);
        assertThat(text(no)).contains("others read along").doesNotContain("hunter2");
        assertThat(text(say("alice", new Command.Plan("secret", Map.of()))))
                .startsWith("secret 0.1.0 would start now")
                .contains("with pw = ***");
    }
}
