package dev.sopwith.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A {@link StoreChild} that runs, and what it has said. */
final class Child implements AutoCloseable {
    private final Process process;

    private Child(Process process) {
        this.process = process;
    }

    /**
     * @param before words in front of the command, such as a shell that sets a limit
     * @param more how many starts it makes, if not as many as it can
     */
    static Child start(
            List<String> before, Path folder, int submitters, int bodyBytes, String... more) {
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        StoreChild.class.getName(),
                        folder.toString(),
                        Integer.toString(submitters),
                        Integer.toString(bodyBytes)));
        command.addAll(List.of(more));
        try {
            return new Child(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the store is open. */
    Child ready() throws IOException {
        var line = process.inputReader().readLine();
        if (!"READY".equals(line)) throw new IOException("the child said " + line);
        return this;
    }

    /** Reads so many answered runs. */
    Set<Long> answered(int count) throws IOException {
        var runs = new TreeSet<Long>();
        for (int i = 0; i < count; i++) addRun(runs, process.inputReader().readLine());
        return runs;
    }

    /** SIGKILL; then the runs that were answered and not read yet. */
    Set<Long> kill() throws IOException, InterruptedException {
        process.toHandle().destroyForcibly(); // the process's own method would close its output
        var runs = new TreeSet<Long>();
        for (var line : rest()) addRun(runs, line);
        process.waitFor();
        return runs;
    }

    /** All that it says until it ends by itself. */
    List<String> rest() throws IOException {
        var lines = new ArrayList<String>();
        for (var line = process.inputReader().readLine();
                line != null;
                line = process.inputReader().readLine()) lines.add(line);
        return lines;
    }

    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    static void addRun(Collection<Long> runs, String line) {
        boolean whole = line.matches("A\\d{10}"); // the last line may have been cut short
        if (whole) runs.add(Long.parseLong(line.substring(1)));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
