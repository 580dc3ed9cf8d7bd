package dev.sopwith.cli;

import dev.sopwith.app.App;
import dev.sopwith.app.Demo;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The walk-through of a demo: what alice and bob type, and what the room shows then. Each stage
 * waits until what it tells of is so, and fails when that never comes.
 *
 * <p>Threading: one thread plays; the one that follows the room keeps what comes.
 */
final class DemoWalk {
    private static final int WIDTH = 80;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Pattern CODE = Pattern.compile("code ([a-z0-9]{5})\\b");

    private final Demo demo;
    private final Surroundings here;
    private final Consumer<String> page;
    private final Duration deadline;
    private final List<String> room = new ArrayList<>(); // guarded by itself
    private String stage = ""; // from here on: of the thread that plays
    private int stageBegan; // what came late in the stage before belongs to the next one
    private int shown;

    /** A stage did not happen as it was said. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String why) {
            super(why);
        }
    }

    /**
     * @param page takes each line as it happens
     * @param deadline of each stage
     */
    DemoWalk(Demo demo, Surroundings here, Consumer<String> page, Duration deadline) {
        this.demo = demo;
        this.here = here;
        this.page = page;
        this.deadline = deadline;
    }

    /** Plays all of it; says whether every stage happened. */
    boolean play() throws InterruptedException {
        page.accept("Sopwith demo: alice deploys, bob approves. It happens now, in");
        page.accept(demo.root().toString());
        page.accept("");
        page.accept(
                "Behind a name stands what that person types, below it the answer. What begins");
        page.accept("with * ~ - or | is what everybody sees in the room.");
        try (var following = new ChatRoom(App.socket(demo.alice()), "./sopwith demo", this::keep)) {
            following.open();
            stages();
            return true;
        } catch (Failed | LocalClient.Refused | IOException e) {
            page.accept("");
            page.accept("The demo FAILED at this stage: " + stage);
            print("  ", List.of(String.valueOf(e.getMessage())));
            page.accept("All that the room has shown:");
            synchronized (room) {
                print("  ", room);
            }
            return false;
        }
    }

    private void stages() throws IOException, LocalClient.Refused, Failed, InterruptedException {
        begin("alice starts a deployment. Before its first step somebody must say yes.");
        say("alice", demo.alice(), "run deploy-prod version=1.4.2", Answer.Status.OK);
        awaitRoom("step 1 (Preflight) needs a yes", "code ");
        awaitState("at gate");
        var first = code();

        begin("She may not say it herself: she started the run.");
        var refused = say("alice", demo.alice(), "approve " + first, Answer.Status.NO);
        require(refused, "not counted: you started this run");
        awaitState("at gate");

        begin("Bob may. Step 1 asks a page over HTTP, step 2 wants a yes of its own.");
        say("bob", demo.bob(), "approve " + first, Answer.Status.OK);
        awaitRoom(
                "counted 1 of 1: demo:bob",
                "output of step 1",
                "step 2 (Deploy) needs a yes",
                "code ");
        awaitSteps("completed", "now", "-", "-");
        if (demo.asked() == 0) throw new Failed("nobody has asked the page of the demo");
        var second = code();

        begin("Bob has read the command and approves it. The shell steps 2 and 3 run.");
        say("bob", demo.bob(), "approve " + second, Answer.Status.OK);
        awaitRoom("output of step 2", "step 4 (Tell people) is for people");
        awaitSteps("completed", "completed", "completed", "now");

        begin("Step 4 is for people. Alice does it and says so.");
        say("alice", demo.alice(), "done R-1 posted in #releases", Answer.Status.OK);
        // Prompts are closed when there is time for it, at any stage.
        awaitLines(this::all, "step 1 (Preflight): approved", "step 1 cleared");
        awaitRoom("R-1 deploy-prod: completed", "record ");
        awaitState("completed");

        begin("Why did it start?");
        var why = say("alice", demo.alice(), "why deploy-prod", Answer.Status.OK);
        require(why, "started R-1");

        begin("All of this is on record, and the record is whole.");
        verify();
    }

    // What is done

    private void begin(String what) {
        stage = what;
        stageBegan = shown;
        page.accept("");
        Prose.wrap(what, "# ", "# ", WIDTH).forEach(page);
    }

