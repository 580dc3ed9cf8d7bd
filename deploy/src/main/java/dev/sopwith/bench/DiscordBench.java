package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * What people on Discord wait for, and the memory that it takes: against a fake of this machine.
 */
final class DiscordBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param history runs that the room has seen before anything is measured
     * @param commands how often each command is given
     * @param presses how many prompts are decided by a button
     */
    record Size(int history, int commands, int presses) {
        static final Size USUAL = new Size(1_000, 200, 100);
    }

    DiscordBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            new DiscordFigures(size, effort, folder).measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
