package dev.sopwith.bot.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Command.Target;
import dev.sopwith.engine.run.RunCommand.Answer;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What words mean, and what is said when they mean nothing. */
final class CommandParserTest {
    private static final RunId R12 = new RunId(12);
    private static final RunId R3 = new RunId(3);
    private static final CommandParser ALL = new CommandParser(EnumSet.allOf(Verb.class));
    private static final Setting THREAD = Setting.thread(R12);
    private static final Setting PREFIXED = Setting.addressed(R12);
    private static final Setting REPLY = Setting.reply(R12, "k7p2q");

    private final FakeNames names = new FakeNames();

    private Reading read(String text) {
        return read(text, Setting.DIRECT);
    }

    private Reading read(String text, Setting setting) {
        return ALL.read(text, setting, names);
    }

    private static Reading is(Command command) {
        return new Reading.Understood(command);
    }

    private static Reading wrong(String problem) {
        return new Reading.Wrong(problem);
    }

    private static Reading ask(String asked, String... candidates) {
        return new Reading.Question(asked, List.of(candidates));
    }

    private static final Reading TALK = new Reading.Talk();

    // Plain words

    @Test
    void a_verb_and_what_it_takes() {
        assertThat(read("status")).isEqualTo(is(new Command.Status(Optional.empty())));
        assertThat(read("status R-12")).isEqualTo(is(new Command.Status(Optional.of(R12))));
        assertThat(read("log 12 2")).isEqualTo(is(new Command.Log(R12, OptionalInt.of(2))));
        assertThat(read("rerun 12 from 2"))
                .isEqualTo(is(new Command.Rerun(R12, OptionalInt.of(2))));
        assertThat(read("clock ok")).isEqualTo(is(new Command.ClockOk()));
        assertThat(read("help deny")).isEqualTo(is(new Command.Help(Optional.of(Verb.DENY))));
    }

    @Test
    void phones_write_capitals_no_break_spaces_and_curly_quotes() {
        assertThat(read("Approve\u00a0K7P2Q")).isEqualTo(is(new Command.Approve("k7p2q", "")));
        assertThat(read("Run deploy who=“ann lee”"))
                .isEqualTo(is(new Command.Run("deploy", Map.of("who", "ann lee"))));
    }

    @Test
    void quotes_hold_a_value_together() {
        assertThat(read("run deploy a=\"x y\" b='\"' c=\"\\\"\\\\\" d= \"e=f g\""))
                .isEqualTo(
                        is(
                                new Command.Run(
                                        "deploy",
                                        Map.of(
                                                "a", "x y", "b", "\"", "c", "\"\\", "d", "", "e",
                                                "f g"))));
    }

    @Test
    void an_apostrophe_is_a_letter_and_a_note_needs_no_quotes() {
        assertThat(read("run deploy why=don't who=o'neil"))
                .isEqualTo(is(new Command.Run("deploy", Map.of("why", "don't", "who", "o'neil"))));
        assertThat(read("cancel 12 it's \"too\"  late")) //
                .isEqualTo(is(new Command.Cancel(R12, "it's \"too\"  late")));
        assertThat(read("cancel 12 'twas \"it"))
                .isEqualTo(is(new Command.Cancel(R12, "'twas \"it")));
        assertThat(read("cancel 12 \"all in quotes\""))
                .isEqualTo(is(new Command.Cancel(R12, "all in quotes")));
    }

    @Test
    void words_of_a_shell_are_not_taken_apart_again() {
        assertThat(ALL.read(List.of("run", "deploy", "a=\"x", "b=y z"), Setting.DIRECT, names))
                .isEqualTo(is(new Command.Run("deploy", Map.of("a", "\"x", "b", "y z"))));
        assertThat(ALL.read(List.of("done", "looks", "good"), Setting.DIRECT, names))
                .isEqualTo(is(new Command.Reply(Answer.DONE, Optional.empty(), "looks good")));
    }

    @Test
    void a_code_or_a_run_says_which_gate() {
        assertThat(read("deny K7P2Q not today"))
                .isEqualTo(is(new Command.Deny(new Target.Code("k7p2q"), "not today")));
        assertThat(read("deny 12")).isEqualTo(is(new Command.Deny(new Target.OfRun(R12), "")));
        names.codes = List.of("23456");
        assertThat(read("deny 23456"))
                .as("a code may be all digits")
                .isEqualTo(is(new Command.Deny(new Target.Code("23456"), "")));
        assertThat(read("approve 23457")).isEqualTo(is(new Command.Approve("23457", "")));
    }

