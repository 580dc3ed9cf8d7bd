package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The engine on this disk: accepted triggers, whole runs, approvals, starting again. */
final class EngineBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param batch deliveries or runs in one sample
     * @param approvals whose process is waited for
     * @param parked runs that a start finds
     * @param finished runs that lie in the store when triggers are measured once more
     */
    record Size(int batch, int approvals, int parked, int finished) {
        static final Size USUAL = new Size(2_000, 100, 10_000, 100_000);
    }

    EngineBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            new EngineFigures(size, effort, folder).measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
