package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.Peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A person at a terminal: a real tmux server of their own, whose keys are typed and whose screen is
 * read. Only tests do that.
 */
final class Panes {
    private final Path folder;
    private final Path socket;

    Panes(Path folder) throws Exception {
        this.folder = folder;
        this.socket = folder.resolve("t");
        Peer.require(isThere(), "tmux is missing; install it, for instance: apt install tmux");
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    /** A script that is the program, so that tmux gets a short command. */
    Path program(ProcessBuilder like, Map<String, String> environment) throws IOException {
        var script = folder.resolve("sopwith");
        var text = new StringBuilder("#!/bin/sh\ncd " + quoted(folder.toString()) + "\n");
        var state = like.environment().get("SOPWITH_STATE");
        text.append("export SOPWITH_STATE=").append(quoted(String.valueOf(state))).append('\n');
        text.append("export XDG_STATE_HOME=").append(quoted(folder + "/xdg")).append('\n');
        environment.forEach(
                (name, value) ->
                        text.append("export ")
                                .append(name)
                                .append('=')
                                .append(quoted(value))
                                .append('\n'));
        var words = new ArrayList<>(like.command());
        words.add(1, "-Dsopwith.launcher=" + script);
        text.append("exec");
        words.forEach(it -> text.append(' ').append(quoted(it)));
        Files.writeString(script, text.append(" \"$@\"\n"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Opens a terminal of this size with this command in it. */
    void open(int columns, int rows, String... command) throws Exception {
        var words = new ArrayList<>(List.of("new-session", "-d", "-s", "person"));
        words.addAll(List.of("-x", Integer.toString(columns), "-y", Integer.toString(rows)));
        words.addAll(List.of(command));
        words.addAll(List.of(";", "set", "-g", "remain-on-exit", "on"));
        tmux(words.toArray(String[]::new));
    }

    void type(String text) throws Exception {
        tmux("send-keys", "-t", "=person:", "-l", "--", text);
    }

    void enter(String text) throws Exception {
        type(text);
        press("Enter");
    }

    void press(String key) throws Exception {
        tmux("send-keys", "-t", "=person:", key);
    }

    void resize(int columns, int rows) throws Exception {
        tmux(
                "resize-window",
                "-t",
                "=person:",
                "-x",
                Integer.toString(columns),
                "-y",
                Integer.toString(rows));
    }

    /** What stands on the screen and above it, wrapped lines joined. */
    String screen() throws Exception {
        return tmux("capture-pane", "-p", "-J", "-S", "-500", "-t", "=person:");
    }

    /** What stands on the screen alone, as it is wrapped. */
    String window() throws Exception {
        return tmux("capture-pane", "-p", "-t", "=person:");
    }

    String ask(String format) throws Exception {
        return tmux("display-message", "-p", "-t", "=person:", format).strip();
    }

    /** Waits until all of this stands there. */
    String awaitScreen(String... texts) throws Exception {
        RealService.await(
                () -> contains(screen(), texts), () -> "no " + List.of(texts) + " in\n" + screen());
        return screen();
    }

    private static boolean contains(String screen, String... texts) {
        for (var text : texts) if (!screen.contains(text)) return false;
        return true;
    }

    /** Says something to the tmux server; what it answers. */
    String tmux(String... words) throws Exception {
        var all = new ArrayList<>(List.of("tmux", "-S", socket.toString(), "-f", "/dev/null"));
        all.addAll(List.of(words));
        var builder = new ProcessBuilder(all).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().put("LC_ALL", "C.UTF-8");
        var process = builder.start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    void close() throws Exception {
        if (Files.exists(socket)) {
            new ProcessBuilder("tmux", "-S", socket.toString(), "kill-server").start().waitFor();
        }
    }
}
