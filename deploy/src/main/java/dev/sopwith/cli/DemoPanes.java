package dev.sopwith.cli;

import dev.sopwith.app.Demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A demo in tmux: what to type, alice, bob and the board. It is over when alice leaves her chat, or
 * whoever looks leaves tmux.
 *
 * <p>Threading: one thread shows; {@link #end} from any thread.
 */
final class DemoPanes {
    private static final String SESSION = "demo";
    private static final int COLUMNS_MIN = 80;
    private static final int ROWS_MIN = 20;
    private static final Duration LOOK = Duration.ofMillis(300);

    private static final List<String> GUIDE =
            List.of(
                    "You are alice, on the left; bob is on the right. Go there by a click or C-b o.",
                    "1 alice  run deploy-prod version=1.4.2   the room shows what runs, and a CODE",
                    "2 alice  approve CODE                    not counted: alice started it",
                    "3 bob    approve CODE                    the step runs; the next one asks again",
                    "4 alice  done R-1                        once the last step waits for people");

    private static final String END = "To end the demo: /quit in the pane of alice";

    private static final String OWN_CONFIGURATION =
            """
            # Written by sopwith demo.
            set -g history-limit 50000
            set -g mouse on
            set -s set-clipboard off
            set -g allow-rename off
            set -g automatic-rename off
            set -g set-titles off
            set -g status-left " sopwith demo "
            set -g status-left-length 20
            set -g status-right " C-b o: next pane  C-b d: end "
            set -g status-right-length 40
            """;

    private final Demo demo;
    private final boolean isNested = Tmux.isAround();
    private final Tmux tmux;
    private final CountDownLatch over = new CountDownLatch(1);
    private String window = ""; // guarded by this

    /** tmux did not do what it was told. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String why) {
            super(why);
        }
    }

    /** On a tmux server of its own in the folder of the demo, or in the one around. */
    DemoPanes(Demo demo) throws IOException {
        this.demo = demo;
        var file = Files.writeString(demo.root().resolve("tmux.conf"), OWN_CONFIGURATION);
        var socket = demo.root().resolve("tmux").toString();
        this.tmux = isNested ? Tmux.around() : Tmux.server("-S", socket, "-f", file.toString());
    }

    /**
     * Columns and rows of a terminal.
     *
     * @param columns 0 where that is not known
     */
    record Size(int columns, int rows) {}

    /** Whether four panes are of any use in a terminal of this size. */
    static boolean fit(Size size) {
        return size.columns() >= COLUMNS_MIN && size.rows() >= ROWS_MIN;
    }

    /** Whether the panes are in another window than the one that this process runs in. */
    boolean isElsewhere() {
        return isNested;
    }

    /**
     * Shows all of it, until it is over.
     *
     * @param size of the terminal
     */
    void show(Size size) throws IOException, InterruptedException, Failed {
        try {
            var alice = layOut(size.columns(), size.rows());
            var looking = Thread.ofVirtual().name("demo-panes").start(() -> endWithout(alice));
            if (!isNested) {
                var _ = tmux.attach("=" + SESSION + ":");
                end();
            }
            looking.join();
        } finally {
            end();
        }
    }

    /** What to type on top, alice on the left, bob above the board on the right. */
    private String layOut(int columns, int rows) throws IOException, InterruptedException, Failed {
        var guide = new ArrayList<>(GUIDE);
        // In a tmux that is not ours this would only leave it, and the demo would go on.
        guide.add(END + (isNested ? "." : ", or C-b d."));
        var start = Files.write(demo.root().resolve("START.txt"), guide).toString();
        var begin =
                isNested
                        ? List.of("new-window", "-n", "sopwith-demo")
                        : List.of(
                                "new-session",
                                "-d",
                                "-s",
                                SESSION,
                                "-n",
                                "room",
                                "-x",
                                Integer.toString(columns),
                                "-y",
                                Integer.toString(rows));
        var top = pane(begin, "what to type", List.of("tail", "-n", "100", "-f", start));
        synchronized (this) {
            window = tmux.say("display-message", "-p", "-t", top, "#{window_id}").text();
            tell("set-option", "-w", "-t", window, "pane-border-status", "top");
            tell("set-option", "-w", "-t", window, "pane-border-format", " #{@who} ");
        }
        int below = Math.max(rows - guide.size() - 4, 3);
        var alice = pane(below(top, below), "alice (you)", chat("alice", demo.alice()));
        var bob = pane(beside(alice), "bob", chat("bob", demo.bob()));
        var board = List.of("board", "--state-dir", demo.alice().toString());
        var _ = pane(below(bob, Math.max(below * 2 / 5, 3)), "board", Tmux.self(board));
        tell("select-pane", "-t", alice);
        return alice;
    }

    private static List<String> below(String pane, int rows) {
        return List.of("split-window", "-v", "-l", Integer.toString(rows), "-t", pane);
    }

    private static List<String> beside(String pane) {
        return List.of("split-window", "-h", "-l", "48%", "-t", pane);
    }

    /** What is typed here is no history of the person. */
    private List<String> chat(String who, Path state) {
        var history = demo.root().resolve("history").resolve(who);
        var words = new ArrayList<>(List.of("env", "XDG_STATE_HOME=" + history));
        words.addAll(Tmux.self(List.of("chat", "--state-dir", state.toString())));
        return words;
    }

    private String pane(List<String> how, String who, List<String> command)
            throws IOException, InterruptedException, Failed {
        var said = tmux.pane(how, command);
        if (said.exit() != 0) throw new Failed(said.text());
        tell("set-option", "-p", "-t", said.text(), "@who", who);
        return said.text();
    }

    private void tell(String... words) throws IOException, InterruptedException, Failed {
        var said = tmux.say(words);
        if (said.exit() != 0) throw new Failed(said.text());
    }

    /** Ends it once this pane has gone. */
    private void endWithout(String pane) {
        try {
            do {
                var panes = tmux.say("list-panes", "-a", "-F", "#{pane_id} #{pane_dead}");
                if (panes.exit() != 0 || panes.text().lines().noneMatch((pane + " 0")::equals))
                    break;
            } while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException _) {
            // Without tmux there is nothing to look at any more.
        }
        end();
    }

    /** Takes all panes away. Again does nothing. */
    synchronized void end() {
        if (over.getCount() == 0) return;
        over.countDown();
        try {
            if (!isNested) tmux.say("kill-server");
            else if (!window.isEmpty()) tmux.say("kill-window", "-t", window);
        } catch (IOException _) {
            // There is no tmux any more, and no pane either.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