    // What is wrong is said in one line

    @Test
    void a_slip_is_named_with_what_was_meant() {
        assertThat(read("aprove k7p2q"))
                .isEqualTo(wrong("unknown aprove; did you mean \"approve\"?"));
        assertThat(read("hello there"))
                .isEqualTo(wrong("unknown hello; write \"help\" to see what can be said"));
        assertThat(read("unf"))
                .as("what it begins comes before what looks like it")
                .isEqualTo(wrong("unknown unf; did you mean \"unfreeze\"?"));
        assertThat(
                        new CommandParser(EnumSet.of(Verb.RUN, Verb.UNFREEZE))
                                .read("un", Setting.DIRECT, names))
                .isEqualTo(wrong("unknown un; did you mean \"unfreeze\"?"));
        assertThat(read("help hlep")).isEqualTo(wrong("unknown hlep; did you mean \"help\"?"));
        assertThat(read(" "))
                .isEqualTo(wrong("nothing was asked; write \"help\" to see what can be said"));
        names.sops = List.of("deploy", "reboot");
        assertThat(read("run depoy"))
                .isEqualTo(wrong("there is no SOP \"depoy\"; did you mean \"deploy\"?"));
        assertThat(read("run x")).isEqualTo(wrong("there is no SOP \"x\"; known: deploy, reboot"));
        assertThat(read("why gone"))
                .as("it may have been removed since")
                .isEqualTo(is(new Command.Why("gone")));
    }

    @Test
    void what_is_missing_or_too_much_is_said_with_the_usage() {
        assertThat(read("run"))
                .isEqualTo(wrong("run takes the name of a SOP: run NAME [key=value ...]"));
        assertThat(read("runs 3")).isEqualTo(wrong("runs takes no words after it"));
        assertThat(read("resume")).isEqualTo(wrong("resume takes a run: resume RUN"));
        assertThat(read("resume 12 now")).isEqualTo(wrong("\"now\" is too much: resume RUN"));
        assertThat(read("status soon"))
                .isEqualTo(wrong("\"soon\" is no run; runs are called R-12 or 12"));
        assertThat(read("log 12 two")).isEqualTo(wrong("a step is a number, not \"two\""));
        assertThat(read("run deploy x = 1"))
                .isEqualTo(
                        wrong(
                                "\"x\" is no key=value; write it without blanks, or the value in"
                                        + " quotes"));
        assertThat(read("run deploy x=1 x=2")).isEqualTo(wrong("\"x\" is given twice"));
        assertThat(read("run deploy x=\"1 2"))
                .isEqualTo(wrong("the quotation that begins with \"x=1 2\" has no end"));
        assertThat(read("approve R-12"))
                .isEqualTo(
                        wrong(
                                "a yes names the code of its gate, not the run; see the codes:"
                                        + " pending"));
        assertThat(read("clock wrong")).isEqualTo(wrong("clock takes the word ok: clock ok"));
    }

    @Test
    void only_what_is_offered_here_is_known() {
        var some = new CommandParser(EnumSet.of(Verb.RUN, Verb.RUNS));
        assertThat(some.read("status", Setting.DIRECT, names))
                .isEqualTo(wrong("unknown status; write \"help\" to see what can be said"));
    }

    // What is not clear is asked

    @Test
    void candidates_are_commands_to_be_sent_as_they_stand() {
        assertThat(read("un R-12"))
                .isEqualTo(ask("unknown un", "unvote R-12", "unpause R-12", "unfreeze R-12"));
        names.sops = List.of("deploy-db", "deploy-web", "reboot");
        var reading = read("run deploy who=\"a b\"");
        assertThat(reading)
                .isEqualTo(
                        ask(
                                "there is no SOP \"deploy\"",
                                "run deploy-db who=\"a b\"",
                                "run deploy-web who=\"a b\""));
        assertThat(((Reading.Question) reading).line())
                .isEqualTo(
                        "there is no SOP \"deploy\"; say \"run deploy-db who=\"a b\"\" or \"run"
                                + " deploy-web who=\"a b\"\"");
    }

