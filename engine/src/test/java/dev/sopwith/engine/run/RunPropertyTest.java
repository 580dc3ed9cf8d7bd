package dev.sopwith.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Whatever order people, machines, clock and crashes come in: what begins was approved by enough
 * different people, exactly as it begins. {@link Play} checks with every command that the state is
 * the fold of the events.
 */
final class RunPropertyTest {
    private static final int COMMANDS = 300;
    private static final String[] PERSONS = {"alice", "bob", "carol", "mallory"};
    private static final String[] STEPS = {
        "a\n- tools: shell\n- requires_confirmation: true\n- on_failure: retry:2 30s\n```sh\ntrue\n```",
        "b\n- kind: checkpoint\n- when: $.steps.1.again == yes",
        "c\n- tools: shell\n- requires_confirmation: true\n- repeatable: true\n- on_failure: goto:1\n"
                + "```sh\ntrue\n```",
        "d\n- timeout: 2h\n- on_failure: goto:3",
        "e\n- tools: shell\n- requires_confirmation: true\n- on_failure: retry:1 5m\n"
                + "- switch: again>$.steps.5.again == yes>1\n```sh\ntrue\n```"
    };

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothing_begins_that_lacks_its_quorum(long seed) {
        assertEveryBeginningWasApproved(play(seed).events);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_command_given_twice_changes_nothing_the_second_time(long seed) {
        var random = new Random(seed);
        var play = Play.steps(STEPS);
        for (int i = 0; i < COMMANDS && !(play.state instanceof RunState.Finished); i++) {
            play.now = play.now.plusSeconds(random.nextInt(600));
            var command = command(play, random);
            play.says(command);
            play.says(command);
            assertThat(play.last)
                    .as("seed %d: %s", seed, command)
                    .isInstanceOf(Decision.Refused.class);
        }
    }

    /** A run in which everything happens in any order. */
    static Play play(long seed) {
        var random = new Random(seed);
        var play = Play.steps(STEPS);
        for (int i = 0; i < COMMANDS && !(play.state instanceof RunState.Finished); i++) {
            play.now = play.now.plusSeconds(random.nextInt(600));
            play.says(command(play, random));
        }
        return play;
    }

    /** Follows the votes from the events alone, without asking the machine. */
    private static void assertEveryBeginningWasApproved(List<RunEvent> events) {
        var voters = new HashSet<String>();
        Optional<Gate> gate = Optional.empty();
        var approved = new HashSet<String>();
        for (var event : events) {
            switch (event) {
                case RunEvent.StepEntered _ -> approved.clear();
                case RunEvent.GateRequested _ -> {
                    voters.clear();
                    approved.clear();
                    gate = Optional.empty();
                }
                case RunEvent.GateOpened opened -> gate = Optional.of(opened.gate());
                case RunEvent.GateEscalated escalated ->
                        gate = gate.map(it -> it.escalated(escalated.at()));
                case RunEvent.VoteCast cast -> {
                    assertThat(gate.orElseThrow().policy().persons())
                            .contains(cast.vote().by().person());
                    voters.add(cast.vote().by().person());
                }
                case RunEvent.VoteWithdrawn withdrawn -> voters.remove(withdrawn.by().person());
                case RunEvent.VoteVoided voided -> voters.remove(voided.by().person());
                case RunEvent.GateCleared cleared -> {
                    assertThat(cleared.digest()).isEqualTo(gate.orElseThrow().digest());
                    assertThat(voters).hasSizeGreaterThanOrEqualTo(2);
                    approved.add(cleared.digest());
                }
                case RunEvent.StepStarted started ->
                        assertThat(approved).contains(started.digest());
                default -> {}
            }
        }
    }

    private static RunCommand command(Play play, Random random) {
        var person = Play.actor(PERSONS[random.nextInt(PERSONS.length)]);
        var step = step(play, random);
        int attempt = attempt(play, random);
        var digest = random.nextInt(40) == 0 ? Play.OTHER_DIGEST : Play.DIGEST;
        return switch (random.nextInt(27)) {
            case 0, 1, 2 ->
                    new RunCommand.OpenGate(
                            step,
                            revision(play, random),
                            policy(random),
                            Play.DIGEST,
                            "k7",
                            play.now);
            case 3, 4, 5, 6 ->
                    new RunCommand.Approve(
                            new Gate.Ref(step, revision(play, random), digest),
                            person,
                            Optional.empty(),
                            play.now);
            case 7 ->
                    new RunCommand.Withdraw(
                            new Gate.Ref(step, revision(play, random), digest), person, play.now);
            case 8 ->
                    random.nextInt(20) == 0
                            ? new RunCommand.Deny(
                                    new Gate.Ref(step, revision(play, random), digest),
                                    person,
                                    "",
                                    play.now)
                            : new RunCommand.ReviseGate(step, revision(play, random), "", play.now);
            case 9, 10 -> new RunCommand.Grant(play.now);
            case 11, 12, 13 -> new RunCommand.Begin(step, attempt, "node", digest, play.now);
            case 14, 15 ->
                    new RunCommand.Succeed(
                            step,
                            attempt,
                            Map.of("again", random.nextBoolean() ? "yes" : "no"),
                            play.now);
            case 16 -> new RunCommand.Fail(step, attempt, "no", play.now);
            case 17 -> new RunCommand.Doubt(step, attempt, "lost", play.now);
            case 18 ->
                    new RunCommand.Settle(
                            step,
                            attempt,
                            oneOf(RunCommand.Settlement.values(), random),
                            person,
                            "",
                            play.now);
            case 19 ->
                    new RunCommand.Reply(
                            step,
                            attempt,
                            oneOf(RunCommand.Answer.values(), random),
                            person,
                            "",
                            play.now);
            case 20 ->
                    random.nextInt(10) == 0
                            ? new RunCommand.Pause("restored", play.now)
                            : new RunCommand.Resume(person, play.now);
            case 21 -> {
                var later = play.now.plus(Duration.ofHours(30));
                yield new RunCommand.MoveDeadline(step, revision(play, random), later, play.now);
            }
            case 22 ->
                    random.nextInt(30) == 0
                            ? new RunCommand.Cancel(person, "", play.now)
                            : new RunCommand.Tick(play.now);
            case 23, 24 ->
                    new RunCommand.Confirm(step, revision(play, random), held(random), play.now);
            case 25 -> new RunCommand.Unconfirmed(step, revision(play, random), "503", play.now);
            default -> new RunCommand.Tick(play.now.plus(Duration.ofMinutes(random.nextInt(20))));
        };
    }

    private static Map<String, Set<String>> held(Random random) {
        var held = new HashMap<String, Set<String>>();
        for (var person : PERSONS) {
            if (random.nextInt(10) == 0) continue;
            held.put(person, random.nextInt(4) == 0 ? Set.of() : Set.of("release"));
        }
        return held;
    }

    private static GatePolicy policy(Random random) {
        if (random.nextInt(6) == 0) return Play.byRole(2, Set.of("alice", "bob", "carol"));
        var usual = Play.TWO_OF_THREE;
        return random.nextBoolean()
                ? usual
                : new GatePolicy(
                        usual.quorums(),
                        false,
                        Assurance.CLICK,
                        Duration.ofMinutes(20),
                        usual.remind(),
                        Optional.of(Set.of("mallory")));
    }

    /** Mostly where the run is, sometimes where it is not. */
    private static StepVisit step(Play play, Random random) {
        if (random.nextInt(8) == 0) {
            return new StepVisit(1 + random.nextInt(5), 1 + random.nextInt(2));
        }
        var progress = ((RunState.Active) play.state).progress();
        return here(play.phaseOrNothing(), progress);
    }

    private static StepVisit here(RunState.Phase phase, RunState.Progress progress) {
        return switch (phase) {
            case RunState.Phase.GateWanted it -> it.step();
            case RunState.Phase.AtGate it -> it.gate().at();
            case RunState.Phase.AtPerson it -> it.step();
            case RunState.Phase.InDoubt it -> it.step();
            case RunState.Phase.SlotWanted it -> it.step();
            case RunState.Phase.Ready it -> it.step();
            case RunState.Phase.Executing it -> it.step();
            case RunState.Phase.RetryWait it -> it.step();
            case RunState.Phase.Paused it -> here(it.before(), progress);
            case RunState.Phase.Moving _ -> throw new AssertionError("between two steps");
        };
    }

    private static int attempt(Play play, Random random) {
        var progress = ((RunState.Active) play.state).progress();
        return Math.max(1, progress.attempt() - (random.nextInt(8) == 0 ? 1 : 0));
    }

    private static int revision(Play play, Random random) {
        int wanted =
                switch (play.phaseOrNothing()) {
                    case RunState.Phase.GateWanted it -> it.revision();
                    case RunState.Phase.AtGate it -> it.gate().revision();
                    default -> 1;
                };
        return random.nextInt(8) == 0 ? 1 + random.nextInt(3) : wanted;
    }

    private static <T> T oneOf(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
