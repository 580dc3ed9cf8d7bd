package dev.sopwith.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tmux server that shows our own commands in panes. Nothing is ever typed into a pane or read
 * from one.
 *
 * <p>Threading: immutable.
 */
record Tmux(List<String> words) {
    /**
     * What tmux answered.
     *
     * @param text without blanks around it
     */
    record Said(int exit, String text) {}

    static boolean isInstalled() {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (var folder : path.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "tmux"))) return true;
        }
        return false;
    }

    /** Whether this process runs in a pane itself. */
    static boolean isAround() {
        return !Optional.ofNullable(System.getenv("TMUX")).orElse("").isEmpty();
    }

    /** The server in a pane of which this process runs. */
    static Tmux around() {
        return new Tmux(List.of("tmux"));
    }

    /** Another one. */
    static Tmux server(String... options) {
        return new Tmux(with(List.of("tmux"), List.of(options)));
    }

    /** Opens a pane with a command in it; answers its id. */
    Said pane(List<String> how, List<String> command) throws IOException, InterruptedException {
        var all = new ArrayList<>(how);
        all.addAll(List.of("-P", "-F", "#{pane_id}"));
        // Several words are started as they are, without a shell.
        for (var word : command)
            all.add(word.endsWith(";") ? word.substring(0, word.length() - 1) + "\\;" : word);
        return say(all.toArray(String[]::new));
    }

    Said say(String... said) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(with(words, List.of(said))).redirectErrorStream(true);
        var process = builder.start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text.strip());
    }

    /** Shows a session in the terminal of this process, until the person leaves it. */
    boolean attach(String session) throws IOException, InterruptedException {
        var all = with(words, List.of("attach-session", "-t", session));
        return new ProcessBuilder(all).inheritIO().start().waitFor() == 0;
    }

    /** This program with other words. */
    static List<String> self(List<String> command) {
        var launcher =
                Optional.ofNullable(System.getProperty("sopwith.launcher"))
                        .filter(it -> !it.isEmpty());
        if (launcher.isPresent()) return with(List.of(launcher.get()), command);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var self = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        self.add("--enable-native-access=ALL-UNNAMED");
        self.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
        self.addAll(List.of("-cp", System.getProperty("java.class.path")));
        self.add("dev.sopwith.cli.Main");
        return with(self, command);
    }

    private static List<String> with(List<String> words, List<String> more) {
        var all = new ArrayList<>(words);
        all.addAll(more);
        return all;
    }
}
