package dev.sopwith.cli;

import dev.sopwith.bench.discord.FakeDiscord;
import dev.sopwith.bench.discord.PlainClient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The walk-through of a demo in a Discord of this machine: what alice and bob do there, and what
 * they see then. Each stage waits until what it tells of is so, and fails when that never comes.
 *
 * <p>Threading: one thread plays; what is shown comes from others.
 */
final class DiscordWalk {
    private static final int WIDTH = 80;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Pattern CODE = Pattern.compile("code ([a-z0-9]{5})\\b");

    private final FakeDiscord discord;
    private final Consumer<String> page;
    private final Duration deadline;
    private final PlainClient client;
    private final List<String> seen = new ArrayList<>(); // guarded by itself
    private String stage = ""; // from here on: of the thread that plays
    private int stageBegan; // what came late in the stage before belongs to the next one
    private int shown;

    DiscordWalk(
            FakeDiscord discord, List<String> people, Consumer<String> page, Duration deadline) {
        this.discord = discord;
        this.page = page;
        this.deadline = deadline;
        this.client = new PlainClient(discord, people, this::keep);
    }

    /** Plays all of it; says whether every stage happened. */
    boolean play() throws InterruptedException {
        page.accept("Sopwith demo: alice deploys, bob approves, in a Discord of this machine at");
        page.accept(discord.restUrl());
        page.accept("");
        page.accept("Behind a name stands what that person does; below it what is shown, each");
        page.accept("message with its place, its number and its buttons.");
        try {
            stages();
            return true;
        } catch (DemoWalk.Failed e) {
            page.accept("");
            page.accept("The demo FAILED at this stage: " + stage);
            print(List.of(String.valueOf(e.getMessage())));
            page.accept("All that was shown:");
            synchronized (seen) {
                print(seen);
            }
            return false;
        }
    }

    private void stages() throws DemoWalk.Failed, InterruptedException {
        begin("The service connects and registers its slash commands.");
        await("the commands", () -> discord.screen.hasCommands());

        begin("alice starts a deployment. Before its first step somebody must say yes.");
        type("alice: /sop run deploy-prod version=1.4.2");
        awaitSeen("step 1 (Preflight) needs a yes", "[Approve] [Deny] [Details]");

        begin("She may not press the button herself: she started the run.");
        press("alice", "step 1 (Preflight) needs a yes");
        awaitSeen("not counted: you started this run");

        begin("Bob may. Step 1 asks a page over HTTP, step 2 wants a yes of its own.");
        press("bob", "step 1 (Preflight) needs a yes");
        awaitSeen("output of step 1", "step 2 (Deploy) needs a yes");

        begin("Bob has read the command and approves it. The shell steps 2 and 3 run.");
        press("bob", "step 2 (Deploy) needs a yes");
        awaitSeen("output of step 2", "step 4 (Tell people) is for people");

        begin("Step 4 is for people. Alice does it and says so.");
        type("alice: /sop done R-1 posted in #releases");
        awaitSeen("R-1 deploy-prod: completed");

        begin("Why did it start? A mention is a second way to ask.");
        type("alice: @sopwith why deploy-prod");
        awaitSeen("started R-1");
    }

    // What is done

    private void begin(String what) {
        stage = what;
        stageBegan = shown;
        page.accept("");
        Prose.wrap(what, "# ", "# ", WIDTH).forEach(page);
    }

    private void type(String line) {
        page.accept(line.replaceFirst(": ", "> "));
        client.type(line);
    }

    /** Presses Approve on the prompt with these words; where a form asks for the code, types it. */
    private void press(String who, String prompt) throws DemoWalk.Failed {
        int number =
                client.number(prompt)
                        .orElseThrow(() -> new DemoWalk.Failed("there is no prompt: " + prompt));
        type("%s: press %d Approve".formatted(who, number));
        if (client.isAsked()) type(code());
    }

    /** The code of the newest prompt. */
    private String code() throws DemoWalk.Failed {
        synchronized (seen) {
            return seen.reversed().stream()
                    .map(CODE::matcher)
                    .filter(Matcher::find)
                    .findFirst()
                    .orElseThrow(() -> new DemoWalk.Failed("no code was shown"))
                    .group(1);
        }
    }

    // What is awaited

    private interface Condition {
        boolean isSo();
    }

    private void await(String what, Condition condition)
            throws DemoWalk.Failed, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.isSo()) {
            if (System.nanoTime() > end) {
                throw new DemoWalk.Failed(
                        "waited %d s for %s".formatted(deadline.toSeconds(), what));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    /** Waits until all of this was shown since the stage began, and shows it. */
    private void awaitSeen(String... texts) throws DemoWalk.Failed, InterruptedException {
        await(String.join(", ", texts), () -> DemoWalk.containsAll(sinceStage(), texts));
        var lines = sinceStage();
        shown = stageBegan + lines.size();
        print(lines);
    }

    private List<String> sinceStage() {
        synchronized (seen) {
            return List.copyOf(seen.subList(stageBegan, seen.size()));
        }
    }

    private void keep(List<String> lines) {
        synchronized (seen) {
            seen.addAll(lines);
        }
    }

    private void print(List<String> lines) {
        for (var line : lines) {
            var all = "  " + line;
            if (Glyph.width(all) <= WIDTH) {
                page.accept(all);
                continue;
            }
            var lead = " ".repeat(all.length() - all.stripLeading().length());
            Prose.wrap(all.strip(), lead, lead + "  ", WIDTH).forEach(page);
        }
    }
}
