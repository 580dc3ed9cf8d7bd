package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.FakeScreen;
import dev.sopwith.bench.discord.FakeWorld.User;
import dev.sopwith.bench.discord.OpenApi;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.chat.ConnectorRegistry;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.StoreException;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * The whole service, with its people on a Discord of this machine: alice, bob and carol, who
 * decide, and mallory, whom the roster does not know.
 */
final class DiscordHouse implements App.Listener, AutoCloseable {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");

    /** Holds for the people of the group release, once an administrator has given it to them. */
    static final String RELEASE_ROLE = "9001";

    final FakeDiscord discord = new FakeDiscord();
    final User alice = discord.people.user("alice");
    final User bob = discord.people.user("bob");
    final User carol = discord.people.user("carol");
    final User mallory = discord.people.user("mallory");
    final List<String> concerns = new CopyOnWriteArrayList<>();
    final Path folder;
    private Optional<App> app = Optional.empty();

    private final Neighbour neighbour;

    DiscordHouse(Path folder) throws Exception {
        this(folder, new Neighbour(Map.of(), "", Map.of(), Map.of()));
    }

    /**
     * Another network beside Discord.
     *
     * @param accounts of people, as the roster has them: {@code matrix: [...]}
     * @param connector a line of the roster's connectors, or of what comes after them; may be empty
     * @param environment what the service finds there
     * @param kinds of connectors in place of the real ones
     */
    record Neighbour(
            Map<String, String> accounts,
            String connector,
            Map<String, String> environment,
            Map<String, ConnectorRegistry.Factory> kinds) {
        String of(String person) {
            return Optional.ofNullable(accounts.get(person)).map(it -> ", " + it).orElse("");
        }
    }

    DiscordHouse(Path folder, Neighbour neighbour) throws Exception {
        this.folder = folder;
        this.neighbour = neighbour;
        sop("deploy", "", "- tools: shell", "echo deployed by hand");
        sop("pair", "", "- tools: shell\n   - policy: pair", "echo both");
        sop("ship", "", "- tools: shell\n   - policy: release", "echo shipped");
        sop("wipe", "priority = \"critical\"", "- tools: shell", "echo wiped");
        sop("talk", "", "- tools: shell", "seq 1 3000; echo '@everyone **bold** <@1> ```'");
        var ask = folder.resolve("sops/ask");
        sop("ask", "", "- tools: shell", "echo \"$SOP_INPUT_HOST\"");
        Files.writeString(
                ask.resolve("SOP.toml"),
                Files.readString(ask.resolve("SOP.toml"))
                        + """

                        [[inputs]]
                        name = "host"
                        type = "string"
                        required = true
                        description = "Where"

                        [[inputs]]
                        name = "pw"
                        type = "string"
                        required = true
                        secret = true
                        """);
        asking("many", 5, 1);
        asking("vault", 0, 6);
        roster();
        open();
    }

    /** A SOP that needs inputs {@code in1}, … and secret ones {@code key1}, … */
    private void asking(String name, int inputs, int secrets) throws IOException {
        sop(name, "", "- tools: shell", "echo asked");
        var text =
                new StringBuilder(
                        Files.readString(folder.resolve("sops").resolve(name).resolve("SOP.toml")));
        for (int i = 1; i <= inputs; i++) text.append(input("in" + i, ""));
        for (int i = 1; i <= secrets; i++) text.append(input("key" + i, "secret = true"));
        Files.writeString(folder.resolve("sops").resolve(name).resolve("SOP.toml"), text);
    }

    private static String input(String name, String more) {
        return "\n[[inputs]]\nname = \"%s\"\ntype = \"string\"\nrequired = true\n%s\n"
                .formatted(name, more);
    }

    private void sop(String name, String manifest, String attributes, String script)
            throws IOException {
        RunningApp.write(
                folder,
                name,
                manifest,
                """
                1. **Do** — %s.
                   %s
                   - requires_confirmation: true

                   ```sh
                   %s
                   ```
                """
                        .formatted(name, attributes, script));
    }

