package dev.sopwith.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a task once in a process of its own, which has compiled and loaded nothing yet. The time is
 * taken there, without the start of the JVM itself and without reading the task's input.
 */
final class FreshJvm {
    private static final List<String> NOT_INHERITED =
            List.of("-agent", "-javaagent", "-Xrunjdwp", "-XX:StartFlightRecording");

    private final List<String> command;

    private FreshJvm(List<String> command) {
        this.command = command;
    }

    /** The same program with the same options. */
    static FreshJvm likeThisOne() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> NOT_INHERITED.stream().noneMatch(option::startsWith))
                .forEach(command::add);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return new FreshJvm(List.copyOf(command));
    }

    /** A process of this program that begins with this class; what it complains of is shown. */
    ProcessBuilder process(String mainClass, List<String> words) {
        var all = new ArrayList<>(command);
        all.add(mainClass);
        all.addAll(words);
        return new ProcessBuilder(all).redirectError(Redirect.INHERIT);
    }

    /** {@return nanoseconds the task took} */
    long time(Task task, Path input) throws IOException {
        var words = List.of(task.name(), input.toAbsolutePath().toString());
        var process = process(FreshJvm.class.getName(), words).start();
        process.getOutputStream().close();
        try (var output = process.getInputStream()) {
            var answer = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() == 0) return Long.parseLong(answer);
            throw new IOException("%s failed in a fresh JVM".formatted(task));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + task + " was measured");
        } finally {
            process.destroy();
        }
    }

    /** The other process: {@code TASK INPUT}. Its output is the time and nothing else. */
    public static void main(String[] args) throws IOException {
        var work = Task.valueOf(args[0]).on(Path.of(args[1]));
        long start = System.nanoTime();
        var result = work.run();
        long end = System.nanoTime();
        if (result == null) throw new IllegalStateException(args[0] + " has no result");
        System.out.println(end - start);
        System.out.flush();
        System.exit(0); // whatever the task left going on
    }
}