    /** Somebody types a line; what they are answered, and then what the room shows. */
    private List<String> say(String who, Path state, String line, Answer.Status expected)
            throws IOException, LocalClient.Refused, Failed {
        page.accept("%s> %s".formatted(who, line));
        var answer = ask(state, line);
        var lines = VerbCommand.lines("", answer);
        print("  ", lines);
        if (answer.status() != expected) {
            throw new Failed("\"%s\" should be answered with %s".formatted(line, expected));
        }
        return lines;
    }

    private static void require(List<String> lines, String expected) throws Failed {
        if (lines.stream().noneMatch(it -> it.contains(expected))) {
            throw new Failed("the answer should say: " + expected);
        }
    }

    private static Answer ask(Path state, String line) throws IOException, LocalClient.Refused {
        try (var client = LocalClient.connect(App.socket(state))) {
            return client.ask(Request.line(line, Optional.empty()), _ -> {});
        }
    }

    /** The command that anybody may give, service or not. */
    private void verify() throws Failed {
        page.accept("$ ./sopwith audit verify");
        var text = new StringWriter();
        var screen = new Screen(text, 0, false);
        var quiet =
                new Surroundings(
                        screen, screen, here.folder(), here.clock(), here.debug(), here.pages());
        int exit = Main.run(quiet, "audit", "verify", "--state-dir", demo.alice().toString());
        print("  ", text.toString().lines().toList());
        if (exit != Exit.OK) throw new Failed("the record is not as it was written");
    }

    // What is awaited

    private void awaitState(String state)
            throws IOException, LocalClient.Refused, Failed, InterruptedException {
        await("R-1 to be " + state, it -> it.data().path("state").asString("").equals(state));
    }

    /** How the first steps stand. */
    private void awaitSteps(String... states)
            throws IOException, LocalClient.Refused, Failed, InterruptedException {
        var wanted = List.of(states);
        await("the first steps to be " + String.join(", ", wanted), it -> steps(it).equals(wanted));
    }

    private static List<String> steps(Answer status) {
        return status.data().path("steps").values().stream()
                .limit(4)
                .map(it -> it.path("state").asString(""))
                .toList();
    }

    private void await(String what, Predicate<Answer> isSo)
            throws IOException, LocalClient.Refused, Failed, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        var answer = ask(demo.alice(), "status R-1");
        while (!isSo.test(answer)) {
            if (System.nanoTime() > end) {
                throw new Failed(
                        "waited %d s for %s, and it is so: %s"
                                .formatted(
                                        deadline.toSeconds(),
                                        what,
                                        String.join("; ", VerbCommand.lines("", answer))));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            answer = ask(demo.alice(), "status R-1");
        }
    }

    /** Waits until the room has shown all of this since the stage began, and shows it. */
    private void awaitRoom(String... texts) throws Failed, InterruptedException {
        awaitLines(this::sinceStage, texts);
        var lines = sinceStage();
        shown = stageBegan + lines.size();
        print("  ", lines);
    }

    private void awaitLines(Supplier<List<String>> lines, String... texts)
            throws Failed, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!containsAll(lines.get(), texts)) {
            if (System.nanoTime() > end) {
                throw new Failed(
                        "waited %d s for the room to show: %s"
                                .formatted(deadline.toSeconds(), String.join(", ", texts)));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    /** Whether each of these stands in one of the lines. */
    static boolean containsAll(List<String> lines, String... texts) {
        return Stream.of(texts).allMatch(text -> lines.stream().anyMatch(it -> it.contains(text)));
    }

    private List<String> sinceStage() {
        synchronized (room) {
            return List.copyOf(room.subList(stageBegan, room.size()));
        }
    }

    private List<String> all() {
        synchronized (room) {
            return List.copyOf(room);
        }
    }

    /** The code of the newest prompt. */
    private String code() throws Failed {
        return sinceStage().reversed().stream()
                .map(CODE::matcher)
                .filter(Matcher::find)
                .findFirst()
                .orElseThrow(() -> new Failed("the room shows no code"))
                .group(1);
    }

    private void keep(List<String> lines) {
        synchronized (room) {
            room.addAll(lines);
        }
    }

    // How it looks

    /** Lines below a margin; what is too long goes on in the next one. */
    private void print(String margin, List<String> lines) {
        for (var line : lines) {
            if (Glyph.width(margin + line) <= WIDTH) {
                page.accept(margin + line);
                continue;
            }
            var text = line.strip();
            var bar = text.startsWith("| ") ? "| " : "";
            var lead = margin + " ".repeat(line.length() - line.stripLeading().length()) + bar;
            Prose.wrap(text.substring(bar.length()), lead, lead + "  ", WIDTH).forEach(page);
        }
    }
}
