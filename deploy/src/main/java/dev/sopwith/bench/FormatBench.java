package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Everything about the files of SOPs: loading, reloading, matching, large and hostile ones. */
final class FormatBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param sops how many are loaded and matched
     * @param divisor of the sizes of large and hostile files
     * @param kinds of hostile inputs
     */
    record Size(int sops, int divisor, int kinds) {
        static final Size USUAL = new Size(1_000, 1, HostileInput.all(1).size());
    }

    FormatBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            new LoadFigures(size.sops(), folder).measure(meter);
            new MatchFigures(size.sops(), folder).measure(meter);
            new FileFigures(size.divisor(), size.kinds(), folder).measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