    @Test
    void a_run_that_was_left_out_is_asked_for_unless_only_one_can_be_meant() {
        names.runs = List.of(R3);
        assertThat(read("done all good"))
                .isEqualTo(is(new Command.Reply(Answer.DONE, Optional.of(R3), "all good")));
        assertThat(read("cancel"))
                .as("what ends a run names it")
                .isEqualTo(ask("cancel takes a run", "cancel R-3"));
        names.runs = List.of(R3, R12);
        assertThat(read("done all good"))
                .isEqualTo(
                        ask("2 runs wait for people", "done R-3 all good", "done R-12 all good"));
    }

    @Test
    void all_that_was_printed_is_of_one_step() {
        assertThat(read("log 12 2 full"))
                .isEqualTo(is(new Command.Log(R12, OptionalInt.of(2), true)));
        for (var text : List.of("log 12 full", "log R-12 Full")) {
            assertThat(read(text).toString()).contains("takes the number of a step before full");
        }
        assertThat(read("log 12 2 full 3").toString()).contains("too much");
    }

    // In a run's thread

    @Test
    void in_a_thread_its_run_is_meant() {
        assertThat(read("status", THREAD)).isEqualTo(is(new Command.Status(Optional.of(R12))));
        assertThat(read("cancel", THREAD)).isEqualTo(is(new Command.Cancel(R12, "")));
        assertThat(read("log 2", THREAD)).isEqualTo(is(new Command.Log(R12, OptionalInt.of(2))));
        assertThat(read("log R-3 2", THREAD)).isEqualTo(is(new Command.Log(R3, OptionalInt.of(2))));
        assertThat(read("log 2 full", THREAD))
                .isEqualTo(is(new Command.Log(R12, OptionalInt.of(2), true)));
        assertThat(read("log R-3 2 full", THREAD))
                .isEqualTo(is(new Command.Log(R3, OptionalInt.of(2), true)));
        assertThat(read("rerun from 2", THREAD))
                .isEqualTo(is(new Command.Rerun(R12, OptionalInt.of(2))));
        assertThat(read("deny", THREAD)).isEqualTo(is(new Command.Deny(new Target.OfRun(R12), "")));
        assertThat(read("cancel wrong host", PREFIXED))
                .isEqualTo(is(new Command.Cancel(R12, "wrong host")));
        assertThat(read("deny wrong host", PREFIXED))
                .isEqualTo(is(new Command.Deny(new Target.OfRun(R12), "wrong host")));
    }

    @Test
    void talk_is_talk() {
        for (var talk :
                List.of(
                        "skip lunch?",
                        "done with this, thanks",
                        "done.",
                        "run it again",
                        "why",
                        "why?",
                        "show me",
                        "pause",
                        "help me",
                        "cancel the meeting",
                        "clock",
                        "\"done\" \"12\"",
                        "hello",
                        "approve this one",
                        "aprove of it",
                        "",
                        "status R-12 please")) {
            assertThat(read(talk, THREAD)).as(talk).isEqualTo(TALK);
        }
    }

    @Test
    void a_verb_alone_or_with_runs_steps_and_codes_is_no_talk() {
        assertThat(read("done", THREAD))
                .isEqualTo(is(new Command.Reply(Answer.DONE, Optional.of(R12), "")));
        assertThat(read("approve k7p2q", THREAD)).isEqualTo(is(new Command.Approve("k7p2q", "")));
        assertThat(read("approve", THREAD))
                .isEqualTo(wrong("approve takes the code of a gate: approve CODE [reason]"));
        assertThat(read("approve R-12", THREAD)).isInstanceOf(Reading.Wrong.class);
        assertThat(read("clock ok", THREAD)).isEqualTo(is(new Command.ClockOk()));
        names.codes = List.of("k7p2q");
        assertThat(read("aprove k7p2q", THREAD))
                .as("a vote with a slip is not met by silence")
                .isEqualTo(wrong("unknown aprove; did you mean \"approve\"?"));
    }

