package dev.sopwith.bot.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.Command.Target;
import dev.sopwith.engine.run.RunCommand.Answer;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.trigger.Source;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** What holds for every message and every command; the seed in a failure replays it. */
final class CommandFuzzTest {
    private static final CommandParser PARSER = new CommandParser(EnumSet.allOf(Verb.class));
    private static final int LINE_MAX = 4_000;
    private static final int ROUNDS = 5_000;
    private static final String[] PIECES = {
        "run",
        "deny",
        "done",
        "log",
        "help",
        "rerun",
        "from",
        "clock",
        "ok",
        "R-12",
        "3",
        "k7p2q",
        "a=",
        "=",
        "\"",
        "'",
        "“",
        "”",
        "\\",
        " ",
        " ",
        " ",
        "\n",
        "\u00a0",
        "lunch?",
        "\0",
        "\ud800",
        "\u202e",
        "😀",
        "@everyone",
        "<b>",
        "\u001b[2J",
        "x"
    };

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_comes_is_answered_in_one_short_line(long seed) {
        var random = new SplittableRandom(seed);
        var names = new FakeNames();
        names.codes = List.of("k7p2q");
        names.sops = List.of("deploy-db", "deploy-web");
        names.runs = List.of(new RunId(3), new RunId(4));
        for (int i = 0; i < ROUNDS; i++) {
            var text = soup(random);
            for (var setting : settings()) {
                switch (PARSER.read(text, setting, names)) {
                    case Reading.Wrong(var problem) ->
                            assertThat(problem)
                                    .as("seed %d: %s", seed, text)
                                    .hasSizeLessThan(LINE_MAX)
                                    .matches("[^\\p{Cntrl}\u202e]+");
                    case Reading.Question it ->
                            assertThat(it.candidates()).as("seed %d: %s", seed, text).isNotEmpty();
                    case Reading.Talk _ ->
                            assertThat(setting.isAddressed())
                                    .as("seed %d: %s", seed, text)
                                    .isFalse();
                    case Reading.Understood _ -> {}
                }
            }
            assertThat(PARSER.complete(text, names).from()).isBetween(0, text.length());
        }
    }

    /** Nobody's talk ends a run: without a prefix no note and no reason is ever taken. */
    @ParameterizedTest
    @MethodSource("seeds")
    void among_people_nothing_but_verbs_runs_steps_and_codes_acts(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < ROUNDS; i++) {
            var text = soup(random);
            var reading = PARSER.read(text, Setting.thread(new RunId(12)), Names.NONE);
            if (reading instanceof Reading.Understood(var command)) {
                assertThat(Line.strip(text))
                        .as("seed %d", seed)
                        .matches("(?i)[a-z]+([\\s\\h]+(R-\\d+|\\d+|[a-z2-9]{5}|from|ok))*");
                assertThat(command.text()).doesNotContain("\"");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_command_put_into_words_is_read_as_itself(long seed) {
        var random = new SplittableRandom(seed);
        var seen = new HashSet<Verb>();
        var names = new FakeNames();
        names.codes = List.of("k7p2q");
        for (int i = 0; i < ROUNDS; i++) {
            var command = command(random);
            seen.add(command.verb());
            for (var setting : List.of(Setting.DIRECT, Setting.addressed(new RunId(12)))) {
                // A thread fills in what was left out.
                if (setting.run().isPresent() && leavesOut(command)) continue;
                assertThat(PARSER.read(command.text(), setting, names))
                        .as("seed %d: %s", seed, command.text())
                        .isEqualTo(new Reading.Understood(command));
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(Verb.values());
    }

    private static boolean leavesOut(Command command) {
        return switch (command) {
            case Command.Status(var run) -> run.isEmpty();
            case Command.Reply(_, var run, _) -> run.isEmpty();
            default -> false;
        };
    }

    private static List<Setting> settings() {
        var run = new RunId(12);
        return List.of(
                Setting.DIRECT,
                Setting.thread(run),
                Setting.addressed(run),
                Setting.reply(run, "k7p2q"));
    }

    private static String soup(SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(3) > 0) text.append(' ');
        }
        return text.toString();
    }

    private static Command command(SplittableRandom random) {
        var run = new RunId(random.nextLong(1, 99));
        var some = random.nextBoolean() ? Optional.of(run) : Optional.<RunId>empty();
        var step =
                random.nextBoolean()
                        ? OptionalInt.of(random.nextInt(1, 9999))
                        : OptionalInt.empty();
        var gate = random.nextBoolean() ? new Target.Code("k7p2q") : new Target.OfRun(run);
        var sop = word(random);
        var note = Line.strip(soup(random));
        return switch (random.nextInt(30)) {
            case 0 -> new Command.Run(sop, inputs(random));
            case 1 -> new Command.Plan(sop, inputs(random));
            case 2 -> new Command.ListSops();
            case 3 -> new Command.Show(sop);
            case 4 -> new Command.Runs();
            case 5 -> new Command.Status(some);
            case 6 -> new Command.Log(run, step, step.isPresent() && random.nextBoolean());
            case 7 -> new Command.Pending();
            case 8 -> new Command.Approve("k7p2q", note);
            case 9 -> new Command.Deny(gate, note);
            case 10 -> new Command.Unvote(gate);
            case 11 -> new Command.Reply(Answer.DONE, some, note);
            case 12 -> new Command.Reply(Answer.FAILED, some, note);
            case 13 -> new Command.Reply(Answer.SKIP, some, note);
            case 14 -> new Command.Retry(run, note);
            case 15 -> new Command.Resume(run);
            case 16 -> new Command.Abort(run, note);
            case 17 -> new Command.Rerun(run, step);
            case 18 -> new Command.Cancel(run, note);
            case 19 -> new Command.Why(sop);
            case 20 -> new Command.Pause(sop);
            case 21 -> new Command.Unpause(sop);
            case 22 -> new Command.Freeze(note);
            case 23 -> new Command.Unfreeze();
            case 24 -> new Command.ClockOk();
            case 25 -> new Command.Backup(word(random));
            case 26 -> new Command.Whoami();
            case 27 -> new Command.Link(some.map(_ -> "k7p2q"));
            case 28 -> new Command.TestTrigger(Source.MQTT, word(random), note);
            default -> new Command.Help(some.map(_ -> Verb.DENY));
        };
    }

    /** Whatever people may call something. */
    private static String word(SplittableRandom random) {
        return random.nextInt(4) == 0 ? soup(random) : "deploy-web";
    }

    private static Map<String, String> inputs(SplittableRandom random) {
        var inputs = new LinkedHashMap<String, String>();
        for (int i = random.nextInt(4); i > 0; i--) inputs.put("key_" + i, soup(random));
        return inputs;
    }
}
