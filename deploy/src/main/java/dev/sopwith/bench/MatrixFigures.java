package dev.sopwith.bench;

import dev.sopwith.bench.synapse.MatrixEvent;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.RoomView;
import dev.sopwith.bench.synapse.RoomView.Seen;
import dev.sopwith.bench.synapse.Synapse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The service as a process of its own, in a plain room of a Synapse without limits. Times begin
 * when a person's client begins to send, and end when that client has been told; the yardstick is
 * somebody in another room who answers everything at once and keeps nothing.
 */
final class MatrixFigures {
    private static final Duration MORE = Duration.ofMillis(10);
    private static final double SLOWEST_TIMES = 1.3;
    private static final Duration BEGUN_MORE = Duration.ofMillis(100);
    private static final double BURST_TIMES = 1.2;
    private static final Duration BACK_MAX = Duration.ofSeconds(3);
    private static final long MEMORY_MAX = 220_000_000;

    private static final String ECHO = "somebody who answers at once";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Pattern BURST = Pattern.compile("burst-(\\d+)");

    private final MatrixBench.Size size;
    private final Effort effort;
    private final Path folder;

    MatrixFigures(MatrixBench.Size size, Effort effort, Path folder) {
        this.size = size;
        this.effort = effort;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        meter.say("a Synapse that starts");
        try (var synapse = Synapse.start(folder.resolve("synapse"), Synapse.Limits.NONE, "")) {
            var bot = synapse.registerSomeone("sopwith");
            var alice = synapse.registerSomeone("alice");
            var bob = synapse.registerSomeone("bob");
            var room = alice.createRoom(NewRoom.with(bot, bob));
            bob.join(room);
            write(synapse, room, bot, alice, bob);
            var processes = new ServiceProcess(effort);
            try (var echo = Echo.at(synapse);
                    var view = RoomView.of(alice, room)) {
                var team = new Team(bot, alice, bob, room, view);
                measure(meter, processes, team, echo);
            }
        }
    }

    private void measure(Meter meter, ServiceProcess processes, Team team, Echo echo)
            throws IOException {
        meter.say("a service that connects to Matrix");
        try (var service = processes.start(command(processes, team))) {
            team.awaitService();
            processes.memory(meter, "memory of the idle service (RSS)", MEMORY_MAX, service);
            commands(meter, team, echo, "status");
            commands(meter, team, echo, "run passed");
            marks(meter, team, echo);
            burst(meter, team, echo);
            processes.memory(meter, "memory after all of that (RSS)", MEMORY_MAX, service);
        }
        starts(meter, processes, team);
    }