    @Test
    void nothing_is_done_to_another_run_because_of_a_bare_number() {
        assertThat(read("done 3", THREAD))
                .isEqualTo(ask("this is the thread of R-12", "done R-3", "done R-12"));
        assertThat(read("done 3 boxes left", PREFIXED))
                .isEqualTo(
                        ask(
                                "this is the thread of R-12",
                                "done R-3 boxes left",
                                "done R-12 \"3 boxes left\""));
        assertThat(read("rerun 3", THREAD))
                .isEqualTo(ask("this is the thread of R-12", "rerun R-3", "rerun R-12 from 3"));
        assertThat(read("done R-3", THREAD))
                .isEqualTo(is(new Command.Reply(Answer.DONE, Optional.of(R3), "")));
        assertThat(read("status 3", THREAD)).isEqualTo(is(new Command.Status(Optional.of(R3))));
    }

    @Test
    void a_mistyped_code_does_not_become_the_reason_of_a_no() {
        assertThat(read("deny k7p3q too late", PREFIXED))
                .isEqualTo(ask("no open gate has the code k7p3q", "deny R-12 k7p3q too late"));
        assertThat(read("deny k7p3q", THREAD))
                .isEqualTo(is(new Command.Deny(new Target.Code("k7p3q"), "")));
    }

    // In a reply to a prompt

    @Test
    void a_reply_to_a_prompt_means_its_gate() {
        assertThat(read("approve", REPLY)).isEqualTo(is(new Command.Approve("k7p2q", "")));
        assertThat(read("approve looks good", REPLY))
                .isEqualTo(is(new Command.Approve("k7p2q", "looks good")));
        assertThat(read("deny these are wrong", REPLY))
                .isEqualTo(is(new Command.Deny(new Target.Code("k7p2q"), "these are wrong")));
        assertThat(read("unvote", REPLY))
                .isEqualTo(is(new Command.Unvote(new Target.Code("k7p2q"))));
        names.codes = List.of("z9z9z");
        assertThat(read("approve z9z9z", REPLY))
                .as("who writes another gate's code means that one")
                .isEqualTo(is(new Command.Approve("z9z9z", "")));
    }

    // What deliveries come to

    @Test
    void a_delivery_to_be_tried_out_has_a_source_a_topic_and_what_follows_as_it_stands() {
        assertThat(read("trigger test MQTT ops/deploy {\"a\": \"b c\"}"))
                .isEqualTo(
                        is(new Command.TestTrigger(Source.MQTT, "ops/deploy", "{\"a\": \"b c\"}")));
        assertThat(read("trigger test cron nightly"))
                .isEqualTo(is(new Command.TestTrigger(Source.CRON, "nightly", "")));
        assertThat(read("trigger test gpio x").toString())
                .contains("nothing comes from", "webhook, mqtt, cron, peripheral");
        assertThat(read("trigger webhook x").toString()).contains("takes the word test");
    }

    // The table of verbs

    @Test
    void every_verb_stands_in_the_table_with_what_it_takes() {
        assertThat(Verb.LOG.usage()).isEqualTo("log RUN [STEP] [full]");
        assertThat(Verb.RERUN.usage()).isEqualTo("rerun RUN [from STEP]");
        assertThat(Help.table(List.of(Verb.RUNS)))
                .containsExactly(List.of("runs", "List the newest runs."));
        for (var verb : Verb.values()) {
            assertThat(Help.about(verb)).as(verb.word()).startsWith(verb.usage());
            assertThat(example(verb)).as(verb.word()).isInstanceOf(Reading.Understood.class);
            assertThat(((Reading.Understood) example(verb)).command().verb()).isEqualTo(verb);
        }
    }

    /** The verb with one word for each thing that usage names. */
    private Reading example(Verb verb) {
        var words = new StringBuilder(verb.word());
        for (var parameter : verb.parameters()) {
            words.append(
                    switch (parameter.kind()) {
                        case SOP, PAST_SOP -> " deploy";
                        case INPUTS -> " a=b";
                        case RUN_ID, CODE_OR_RUN -> " R-3";
                        case STEP -> " 2";
                        case FROM_STEP -> " from 2";
                        case FULL -> " full";
                        case CODE, LINK_CODE -> " k7p2q";
                        case NOTE, REASON -> " because of it";
                        case VERB -> " run";
                        case OK -> " ok";
                        case FILE -> " /tmp/copy";
                        case TEST -> " test";
                        case SOURCE -> " webhook";
                        case TOPIC -> " /sop/deploy";
                        case PAYLOAD -> " {\"env\": \"prod\"}";
                    });
        }
        return read(words.toString());
    }
}
