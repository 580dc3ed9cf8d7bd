package dev.sopwith.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        if (!isInstalled()) {
            return here.refuse(
                    "there is no tmux on this machine; only this layout needs it",
                    "Go on with: ./sopwith chat%s, and ./sopwith board in another terminal; or install tmux"
                            .formatted(stateDir.asOption()));
        }
        boolean isNested = !Optional.ofNullable(System.getenv("TMUX")).orElse("").isEmpty();
        if (isNested) return layOut(List.of("tmux"), List.of("new-window", "-n", SESSION));
        if (!Terminals.isThere()) {
            return here.refuse(
                    "there is no terminal here to lay anything out in",
                    "Without one: ./sopwith chat%s reads lines, ./sopwith board --once prints"
                            .formatted(stateDir.asOption()));
        }
        var file = UserFolder.file(System.getenv(), "tmux.conf");
        Files.writeString(file, OWN_CONFIGURATION);
        var tmux = List.of("tmux", "-L", SESSION, "-f", file.toString());
        if (run(with(tmux, "has-session", "-t", TARGET)).exit() != 0) {
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
        return attach(with(tmux, "attach-session", "-t", TARGET));
    }

    private static boolean isInstalled() {
        for (var folder :
                Optional.ofNullable(System.getenv("PATH"))
                        .orElse("")
                        .split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "tmux"))) return true;
        }
        return false;
    }

    /** Chat on the left; on the right what happens below the board. */
    private int layOut(List<String> tmux, List<String> begin)
            throws IOException, InterruptedException {
        var chat = pane(tmux, begin, "chat");
        if (chat.isEmpty()) return Exit.FINDINGS;
        var board =
                pane(tmux, List.of("split-window", "-h", "-l", "45%", "-t", chat.get()), "board");
        if (board.isEmpty()) return Exit.FINDINGS;
        var log = pane(tmux, List.of("split-window", "-v", "-t", board.get()), "chat", "--listen");
        if (log.isEmpty()) return Exit.FINDINGS;
        return run(with(tmux, "select-pane", "-t", chat.get())).exit() == 0
                ? Exit.OK
                : Exit.FINDINGS;
    }

    /** Opens a pane with one of our commands; its id. */
    private Optional<String> pane(List<String> tmux, List<String> how, String... command)
            throws IOException, InterruptedException {
        var words = new ArrayList<>(tmux);
        words.addAll(how);
        words.addAll(List.of("-P", "-F", "#{pane_id}"));
        // Several words are started as they are, without a shell.
        for (var word : self(command))
            words.add(word.endsWith(";") ? word.substring(0, word.length() - 1) + "\\;" : word);
        var said = run(words);
        if (said.exit() == 0) return Optional.of(said.text().strip());
        here.err().line("sopwith: tmux: " + said.text().strip());
        return Optional.empty();
    }

    /** This program with other words. */
    private List<String> self(String... command) {
        var words = new ArrayList<String>();
        var launcher =
                Optional.ofNullable(System.getProperty("sopwith.launcher"))
                        .filter(it -> !it.isEmpty());
        if (launcher.isPresent()) {
            words.add(launcher.get());
        } else {
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            words.add("--enable-native-access=ALL-UNNAMED");
            words.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
            words.addAll(List.of("-cp", System.getProperty("java.class.path")));
            words.add("dev.sopwith.cli.Main");
        }
        words.addAll(List.of(command));
        words.addAll(List.of("--state-dir", stateDir.in(here).toString()));
        return words;
    }

    private static List<String> with(List<String> tmux, String... words) {
        var all = new ArrayList<>(tmux);
        all.addAll(List.of(words));
        return all;
    }

    private record Said(int exit, String text) {}

    private static Said run(List<String> words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private static int attach(List<String> words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor() == 0
                ? Exit.OK
                : Exit.FINDINGS;
    }
}
