package dev.sopwith.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code sopwith tmux}: lays out chat, what happens and the board side by side. tmux only shows
 * them: nothing is ever typed into a pane or read from one.
 */
@Command(
        name = "tmux",
        description = "Open chat, what happens, and the board, side by side in tmux.",
        footer = {
            "",
            "On a tmux server of its own (tmux -L sopwith); inside tmux: a new window of that tmux."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":left",
            Exit.FINDINGS + ":tmux could not lay it out",
            Exit.WRONG_USE + ":there is no tmux or no terminal, or wrong use"
        })
final class TmuxCommand implements Callable<Integer> {
    private static final String SESSION = "sopwith";
    private static final String TARGET = "=" + SESSION + ":"; // exactly this one, not one like it

    private static final String OWN_CONFIGURATION =
            """
            # Written by sopwith tmux at each start.
            set -g history-limit 50000
            set -g mouse on
            set -s set-clipboard off
            set -g allow-rename off
            set -g automatic-rename off
            set -g set-titles off
            set -g remain-on-exit on
            set -g status-left " sopwith "
            set -g status-right " C-b r: start an ended pane again "
            set -g status-right-length 40
            bind r respawn-pane
            """;

    private final Surroundings here;

    @Mixin private StateDir stateDir = new StateDir();

    TmuxCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Tmux.isInstalled()) {
            return here.refuse(
                    "there is no tmux on this machine; only this layout needs it",
                    "Go on with: ./sopwith chat%s, and ./sopwith board in another terminal; or install tmux"
                            .formatted(stateDir.asOption()));
        }
        if (Tmux.isAround()) {
            return layOut(Tmux.around(), List.of("new-window", "-n", SESSION));
        }
        if (!Terminals.isThere()) {
            return here.refuse(
                    "there is no terminal here to lay anything out in",
                    "Without one: ./sopwith chat%s reads lines, ./sopwith board --once prints"
                            .formatted(stateDir.asOption()));
        }
        var file = UserFolder.file(System.getenv(), "tmux.conf");
        Files.writeString(file, OWN_CONFIGURATION);
        var tmux = Tmux.server("-L", SESSION, "-f", file.toString());
        if (tmux.say("has-session", "-t", TARGET).exit() != 0) {
            int exit =
                    layOut(
                            tmux,
                            List.of(
                                    "new-session",
                                    "-d",
                                    "-s",
                                    SESSION,
                                    "-n",
                                    "room",
                                    "-x",
                                    "160",
                                    "-y",
                                    "50"));
            if (exit != Exit.OK) return exit;
        }
        return tmux.attach(TARGET) ? Exit.OK : Exit.FINDINGS;
    }

    /** Chat on the left; on the right what happens below the board. */
    private int layOut(Tmux tmux, List<String> begin) throws IOException, InterruptedException {
        var chat = pane(tmux, begin, "chat");
        if (chat.isEmpty()) return Exit.FINDINGS;
        var board =
                pane(tmux, List.of("split-window", "-h", "-l", "45%", "-t", chat.get()), "board");
        if (board.isEmpty()) return Exit.FINDINGS;
        var log = pane(tmux, List.of("split-window", "-v", "-t", board.get()), "chat", "--listen");
        if (log.isEmpty()) return Exit.FINDINGS;
        return tmux.say("select-pane", "-t", chat.get()).exit() == 0 ? Exit.OK : Exit.FINDINGS;
    }

    /** Opens a pane with one of our commands; its id. */
    private Optional<String> pane(Tmux tmux, List<String> how, String... command)
            throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--state-dir", stateDir.in(here).toString()));
        var said = tmux.pane(how, Tmux.self(words));
        if (said.exit() == 0) return Optional.of(said.text());
        here.err().line("sopwith: tmux: " + said.text());
        return Optional.empty();
    }
}