    /** Who there is, and what alice sees. */
    private record Team(
            MatrixUser bot, MatrixUser alice, MatrixUser bob, String room, RoomView view) {
        /** Until the service answers: what was said before it came is not for it. */
        void awaitService() throws IOException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                int before = view.size();
                alice.say(room, "!sop whoami");
                try {
                    var _ = view.await(before, 1, this::isAnswer, Duration.ofSeconds(2));
                    return;
                } catch (IOException e) {
                    if (System.nanoTime() > end) throw e;
                }
            }
        }

        /** A message of the service in the room itself, and no card. */
        boolean isAnswer(MatrixEvent it) {
            return isOfService(it)
                    && it.isMessage()
                    && it.thread().isEmpty()
                    && it.replaces().isEmpty()
                    && !it.body().startsWith("Sopwith is up")
                    && !it.body().contains(" · snapshot ");
        }

        boolean isOfService(MatrixEvent it) {
            return it.sender().equals(bot.id());
        }

        Seen await(int from, Predicate<MatrixEvent> isIt) throws IOException {
            return view.await(from, 1, isIt, PATIENCE).getFirst();
        }
    }

    private ProcessBuilder command(ServiceProcess processes, Team team) {
        var words =
                List.of(
                        "up",
                        "--sops-dir",
                        folder.resolve("sops").toString(),
                        "--state-dir",
                        folder.resolve("state").toString(),
                        "--roster",
                        folder.resolve("roster.yaml").toString(),
                        "--health-port",
                        "0");
        var command = processes.program(words);
        command.environment().put("MATRIX_PASSWORD", team.bot().name());
        return command;
    }

    private void write(
            Synapse synapse, String room, MatrixUser bot, MatrixUser alice, MatrixUser bob)
            throws IOException {
        EngineFigures.write(folder.resolve("sops"), "passed", 100, EngineFigures.PASSED);
        EngineFigures.write(
                folder.resolve("sops"),
                "gated",
                100,
                """
                1. **Go** — on.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   date +%%s%%N >> '%s'
                   ```
                """
                        .formatted(begun()));
        var text =
                """
                people: {alice: {matrix: ["%s"]}, bob: {matrix: ["%s"]}}
                access: [{sops: "*", run: [everyone]}]
                policies: {default: {approvers: [alice, bob], exclude_initiator: true}}
                engine: {max_concurrent_total: 100}
                connector:
                  kind: matrix
                  matrix: {homeserver_url: "%s", user_id: "%s", room_id: "%s"}
                """
                        .formatted(alice.id(), bob.id(), synapse.url(), bot.id(), room);
        var roster = Files.writeString(folder.resolve("roster.yaml"), text);
        // A roster that others may write is refused, and the umask is not ours.
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-------"));
    }

    /** Where a step writes when it began. */
    private Path begun() {
        return folder.resolve("begun");
    }

    private static long slowest(List<Long> times) {
        var sorted = times.stream().sorted().toList();
        return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
    }

    private void commands(Meter meter, Team team, Echo echo, String words) throws IOException {
        meter.say(words);
        var times = new ArrayList<Long>();
        var echoes = new ArrayList<Long>();
        for (int i = -size.commands() / 4; i < size.commands(); i++) {
            long back = echo.nanos();
            int before = team.view().size();
            long start = System.nanoTime();
            team.alice().say(team.room(), "!sop " + words);
            long time = team.await(before, team::isAnswer).at() - start;
            if (i < 0) continue;
            echoes.add(back);
            times.add(time);
        }
        var target = MORE.plusNanos(Spread.of(echoes).median());
        meter.add(words + " answered, median", target, times, ECHO, echoes);
        long slow = slowest(echoes);
        meter.add(
                words + " answered, 99 of 100",
                Duration.ofNanos((long) (SLOWEST_TIMES * slow)),
                List.of(slowest(times)),
                ECHO + ", 99 of 100",
                List.of(slow));
    }

    private void marks(Meter meter, Team team, Echo echo) throws IOException {
        meter.say("marks");
        var times = new ArrayList<Long>();
        var echoes = new ArrayList<Long>();
        int begunBefore = 0;
        for (int i = -size.marks() / 10; i < size.marks(); i++) {
            long back = echo.nanos();
            int before = team.view().size();
            team.alice().say(team.room(), "!sop run gated");
            var prompt =
                    team.await(
                                    before,
                                    it ->
                                            team.isOfService(it)
                                                    && it.replaces().isEmpty()
                                                    && it.body().contains("needs a yes"))
                            .event();
            Predicate<MatrixEvent> isMark =
                    it -> it.marks().filter(prompt.id()::equals).isPresent();
            var _ = team.view().await(before, 2, isMark, PATIENCE);
            var at = Instant.now();
            team.bob().react(team.room(), prompt.id(), "✅");
            long time = Duration.between(at, awaitBegun(++begunBefore)).toNanos();
            if (i < 0) continue;
            echoes.add(back);
            times.add(time);
        }
        var target = BEGUN_MORE.plusNanos(Spread.of(echoes).median());
        meter.addWithSlowest("mark set until the step has begun", target, times, ECHO, echoes);
    }

    /** When the step that is the nth of all began, by its own clock, which is ours. */
    private Instant awaitBegun(int nth) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (begunSoFar().size() < nth) {
            if (System.nanoTime() > end) throw new IOException("no step began");
            LockSupport.parkNanos(1_000_000);
        }
        long nanos = Long.parseLong(begunSoFar().get(nth - 1).strip());
        return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    }

    private List<String> begunSoFar() throws IOException {
        if (!Files.exists(begun())) return List.of();
        var text = Files.readString(begun());
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /** All at once: each must be answered once, and in the order in which they were said. */
    private void burst(Meter meter, Team team, Echo echo) throws IOException {
        meter.say("a burst");
        long raw = echo.burst(size.burst());
        int before = team.view().size();
        long start = System.nanoTime();
        for (int i = 1; i <= size.burst(); i++) {
            team.alice().say(team.room(), "!sop show burst-" + i);
        }
        var answers = team.view().await(before, size.burst(), team::isAnswer, LONG);
        var numbers = answers.stream().map(it -> number(it.event())).toList();
        if (!numbers.equals(IntStream.rangeClosed(1, size.burst()).boxed().toList())) {
            throw new IOException("lost, twice or out of order: " + numbers);
        }
        meter.add(
                "a burst of %d commands, all answered".formatted(size.burst()),
                Duration.ofNanos((long) (BURST_TIMES * raw)),
                List.of(answers.getLast().at() - start),
                ECHO,
                List.of(raw));
    }

    private static int number(MatrixEvent answer) {
        var found = BURST.matcher(answer.body());
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
    }

    private void starts(Meter meter, ServiceProcess processes, Team team) throws IOException {
        meter.say("starts");
        var times = new ArrayList<Long>();
        var idle = new ArrayList<Long>();
        for (int i = 0; i < effort.freshJvms(); i++) {
            int before = team.view().size();
            team.alice().say(team.room(), "!sop show waited");
            try (var nothing = processes.idle()) {
                idle.add(nothing.nanos());
            }
            long start = System.nanoTime();
            try (var _ = processes.start(command(processes, team))) {
                times.add(team.await(before, team::isAnswer).at() - start);
            }
        }
        meter.add(
                "start until what was said meanwhile is answered",
                BACK_MAX,
                times,
                ServiceProcess.IDLE,
                idle);
    }

    /** The yardstick: two people in a room of their own, of whom one answers whatever is said. */
    private record Echo(MatrixUser asks, String room, RoomView sees, RoomView answers)
            implements AutoCloseable {
        static Echo at(Synapse synapse) throws IOException {
            var asks = synapse.registerSomeone("dora");
            var answers = synapse.registerSomeone("echo");
            var room = asks.createRoom(NewRoom.with(answers));
            answers.join(room);
            var sees = RoomView.of(asks, room);
            return new Echo(
                    asks, room, sees, RoomView.of(answers, room, it -> answer(answers, room, it)));
        }

        private static void answer(MatrixUser answers, String room, MatrixEvent it) {
            if (it.sender().equals(answers.id()) || !it.isMessage()) return;
            try {
                answers.say(room, "heard: " + it.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean isAnswer(MatrixEvent it) {
            return it.isMessage() && it.body().startsWith("heard: ");
        }

        long nanos() throws IOException {
            return burst(1);
        }

        /** Until so many that were said without waiting are answered. */
        long burst(int count) throws IOException {
            int before = sees.size();
            long start = System.nanoTime();
            for (int i = 1; i <= count; i++) asks.say(room, "say " + i);
            return sees.await(before, count, Echo::isAnswer, LONG).get(count - 1).at() - start;
        }

        @Override
        public void close() {
            sees.close();
            answers.close();
        }
    }
}
