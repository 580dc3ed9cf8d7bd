package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code docs/run-states.md} is what the machine does, asked of the machine. After a change of its
 * rules: {@code mvn -pl engine test -Dtest=RunStatesPageTest -Dsopwith.write}.
 */
final class RunStatesPageTest {
    private static final Path PAGE = Path.of("../docs/run-states.md");
    private static final String SHELL = "a\n- tools: shell\n```sh\ntrue\n```";
    private static final String GATED =
            "a\n- tools: shell\n- requires_confirmation: true\n```sh\ntrue\n```";
    private static final String SLOW =
            "a\n- tools: shell\n- on_failure: retry:1 2m\n```sh\ntrue\n```";
    private static final StepVisit HERE = new StepVisit(1, 1);
    private static final Gate.Ref REF = new Gate.Ref(HERE, 1, Play.DIGEST);

    /** Every state, as a run of two steps comes to it. */
    private static final Map<String, Supplier<Play>> STATES = new LinkedHashMap<>();

    /** Every command, as somebody gives it who means step 1. */
    private static final Map<String, Function<Play, RunCommand>> COMMANDS = new LinkedHashMap<>();

    static {
        STATES.put("not started", () -> Play.sop("execution_mode = \"auto\"", SHELL, "b"));
        STATES.put("gate wanted", () -> Play.steps(GATED, "b"));
        STATES.put("gate", () -> Play.steps(GATED, "b").open(Play.ONE_OF_TWO));
        STATES.put(
                "roles wanted",
                () -> Play.steps(GATED, "b").open(Play.ONE_OF_TWO_BY_ROLE).approve("bob"));
        STATES.put(
                "slot wanted", () -> Play.steps(GATED, "b").open(Play.ONE_OF_TWO).approve("bob"));
        STATES.put("ready", () -> Play.steps(SHELL, "b"));
        STATES.put("executing", () -> Play.steps(SHELL, "b").begin());
        STATES.put("ending", () -> Play.steps(SHELL, "b").begin().cancel(""));
        STATES.put("retry", () -> Play.steps(SLOW, "b").begin().fail("no"));
        STATES.put("doubt", () -> Play.steps(SHELL, "b").begin().doubt());
        STATES.put("person", () -> Play.steps("a", "b"));
        STATES.put("paused", () -> Play.steps("a", "b").pause());
        STATES.put("finished", () -> Play.steps("a", "b").cancel(""));

        COMMANDS.put(
                "open gate",
                it ->
                        new RunCommand.OpenGate(
                                HERE, 1, Play.ONE_OF_TWO, Play.DIGEST, "k7p2", it.now));
        COMMANDS.put("revise gate", it -> new RunCommand.ReviseGate(HERE, 1, "", it.now));
        COMMANDS.put(
                "move deadline",
                it ->
                        new RunCommand.MoveDeadline(
                                HERE, 1, it.now.plus(Duration.ofDays(2)), it.now));
        COMMANDS.put(
                "approve",
                it -> new RunCommand.Approve(REF, Play.actor("bob"), Optional.empty(), it.now));
        COMMANDS.put("deny", it -> new RunCommand.Deny(REF, Play.actor("bob"), "", it.now));
        COMMANDS.put("unvote", it -> new RunCommand.Withdraw(REF, Play.actor("bob"), it.now));
        COMMANDS.put(
                "roles held",
                it -> new RunCommand.Confirm(HERE, 1, Map.of("bob", Set.of("release")), it.now));
        COMMANDS.put(
                "roles not held",
                it -> new RunCommand.Confirm(HERE, 1, Map.of("bob", Set.of()), it.now));
        COMMANDS.put(
                "roles unknown", it -> new RunCommand.Unconfirmed(HERE, 1, "no answer", it.now));
        COMMANDS.put("grant slot", it -> new RunCommand.Grant(it.now));
        COMMANDS.put("begin", it -> new RunCommand.Begin(HERE, 1, "node", Play.DIGEST, it.now));
        COMMANDS.put("succeed", it -> new RunCommand.Succeed(HERE, 1, Map.of(), it.now));
        COMMANDS.put("fail", it -> new RunCommand.Fail(HERE, 1, "no", it.now));
        COMMANDS.put("doubt", it -> new RunCommand.Doubt(HERE, 1, "lost", it.now));
        for (var settlement : RunCommand.Settlement.values()) {
            COMMANDS.put(
                    "settle: " + word(settlement),
                    it ->
                            new RunCommand.Settle(
                                    HERE, 1, settlement, Play.actor("bob"), "", it.now));
        }
        for (var answer : RunCommand.Answer.values()) {
            COMMANDS.put(
                    "reply: " + word(answer),
                    it -> new RunCommand.Reply(HERE, 1, answer, Play.actor("bob"), "", it.now));
        }
        COMMANDS.put("tick", it -> new RunCommand.Tick(it.now.plus(Duration.ofDays(1))));
        COMMANDS.put("cancel", it -> new RunCommand.Cancel(Play.actor("alice"), "", it.now));
        COMMANDS.put("abandon", it -> new RunCommand.Abandon("damaged", it.now));
        COMMANDS.put("pause", it -> new RunCommand.Pause("restored", it.now));
        COMMANDS.put("resume", it -> new RunCommand.Resume(Play.actor("bob"), it.now));
    }

    @Test
    void the_page_says_what_the_machine_does() throws IOException {
        var page = page();
        if (System.getProperty("sopwith.write") != null) Files.writeString(PAGE, page);
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void every_command_is_on_the_page() {
        long kinds =
                COMMANDS.values().stream()
                        .map(command -> command.apply(Play.steps("a")).getClass())
                        .distinct()
                        .count();
        int all = RunCommand.class.getPermittedSubclasses().length;
        assertThat(kinds).as("all but the one that begins a run").isEqualTo(all - 1);
    }

    private static String page() {
        var lines = new ArrayList<String>();
        lines.add("# The states of a run");
        lines.add("");
        lines.add("Asked of the machine itself by `RunStatesPageTest`; not edited by hand.");
        lines.add("");
        lines.add(
                "Each cell says where a run goes from the state above when the command on the left"
                        + " comes. A dash: it");
        lines.add(
                "is refused, and the person is told why. The run has two steps; the second is done"
                        + " by people. The step");
        lines.add(
                "in *retry* waits two minutes before its second try, and so has given its slot"
                        + " back. A *tick* is a day.");
        lines.add("");
        lines.add("| command | " + String.join(" | ", STATES.keySet()) + " |");
        lines.add("|---|" + "---|".repeat(STATES.size()));
        COMMANDS.forEach(
                (name, command) ->
                        lines.add(
                                "| **%s** | %s |"
                                        .formatted(name, String.join(" | ", row(command)))));
        lines.add("");
        lines.add(
                "Slots: a run holds one in *ready*, *executing* and *ending*, and in a *retry* of at");
        lines.add(
                "most a minute. Everywhere else it has given it back and wins one again to go on.");
        return String.join("\n", lines) + "\n";
    }

    private static List<String> row(Function<Play, RunCommand> command) {
        return STATES.values().stream()
                .map(Supplier::get)
                .map(play -> play.says(command.apply(play)))
                .map(RunStatesPageTest::cell)
                .toList();
    }

    private static String cell(Play play) {
        if (play.last instanceof Decision.Refused) return "–";
        boolean ending =
                play.phaseOrNothing() instanceof RunState.Phase.Executing it
                        && it.stop().isPresent();
        return ending ? "ending" : play.where().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
