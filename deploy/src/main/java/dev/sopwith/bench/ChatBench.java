package dev.sopwith.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * What people wait for: answers, posts that close, rooms while much goes on, the service's start.
 */
final class ChatBench implements Bench {
    private final Size size;
    private final Effort effort;
    private final Progress progress;

    /**
     * How much there is.
     *
     * @param answers how often each command is given
     * @param runs that change all the time while edits are counted
     * @param windows for how many times the pause between two edits they are counted
     */
    record Size(int answers, int runs, int windows) {
        static final Size USUAL = new Size(200, 200, 5);
    }

    ChatBench(Size size, Effort effort, Progress progress) {
        this.size = size;
        this.effort = effort;
        this.progress = progress;
    }

    @Override
    public List<Measurement> run() throws IOException {
        var meter = new Meter(effort, progress);
        var folder = Files.createTempDirectory("sopwith-bench");
        try {
            var chat = new ChatFigures(size, effort, folder);
            chat.measure(meter);
            new EditFigures(size, Files.createDirectory(folder.resolve("edits"))).measure(meter);
            var place = Files.createDirectory(folder.resolve("start"));
            new ServiceFigures(effort, chat.sops(), Optional.of(chat.oneRoom()), place)
                    .measure(meter);
        } finally {
            Folders.delete(folder);
        }
        return meter.measurements();
    }
}
