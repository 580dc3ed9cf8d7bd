package dev.sopwith.cli;

import dev.sopwith.app.App;
import dev.sopwith.app.Demo;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.runtime.LinuxClocks;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.StoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.logging.FileHandler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** {@code sopwith demo}: the service with two people in it, to try out or to watch. */
@Command(
        name = "demo",
        description = "Try it out: a service of its own with two people, alice (you) and bob.",
        footer = {
            "",
            "In a terminal: both at a chat, in tmux where there is one. Else, and with --transcript: a",
            "walk-through that plays by itself."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":left, or every stage of the walk-through happened",
            Exit.FINDINGS + ":a stage of the walk-through failed, or tmux did",
            Exit.WRONG_USE + ":it cannot start, or wrong use",
            Exit.TEMPORARY + ":the store stopped: what was answered is kept"
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration STAGE = Duration.ofSeconds(60);

    private final Surroundings here;

    @Option(
            names = "--transcript",
            paramLabel = "FILE",
            description = "Play the walk-through, and keep it in this file as well.")
    private Optional<Path> transcript = Optional.empty();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where the demo lies; missing or empty. Default: a fresh temporary folder.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = "--discord-fake",
            description =
                    "In a Discord of this machine, with a plain text client: no account is needed.")
    private boolean discordFake;

    private volatile boolean isTold; // by a signal, to end
    private volatile boolean isOver;
    private volatile boolean storeStopped;
    private volatile Runnable leave = () -> {};
    private Optional<Demo> demo = Optional.empty(); // guarded by this
    private Optional<DemoDiscord> discord = Optional.empty(); // guarded by this

    DemoCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAsTold, "end"));
        try (var kept = transcript()) {
            return demo(kept);
        } catch (DirectoryNotEmptyException e) {
            return here.refuse(
                    e.getFile() + " is not empty, and a demo begins afresh",
                    "Go on with the one in it: ./sopwith up --sops-dir %s/sops; or name another folder"
                            .formatted(e.getFile()));
        } catch (RosterFile.Unusable e) {
            Findings.show(here.err(), e.findings(), Sources.NONE);
            return here.refuse(
                    "cannot start: others could change what lies there",
                    "Name a folder that only you can write to, with --dir DIR");
        } catch (FileSystemException e) {
            return here.refuse(
                    "cannot start: %s: %s".formatted(e.getFile(), reason(e)),
                    "Name a folder and a file that you can write to.");
        } catch (IOException | SecretBox.BadKey | StoreException e) {
            return here.refuse(
                    "cannot start: " + e.getMessage(), "A demo in another folder: --dir DIR");
        } finally {
            isOver = true;
        }
    }

    private static String reason(FileSystemException e) {
        return Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName());
    }

    /** Where the walk-through is kept; nowhere, if it is not. */
    private Writer transcript() throws IOException {
        return transcript.isPresent()
                ? Files.newBufferedWriter(here.folder().resolve(transcript.get()))
                : Writer.nullWriter();
    }

    private int demo(Writer kept)
            throws IOException, InterruptedException, RosterFile.Unusable, SecretBox.BadKey {
        var now = open();
        if (now.isEmpty()) return Exit.FINDINGS;
        try {
            return shown(now.get(), kept);
        } finally {
            close();
            if (!isTold) tellWhereItLies(now.get());
        }
    }

    private int shown(Demo now, Writer kept) throws IOException, InterruptedException {
        int exit = Exit.OK;
        boolean isPlayed = transcript.isPresent() || !Terminals.isThere();
        var there = discord();
        if (there.isPresent()) exit = onDiscord(there.get(), isPlayed, kept);
        else if (isPlayed) exit = play(now, kept);
        else if (Tmux.isInstalled() && DemoPanes.fit(size())) exit = inTmux(now);
        else talk(now);
        if (!storeStopped) return exit;
        here.err().line("sopwith: the store stopped, so the demo ends; is the disk full?");
        return Exit.TEMPORARY;
    }

    /** One that a signal finds, however early it comes. */
    private synchronized Optional<Demo> open()
            throws IOException, RosterFile.Unusable, SecretBox.BadKey {
        if (isTold) return Optional.empty();
        var root =
                folder.isPresent()
                        ? here.folder().resolve(folder.get()).toAbsolutePath().normalize()
                        : Files.createTempDirectory("sopwith-demo-");
        if (discordFake) discord = Optional.of(new DemoDiscord());
        var network = discord.map(DemoDiscord::network);
        demo = Optional.of(Demo.open(root, network, new Heard(), new LinuxClocks(here.clock())));
        return demo;
    }

    private synchronized Optional<DemoDiscord> discord() {
        return discord;
    }

    private synchronized void close() {
        demo.ifPresent(Demo::close);
        discord.ifPresent(DemoDiscord::close);
    }

    /** In order, and nothing is left running; the signal's own exit code says what happened. */
    private void endAsTold() {
        if (isOver) return;
        isTold = true;
        leave.run();
        close();
    }

    private void tellWhereItLies(Demo now) {
        here.out().line();
        here.out().line("The demo has ended; it lies in " + now.root());
        here.out().line("Go on with it: ./sopwith up --sops-dir " + now.sops());
        here.out()
                .line(
                        discordFake
                                ? "(without its connector: take that out of roster.yaml beside it)"
                                : "(bob has no account there until roster.yaml beside it says so)");
        var _ = here.out().flush();
    }

    // The walk-through

    private int play(Demo now, Writer kept) throws InterruptedException {
        return kept(kept, page -> new DemoWalk(now, here, page, STAGE).play());
    }

    private int onDiscord(DemoDiscord there, boolean isPlayed, Writer kept)
            throws IOException, InterruptedException {
        if (isPlayed) return kept(kept, page -> there.play(page, STAGE));
        try (var terminal = Terminals.open()) {
            there.talk(
                    new ChatTerminal(terminal, Optional.empty(), Terminals.isColoured(terminal)));
        }
        return Exit.OK;
    }

    /** Something that plays by itself, line by line. */
    private interface Walk {
        /** Whether every stage happened. */
        boolean play(Consumer<String> page) throws InterruptedException;
    }

    private int kept(Writer kept, Walk walk) throws InterruptedException {
        var copy = new Screen(kept, 0, false);
        Consumer<String> page =
                line -> {
                    if (isTold) return;
                    here.out().line(line);
                    var _ = here.out().flush();
                    copy.line(line);
                };
        boolean isWell = walk.play(page);
        var loss = copy.flush();
        if (loss.isEmpty()) return isWell ? Exit.OK : Exit.FINDINGS;
        here.err().line("sopwith: the transcript could not be written: " + loss.get().getMessage());
        return Exit.OUTPUT_LOST;
    }

    // With people

    private static DemoPanes.Size size() throws IOException {
        try (var terminal = Terminals.open()) {
            return new DemoPanes.Size(terminal.getColumns(), terminal.getRows());
        }
    }

    private int inTmux(Demo now) throws IOException, InterruptedException {
        var panes = new DemoPanes(now);
        leave = panes::end;
        if (panes.isElsewhere()) {
            here.out()
                    .line(
                            "The demo is in the window sopwith-demo of this tmux. Ctrl-C here ends it.");
            var _ = here.out().flush();
        }
        try {
            panes.show(size()); // the terminal is tmux's now
            return Exit.OK;
        } catch (DemoPanes.Failed e) {
            here.err().line("sopwith: tmux: " + e.getMessage());
            return Exit.FINDINGS;
        }
    }

    private void talk(Demo now) throws IOException {
        try (var terminal = Terminals.open()) {
            var chat = new ChatTerminal(terminal, Optional.empty(), Terminals.isColoured(terminal));
            var alice = App.socket(now.alice());
            try (var room = new ChatRoom(alice, "./sopwith demo", chat::show)) {
                chat.show(
                        List.of(
                                "You are alice. A line that begins with \"bob:\" is said by bob.",
                                "  run deploy-prod version=1.4.2   the room shows what will run, and a CODE",
                                "  approve CODE                    not counted: alice started it",
                                "  bob: approve CODE               the step runs; the next one asks again",
                                "  done R-1                        once the last step waits for people",
                                "Bob can have a terminal of his own: ./sopwith chat --state-dir "
                                        + now.bob(),
                                "To end the demo: /quit, or Ctrl-D."));
                room.open();
                chat.talk(
                        new DemoDialogue(
                                dialogue(alice, room, chat),
                                dialogue(App.socket(now.bob()), room, chat)));
            }
        }
    }

    private static ChatDialogue dialogue(Path socket, ChatRoom room, ChatTerminal chat) {
        return new ChatDialogue(socket, room, chat::show, chat::columns, chat::secret);
    }

    private final class Heard implements Demo.Listener {
        /** The log goes there: its lines would stand in the middle of what is shown. */
        @Override
        public void made(Path root) throws IOException {
            LogManager.getLogManager().reset();
            var file = new FileHandler(root.resolve("demo.log").toString());
            file.setFormatter(new SimpleFormatter());
            Logger.getLogger("").addHandler(file);
        }

        @Override
        public void stopped() {
            storeStopped = true;
            leave.run();
        }
    }
}
