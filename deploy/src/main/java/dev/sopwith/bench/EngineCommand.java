package dev.sopwith.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** {@code sopwith bench engine}: triggers, runs and approvals on this disk. */
@Command(
        name = "engine",
        description = "Measure triggers, runs and approvals on this disk; takes some minutes.",
        footer = {"", "Exit codes: 0 measured, whatever the figures; 2 wrong use."})
final class EngineCommand implements Callable<Integer> {
    private final PrintWriter out;
    private final Progress progress;

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    EngineCommand(PrintWriter out, Progress progress) {
        this.out = out;
        this.progress = progress;
    }

    @Override
    public Integer call() throws IOException {
        var measurements = new EngineBench(EngineBench.Size.USUAL, Effort.USUAL, progress).run();
        out.print(json ? Report.json("engine", measurements) : Report.table(measurements));
        return 0;
    }
}
