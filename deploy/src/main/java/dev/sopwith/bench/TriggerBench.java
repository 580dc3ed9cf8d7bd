package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What starts SOPs without a person, on this disk: web requests, messages, schedules. */
final class TriggerBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param requests in one sample
     * @param messages that a broker has kept in one sample
     * @param schedules that a service looks after
     */
    record Size(int requests, int messages, int schedules) {
        static final Size USUAL = new Size(2_000, 10_000, 10_000);
    }

    TriggerBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            try (var house = new TriggerHouse(folder.resolve("requests"))) {
                new RequestFigures(size.requests(), effort, house).measure(meter);
            }
            try (var house = new TriggerHouse(folder.resolve("messages"))) {
                new MessageFigures(size.messages(), effort, house).measure(meter);
            }
            new ScheduleFigures(size.schedules(), effort, folder.resolve("schedules"))
                    .measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
