package dev.sopwith.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.PrintWriter;

/** {@code sopwith bench}: how fast this program is on this machine; needs no running service. */
@Command(name = "bench", description = "Measure how fast Sopwith is on this machine.")
public final class BenchCommand {
    private BenchCommand() {}

    /**
     * The command with all benches below it: one line each.
     *
     * @param out for the figures
     * @param err for what is being done meanwhile
     */
    public static CommandLine commands(PrintWriter out, PrintWriter err) {
        return new CommandLine(new BenchCommand())
                .addSubcommand(
                        MeasureCommand.of(
                                "format",
                                "Measure reading, reloading and matching SOPs; takes some minutes.",
                                () ->
                                        new FormatBench(
                                                FormatBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out))
                .addSubcommand(
                        MeasureCommand.of(
                                "engine",
                                "Measure triggers, runs and approvals on this disk; takes some"
                                        + " minutes.",
                                () ->
                                        new EngineBench(
                                                EngineBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out))
                .addSubcommand(
                        MeasureCommand.of(
                                "triggers",
                                "Measure web requests, messages and schedules; takes some"
                                        + " minutes.",
                                () ->
                                        new TriggerBench(
                                                TriggerBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out))
                .addSubcommand(
                        MeasureCommand.of(
                                "chat",
                                "Measure answers, posts and their edits; takes some minutes.",
                                () ->
                                        new ChatBench(
                                                ChatBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out))
                .addSubcommand(
                        MeasureCommand.of(
                                "discord",
                                "Measure answers and presses in a Discord of this machine; takes"
                                        + " some minutes.",
                                () ->
                                        new DiscordBench(
                                                DiscordBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out))
                .addSubcommand(
                        MeasureCommand.of(
                                "matrix",
                                "Measure answers and marks in a Synapse of this machine; takes some"
                                        + " minutes.",
                                () ->
                                        new MatrixBench(
                                                MatrixBench.Size.USUAL,
                                                Effort.USUAL,
                                                new Progress(err)),
                                out));
    }
}
