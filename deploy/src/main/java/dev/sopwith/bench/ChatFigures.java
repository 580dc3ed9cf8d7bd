package dev.sopwith.bench;

import dev.sopwith.app.App;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.Request;
import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.StoreException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * How long people wait for the service: one in this process with a roster and two rooms, spoken to
 * over its socket. One room is that of the terminals, the other one shows to nobody.
 */
final class ChatFigures {
    private static final Duration ANSWER_MAX = Duration.ofMillis(100);
    private static final Duration CLOSED_MAX = Duration.ofSeconds(4);

    /** A prompt that stood for longer than this is closed at once. */
    private static final Duration EDITABLE = Duration.ofMillis(3_200);

    private static final int OPEN_GATES = 5;
    private static final long WAIT_SECONDS = 60;
    private static final String ECHO = "200 bytes there and back over a Unix socket";
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");
    private static final String ME = System.getProperty("user.name");

    private static final String GATED =
            """
            1. **Go** — on.
               - tools: shell
               - requires_confirmation: true

               ```sh
               :
               ```
            """;

    private final ChatBench.Size size;
    private final Effort effort;
    private final Path folder;

    ChatFigures(ChatBench.Size size, Effort effort, Path folder) throws IOException {
        this.size = size;
        this.effort = effort;
        this.folder = folder;
        EngineFigures.write(sops(), "passed", 1, EngineFigures.PASSED);
        EngineFigures.write(sops(), "gated", 100, GATED);
        write(twoRooms(), "  there: {kind: discord, discord: {channel_id: \"1\"}}\n");
        write(oneRoom(), "");
    }

    private static void write(Path roster, String more) throws IOException {
        var text =
                """
                single_operator: true
                people: {me: {local: ["%s"]}}
                access: [{sops: "*", run: [everyone]}]
                policies: {default: {approvers: [me]}}
                engine: {max_concurrent_total: 100}
                connectors:
                  here: {kind: tmux}
                """
                        .formatted(ME);
        Files.writeString(roster, text + more);
        // A roster that others may write is refused, and the umask is not ours.
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-------"));
    }

    Path sops() {
        return folder.resolve("sops");
    }

    /** With the room of the terminals, for a service that is a process of its own. */
    Path oneRoom() {
        return folder.resolve("roster.yaml");
    }

    private Path twoRooms() {
        return folder.resolve("two-rooms.yaml");
    }

    void measure(Meter meter) throws IOException {
        var there = new Prompts();
        try (var _ = open(new CountingRoom(there));
                var client = LocalClient.connect(App.socket(folder.resolve("state")));
                var terminal = Terminal.open(App.socket(folder.resolve("state")));
                var echo = SocketEcho.open(folder.resolve("echo"))) {
            decisions(meter, client, List.of(terminal.prompts, there));
            for (int i = 0; i < OPEN_GATES; i++) ask(client, "run", "gated");
            answers(meter, echo, "status", () -> ask(client, "status"));
            answers(meter, echo, "pending", () -> ask(client, "pending"));
            for (int i = 0; i < OPEN_GATES; i++) terminal.prompts.awaitOpened();
            answers(meter, echo, "status, said in the room", () -> terminal.ask("status"));
            answers(meter, echo, "run", () -> ask(client, "run", "passed"));
        } catch (LocalClient.Refused e) {
            throw new IOException(e);
        }
    }

    private App open(CountingRoom there) throws IOException {
        try {
            var settings =
                    new App.Settings(
                            sops(),
                            "sops",
                            folder.resolve("state"),
                            ME,
                            Optional.empty(),
                            Optional.of(RosterFile.open(twoRooms(), "two-rooms.yaml")),
                            Map.of());
            var clocks = Clocks.right(Clock.systemUTC());
            return App.open(settings, new Deaf(), clocks, Map.of("discord", _ -> there));
        } catch (RosterFile.Unusable | SecretBox.BadKey e) {
            throw new IOException(e);
        }
    }

    /** Something that is answered. */
    private interface Asked {
        void ask() throws IOException, LocalClient.Refused;
    }

