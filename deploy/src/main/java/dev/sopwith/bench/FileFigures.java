package dev.sopwith.bench;

import static dev.sopwith.bench.Meter.millis;

import dev.sopwith.engine.reading.SopReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** How long the largest file takes, and those that were made to take long. */
final class FileFigures {
    private static final Duration LARGE_MAX = millis(50);
    private static final Duration HOSTILE_MAX = millis(100);
    private static final int STEPS = 450;

    private final int divisor;
    private final int kinds;
    private final Path folder;

    /**
     * @param divisor of the sizes
     * @param kinds how many of the hostile inputs are measured
     */
    FileFigures(int divisor, int kinds, Path folder) {
        this.divisor = divisor;
        this.kinds = kinds;
        this.folder = folder;
    }

    void measure(Meter meter) throws IOException {
        largest(meter);
        int number = 0;
        var inputs = HostileInput.all(divisor).subList(0, kinds);
        for (var input : inputs) hostile(meter, input, ++number);
    }

    private void largest(Meter meter) throws IOException {
        int bytes = SopReader.FILE_BYTES_MAX / divisor;
        var file = Files.writeString(folder.resolve("large"), SampleSops.procedureOf(bytes, STEPS));
        both(
                meter,
                "SOP.md of %,d bytes".formatted(bytes),
                LARGE_MAX,
                Task.PROCEDURE,
                file,
                "the same through commonmark, unchecked",
                Task.PARSE_PROCEDURE,
                file);
    }

    private void hostile(Meter meter, HostileInput input, int number) throws IOException {
        var hostile = Files.writeString(folder.resolve("hostile" + number), input.text());
        var wellMeant = Files.writeString(folder.resolve("well" + number), input.wellMeant());
        both(
                meter,
                input.name(),
                HOSTILE_MAX,
                input.task(),
                hostile,
                "well-meant, of that length",
                input.task(),
                wellMeant);
    }

    private static void both(
            Meter meter,
            String name,
            Duration target,
            Task task,
            Path input,
            String yardstick,
            Task yardstickTask,
            Path yardstickInput)
            throws IOException {
        meter.cold(name + ", cold", target, task, input, yardstick, yardstickTask, yardstickInput);
        meter.warm(
                name + ", warm",
                target,
                Work.of(task.on(input)),
                yardstick,
                Work.of(yardstickTask.on(yardstickInput)));
    }
}
