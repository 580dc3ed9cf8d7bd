package dev.sopwith.cli;

import dev.sopwith.app.Demo;
import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.PlainClient;
import dev.sopwith.bot.command.Completion;
import dev.sopwith.engine.run.RunId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The Discord of a demo, in this process: alice and bob are two users of it at one keyboard.
 *
 * <p>Threading: opened and closed by whoever; one thread plays or talks.
 */
final class DemoDiscord implements AutoCloseable {
    private static final String KIND = "discord";
    private static final List<String> PEOPLE = List.of("alice", "bob");

    private final FakeDiscord discord = new FakeDiscord();

    /** What the service of the demo has to know of it. */
    Demo.Network network() {
        return new Demo.Network(
                KIND,
                discord.settings(),
                discord.people.user("alice").id(),
                discord.people.user("bob").id(),
                FakeDiscord.environment(KIND));
    }

    /** Plays a deployment; says whether every stage happened. */
    boolean play(Consumer<String> page, Duration deadline) throws InterruptedException {
        return new DiscordWalk(discord, PEOPLE, page, deadline).play();
    }

    /** Lets people try it, until they leave. */
    void talk(ChatTerminal terminal) {
        var begin = new ArrayList<>(List.of("You are alice. \"bob: press 3 Approve\" is bob's."));
        begin.addAll(PlainClient.HELP);
        begin.add("Begin with: /sop run deploy-prod version=1.4.2");
        begin.add("To end the demo: /quit, or Ctrl-D.");
        terminal.show(begin);
        terminal.talk(new Keyboard(new PlainClient(discord, PEOPLE, terminal::show)));
    }

    /** Ends it; whoever is connected is cut off. */
    @Override
    public void close() {
        discord.close();
    }

    private static final class Keyboard implements ChatTerminal.Partner {
        private final PlainClient client;
        private boolean isOver;

        Keyboard(PlainClient client) {
            this.client = client;
        }

        @Override
        public Optional<RunId> thread() {
            return Optional.empty();
        }

        @Override
        public boolean isOver() {
            return isOver;
        }

        @Override
        public void said(String typed) {
            isOver = typed.strip().toLowerCase(Locale.ROOT).equals("/quit");
            if (!isOver) client.type(typed);
        }

        @Override
        public Completion complete(String typed) {
            return new Completion(typed.length(), List.of());
        }
    }
}