    private void answers(Meter meter, SocketEcho echo, String command, Asked asked)
            throws IOException, LocalClient.Refused {
        var name = command + " answered";
        meter.say(name);
        var times = new ArrayList<Long>();
        var echoes = new ArrayList<Long>();
        int warmUp = size.answers() / 4;
        for (int i = -warmUp; i < size.answers(); i++) {
            long back = echo.nanos();
            long start = System.nanoTime();
            asked.ask();
            long time = System.nanoTime() - start;
            if (i < 0) continue;
            echoes.add(back);
            times.add(time);
        }
        meter.addWithSlowest(name, ANSWER_MAX, times, ECHO, echoes);
    }

    /** A yes right after it was asked for, and one when the prompt may be edited at once. */
    private void decisions(Meter meter, LocalClient client, List<Prompts> rooms)
            throws IOException, LocalClient.Refused {
        var name = "approval sent until the prompts of both rooms are closed";
        meter.say(name);
        var times = new ArrayList<Long>();
        var unhurried = new ArrayList<Long>();
        for (int i = 0; i < effort.samples(); i++) {
            unhurried.add(decision(client, rooms, EDITABLE));
            times.add(decision(client, rooms, Duration.ZERO));
        }
        meter.add(name, CLOSED_MAX, times, "the same after 3.2 s to read them", unhurried);
    }

    private static long decision(LocalClient client, List<Prompts> rooms, Duration pause)
            throws IOException, LocalClient.Refused {
        var asked = CODE.matcher(String.join("\n", ask(client, "run", "gated").lines()));
        if (!asked.find()) throw new IllegalStateException("nobody was asked");
        var prompts = rooms.stream().map(Prompts::awaitOpened).toList();
        sleep(pause);
        long start = System.nanoTime();
        ask(client, "approve", asked.group(1));
        long end = start;
        for (int i = 0; i < rooms.size(); i++) {
            end = Math.max(end, rooms.get(i).awaitClosed(prompts.get(i)));
        }
        return end - start;
    }

    private static Answer ask(LocalClient client, String... words)
            throws IOException, LocalClient.Refused {
        var answer = client.ask(new Request(List.of(words), false), _ -> {});
        if (answer.status() == Answer.Status.OK) return answer;
        throw new IllegalStateException(String.join("\n", answer.lines()));
    }

    private static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One who follows the room of the terminals and says something in it. */
    private static final class Terminal implements AutoCloseable, LocalFeed.Listener {
        private final Prompts prompts = new Prompts();
        private final BlockingQueue<Frame> answers = new LinkedBlockingQueue<>();
        private final LocalFeed feed;
        private int said;

        private Terminal(LocalFeed feed) {
            this.feed = feed;
        }

        static Terminal open(Path socket) throws IOException, LocalClient.Refused {
            var terminal = new Terminal(LocalFeed.subscribe(socket, Room.Place.NEW));
            Thread.ofVirtual().name("terminal").start(terminal::follow);
            return terminal;
        }

        private void follow() {
            try {
                feed.follow(this);
            } catch (IOException | LocalClient.Refused _) {
                // It was closed; who waits for something else runs out of time.
            }
        }

        @Override
        public void seen(Frame frame) {
            switch (frame.kind()) {
                case CLOSE -> prompts.closed(frame.id());
                case POST -> posted(frame);
                case UPDATE -> {}
            }
        }

        private void posted(Frame frame) {
            if (frame.thread().isEmpty()) answers.add(frame);
            else if (frame.title().endsWith("needs a yes")) prompts.opened(frame.id());
        }

        /** Says it and waits until the answer is there. */
        void ask(String line) throws IOException {
            answers.clear(); // of cards: nothing else is posted while somebody asks
            feed.say("bench-" + ++said, line, Optional.empty());
            try {
                if (answers.poll(WAIT_SECONDS, TimeUnit.SECONDS) != null) return;
                throw new IllegalStateException("no answer to " + line);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            feed.close();
        }
    }

    private static final class Deaf implements App.Listener {
        @Override
        public void heard(SopEvent event) {}

        @Override
        public void heard(RosterFile.Event event) {}

        @Override
        public void stopped(StoreException why) {
            System.getLogger(ChatFigures.class.getName())
                    .log(System.Logger.Level.ERROR, "the store has stopped", why);
        }
    }
}