    private void roster() throws IOException {
        var settings = discord.settings();
        var text =
                """
                people:
                  alice: {discord: ["%s"]%s}
                  bob: {discord: ["%s"]%s}
                  carol: {discord: ["%s"]%s}
                groups: {release: [bob, carol]}
                access: [{sops: "*", run: [everyone]}]
                policies:
                  default: {approvers: [alice, bob, carol], exclude_initiator: true}
                  pair: {approvers: [alice, bob, carol], exclude_initiator: true, quorum: 2}
                  release: {approvers: [release], quorum: 2}
                connectors:
                  chat: {kind: discord, discord: {channel_id: "%s", base_url: "%s", gateway_url: "%s", roles: {"%s": release}}}
                %s
                """
                        .formatted(
                                alice.id(),
                                neighbour.of("alice"),
                                bob.id(),
                                neighbour.of("bob"),
                                carol.id(),
                                neighbour.of("carol"),
                                settings.get("channel_id"),
                                settings.get("base_url"),
                                settings.get("gateway_url"),
                                RELEASE_ROLE,
                                neighbour.connector());
        var file = Files.writeString(folder.resolve("roster.yaml"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** Starts the service, and waits until people can use it. */
    void open() throws Exception {
        var file = folder.resolve("roster.yaml");
        var environment = new HashMap<>(neighbour.environment());
        environment.put("DISCORD_BOT_TOKEN", FakeDiscord.TOKEN);
        app =
                Optional.of(
                        App.open(
                                new App.Settings(
                                        folder.resolve("sops"),
                                        "sops",
                                        folder.resolve("state"),
                                        System.getProperty("user.name"),
                                        Optional.empty(),
                                        Optional.of(RosterFile.open(file, "roster.yaml")),
                                        Map.copyOf(environment)),
                                this,
                                Clocks.right(Clock.systemUTC()),
                                neighbour.kinds()));
        FakeDiscord.await("the commands", discord.screen::hasCommands);
        FakeDiscord.await("the gateway", discord.gateway::isConnected);
    }

    void stop() {
        app.ifPresent(App::close);
        app = Optional.empty();
    }

    /** The service goes on from this backup; its steps are those of the machine, as ever. */
    void restore(Path backup) throws Exception {
        stop();
        Files.move(folder.resolve("state"), folder.resolve("old-state"));
        App.restore(backup, folder.resolve("state"), Clock.systemUTC());
        Files.copy(
                folder.resolve("old-state/secrets.key"),
                folder.resolve("state/secrets.key"),
                StandardCopyOption.COPY_ATTRIBUTES);
        open();
    }

    @Override
    public void heard(SopEvent event) {}

    @Override
    public void heard(RosterFile.Event event) {}

    @Override
    public void concerned(String line) {
        concerns.add(line);
    }

    @Override
    public void stopped(StoreException why) {
        throw new AssertionError(why);
    }

    /** The prompt of the run, while somebody is asked: the message with buttons. */
    ObjectNode prompt(String run) {
        FakeDiscord.await("a prompt of " + run, () -> openPrompt(run).isPresent());
        return openPrompt(run).orElseThrow();
    }

    /**
     * Nobody answers a prompt before the store knows that it is there: what comes next is later.
     */
    void awaitKnown(String run) {
        var prompt = FakeScreen.id(prompt(run));
        discord.people.react(alice, prompt, "✅");
        var _ = discord.screen.awaitMessage("not counted: you started this run");
    }

    Optional<ObjectNode> openPrompt(String run) {
        return discord.screen.shown().stream()
                .filter(it -> !it.path("components").isEmpty())
                .filter(it -> FakeScreen.text(it).startsWith(run + " "))
                .findFirst();
    }

    String room() {
        return Optional.ofNullable(discord.settings().get("channel_id")).orElseThrow();
    }

    /** Says something at the terminal of this machine. */
    String say(String... words) throws Exception {
        var socket = App.socket(folder.resolve("state").toRealPath());
        try (var client = LocalClient.connect(socket)) {
            return RunningApp.text(client.ask(new Request(List.of(words), false), _ -> {}));
        }
    }

    /** What monitors see, where the roster has {@code ingress.http}. */
    List<String> metrics() throws Exception {
        var address = app.flatMap(App::observed).orElseThrow();
        var request = HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .toList();
        }
    }

    void awaitSaid(String answer, String... words) {
        FakeDiscord.await(
                answer,
                () -> {
                    try {
                        return say(words).contains(answer);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    static String code(ObjectNode prompt) {
        var code = CODE.matcher(FakeScreen.text(prompt));
        assertThat(code.find()).as(FakeScreen.text(prompt)).isTrue();
        return code.group(1);
    }

    @Override
    public void close() {
        stop();
        discord.close();
        assertThat(OpenApi.problems(discord.calls)).isEmpty();
    }
}
