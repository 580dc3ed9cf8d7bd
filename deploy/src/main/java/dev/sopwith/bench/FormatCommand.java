package dev.sopwith.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** {@code sopwith bench format}: reading, reloading and matching SOPs. */
@Command(
        name = "format",
        description = "Measure reading, reloading and matching SOPs; takes some minutes.",
        footer = {"", "Exit codes: 0 measured, whatever the figures; 2 wrong use."})
final class FormatCommand implements Callable<Integer> {
    private final PrintWriter out;
    private final Progress progress;

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    FormatCommand(PrintWriter out, Progress progress) {
        this.out = out;
        this.progress = progress;
    }

    @Override
    public Integer call() throws IOException {
        var measurements = new FormatBench(FormatBench.Size.USUAL, Effort.USUAL, progress).run();
        out.print(json ? Report.json("format", measurements) : Report.table(measurements));
        return 0;
    }
}
