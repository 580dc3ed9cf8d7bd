package dev.sopwith.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** {@code sopwith bench NAME}: runs one bench and prints its figures. */
@Command(
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured, whatever the figures", "2:wrong use"})
final class MeasureCommand implements Callable<Integer> {
    private final String name;
    private final Supplier<Bench> bench;
    private final PrintWriter out;

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    private MeasureCommand(String name, Supplier<Bench> bench, PrintWriter out) {
        this.name = name;
        this.bench = bench;
        this.out = out;
    }

    /**
     * The command for a bench, under its name.
     *
     * @param bench made only when it is to run: every start of the program comes past here
     */
    static CommandLine of(String name, String description, Supplier<Bench> bench, PrintWriter out) {
        var command = new CommandLine(new MeasureCommand(name, bench, out));
        var spec = command.getCommandSpec().name(name);
        spec.usageMessage().description(description);
        return command;
    }

    @Override
    public Integer call() throws IOException {
        var measurements = bench.get().run();
        out.print(json ? Report.json(name, measurements) : Report.table(measurements));
        return 0;
    }
}
