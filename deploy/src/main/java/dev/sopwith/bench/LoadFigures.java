package dev.sopwith.bench;

import static dev.sopwith.bench.Meter.millis;

import dev.sopwith.engine.library.SopLibrary;
import dev.sopwith.engine.reading.SopReader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** How long it takes until all SOPs are there, and until an edit is. */
final class LoadFigures {
    private static final Duration LOAD_MAX = Duration.ofSeconds(2);
    private static final Duration REFRESH_MAX = millis(100);
    private static final String PARSING = "the same files through tomlj and commonmark, unchecked";
    private static final String STAT = "the attributes of the same files, read";

    /** A folder touched less than two seconds before it was read is read once more. */
    private static final Duration SETTLING = Duration.ofMillis(2500);

    private final int count;
    private final Path folder;

    LoadFigures(int count, Path folder) {
        this.count = count;
        this.folder = folder.resolve("sops");
    }

    void measure(Meter meter) throws IOException {
        meter.say("writing %,d SOPs".formatted(count));
        SampleSops.write(folder, count);
        var what = "load %,d SOPs, ".formatted(count);
        meter.cold(what + "cold", LOAD_MAX, Task.LOAD, folder, PARSING, Task.PARSE_ALL, folder);
        var loading = Work.of(Task.LOAD.on(folder));
        meter.warm(what + "warm", LOAD_MAX, loading, PARSING, Work.of(Task.PARSE_ALL.on(folder)));
        LockSupport.parkNanos(SETTLING.toNanos());
        try (var library = SopLibrary.open(folder, "sops", Clock.systemUTC(), _ -> {})) {
            requireAll(library);
            refresh(meter, library);
        }
    }

    private void refresh(Meter meter, SopLibrary library) throws IOException {
        var stat = Work.of(this::readAttributes);
        var amongAll = " among %,d".formatted(count);
        meter.warm(
                "refresh, none changed" + amongAll,
                REFRESH_MAX,
                Work.of(library::refresh),
                STAT,
                stat);
        var edits = new AtomicInteger();
        var changed = Work.after(() -> edit(edits.incrementAndGet()), library::refresh);
        meter.warm("refresh, one changed" + amongAll, REFRESH_MAX, changed, STAT, stat);
        requireAll(library);
    }

    /** Edits go through all SOPs, so that none is still settling when it is its turn again. */
    private void edit(int number) throws IOException {
        var file = folder.resolve(SampleSops.name(number % count)).resolve(SopReader.PROCEDURE);
        Files.writeString(file, Files.readString(file) + "\nEdit %d.\n".formatted(number));
    }

    /** A figure about SOPs that did not load would be about nothing. */
    private void requireAll(SopLibrary library) {
        var broken = library.current().broken();
        if (broken.isEmpty() && library.current().runnable().size() == count) return;
        throw new IllegalStateException("not all samples load: " + broken.stream().findFirst());
    }

    private long readAttributes() throws IOException {
        try (var all = Files.walk(folder)) {
            return all.mapToLong(LoadFigures::size).sum();
        }
    }

    private static long size(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
