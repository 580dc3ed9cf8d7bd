package dev.sopwith.bench;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld.User;
import dev.sopwith.bench.discord.Interaction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The service as a process of its own, in a channel of a Discord in this process that has seen many
 * runs. Times begin when Discord sends what somebody did, and end when it has the answer.
 */
final class DiscordFigures {
    private static final Duration ACKNOWLEDGED_MAX = Duration.ofMillis(100);
    private static final Duration ANSWERED_MAX = Duration.ofMillis(250);
    private static final Duration BEGUN_MAX = Duration.ofMillis(200);
    private static final long MEMORY_MAX = 170_000_000;

    private static final Pattern RUN = Pattern.compile("\\bR-\\d+");

    /** How many commands of the history are on their way at once. */
    private static final int AT_ONCE = 8;

    private static final Duration ALL_CARDS = Duration.ofMinutes(5);
    private static final String ECHO = "a request to the same fake and back";
    private static final String CONNECTOR = "chat";

    private final DiscordBench.Size size;
    private final Effort effort;
    private final Path folder;

    DiscordFigures(DiscordBench.Size size, Effort effort, Path folder) {
        this.size = size;
        this.effort = effort;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        try (var discord = new FakeDiscord();
                var http = HttpClient.newHttpClient()) {
            var people =
                    new People(discord, discord.people.user("alice"), discord.people.user("bob"));
            var echo = new Echo(http, discord);
            write(people);
            meter.say("a service that connects to Discord");
            var processes = new ServiceProcess(effort);
            try (var service = processes.start(command(processes))) {
                FakeDiscord.await("the commands", discord.screen::hasCommands);
                processes.memory(meter, "memory of the idle service (RSS)", MEMORY_MAX, service);
                history(meter, people);
                commands(meter, people, echo, "status", "sop status", Map.of());
                commands(meter, people, echo, "run", "sop run", Map.of("name", "passed"));
                presses(meter, people, echo);
                processes.memory(meter, "memory after all of that (RSS)", MEMORY_MAX, service);
            }
        }
    }

    /** Who there is, and where. */
    private record People(FakeDiscord discord, User alice, User bob) {
        Interaction ask(String line, Map<String, ?> options) {
            return discord.interactions.slash(alice, line, options);
        }
    }

    private ProcessBuilder command(ServiceProcess processes) {
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
        command.environment().putAll(FakeDiscord.environment(CONNECTOR));
        return command;
    }

    private void write(People people) throws IOException {
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
                people: {alice: {discord: ["%s"]}, bob: {discord: ["%s"]}}
                access: [{sops: "*", run: [everyone]}]
                policies: {default: {approvers: [alice, bob], exclude_initiator: true}}
                engine: {max_concurrent_total: 100}
                connectors:
                  %s: {kind: discord, discord: {channel_id: "%s", base_url: "%s", gateway_url: "%s"}}
                """
                        .formatted(
                                people.alice().id(),
                                people.bob().id(),
                                CONNECTOR,
                                people.discord().world.channelId,
                                people.discord().restUrl(),
                                people.discord().gateway.url());
        var roster = Files.writeString(folder.resolve("roster.yaml"), text);
        // A roster that others may write is refused, and the umask is not ours.
        Files.setPosixFilePermissions(roster, PosixFilePermissions.fromString("rw-------"));
    }

    /** Where a step writes when it began. */
    private Path begun() {
        return folder.resolve("begun");
    }

    /** Runs that were there before, with their cards. */
    private void history(Meter meter, People people) {
        meter.say("%d runs in the room".formatted(size.history()));
        var waiting = new ArrayDeque<Interaction>();
        for (int i = 0; i < size.history(); i++) {
            waiting.add(people.ask("sop run", Map.of("name", "passed")));
            if (waiting.size() < AT_ONCE) continue;
            var _ = waiting.remove().answer();
        }
        while (!waiting.isEmpty()) {
            var _ = waiting.remove().answer();
        }
        if (size.history() == 0) return;
        var last = "R-" + size.history() + " ";
        FakeDiscord.await(
                "the last card", ALL_CARDS, () -> people.discord().screen.find(last).isPresent());
    }

    private void commands(
            Meter meter, People people, Echo echo, String name, String line, Map<String, ?> options)
            throws IOException {
        meter.say(name);
        var acknowledged = new ArrayList<Long>();
        var answered = new ArrayList<Long>();
        var echoes = new ArrayList<Long>();
        for (int i = -size.commands() / 4; i < size.commands(); i++) {
            long back = echo.nanos();
            var asked = people.ask(line, options);
            var _ = asked.answer();
            if (i < 0) continue;
            echoes.add(back);
            acknowledged.add(asked.acknowledgedNanos());
            answered.add(asked.answeredNanos());
        }
        meter.addWithSlowest(name + " acknowledged", ACKNOWLEDGED_MAX, acknowledged, ECHO, echoes);
        meter.addWithSlowest(name + " answered", ANSWERED_MAX, answered, ECHO, echoes);
    }

    private void presses(Meter meter, People people, Echo echo) throws IOException {
        meter.say("presses");
        var times = new ArrayList<Long>();
        var echoes = new ArrayList<Long>();
        int begunBefore = 0;
        for (int i = -size.presses() / 10; i < size.presses(); i++) {
            long back = echo.nanos();
            var answer = people.ask("sop run", Map.of("name", "gated")).answer();
            var number = RUN.matcher(answer);
            if (!number.find()) throw new IOException("nothing was started: " + answer);
            var run = number.group();
            var prompt =
                    people.discord()
                            .screen
                            .awaitMessage(
                                    it -> it.startsWith(run + " ") && it.contains("needs a yes"),
                                    "a prompt of " + run);
            var at = Instant.now();
            var _ =
                    people.discord()
                            .interactions
                            .click(people.bob(), FakeScreen.id(prompt), "Approve");
            long time = Duration.between(at, awaitBegun(++begunBefore)).toNanos();
            if (i < 0) continue;
            echoes.add(back);
            times.add(time);
        }
        meter.addWithSlowest(
                "button pressed until the step has begun", BEGUN_MAX, times, ECHO, echoes);
    }

    /** When the step that is the nth of all began, by its own clock, which is ours. */
    private Instant awaitBegun(int nth) throws IOException {
        FakeDiscord.await("a step", () -> begunSoFar().size() >= nth);
        long nanos = Long.parseLong(begunSoFar().get(nth - 1).strip());
        return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    }

    private List<String> begunSoFar() {
        try {
            if (!Files.exists(begun())) return List.of();
            var text = Files.readString(begun());
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The yardstick: one request that the fake answers at once. */
    private record Echo(HttpClient http, FakeDiscord discord) {
        long nanos() throws IOException {
            var request =
                    HttpRequest.newBuilder(URI.create(discord.restUrl() + "users/@me"))
                            .header("Authorization", "Bot " + FakeDiscord.TOKEN)
                            .build();
            long start = System.nanoTime();
            try {
                var answer = http.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 200) throw new IOException("it answered " + answer);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return System.nanoTime() - start;
        }
    }
}
