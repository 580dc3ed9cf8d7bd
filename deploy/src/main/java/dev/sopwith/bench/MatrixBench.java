package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * What people on Matrix wait for, and the memory that it takes: at a Synapse of this machine, which
 * is fetched at the first use.
 */
final class MatrixBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param commands how often each command is given
     * @param marks how many prompts are decided by a reaction
     * @param burst commands that are given without waiting for an answer
     */
    record Size(int commands, int marks, int burst) {
        static final Size USUAL = new Size(200, 100, 500);
    }

    MatrixBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            new MatrixFigures(size, effort, folder).measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
