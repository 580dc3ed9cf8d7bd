package dev.sopwith.engine.library;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The real disk with faults: refused paths, a clock that stands still, edits at the worst time. */
final class FaultyDisk implements Disk {
    private final Disk real = new LocalDisk();
    private final Set<Path> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile Consumer<Path> beforeRead = _ -> {};
    private volatile Consumer<Path> afterRead = _ -> {};
    private volatile Optional<FileTime> clock = Optional.empty();

    /** As for a user without rights; root, which tests may run as, has them all. */
    void refuse(Path path) {
        refused.add(path);
    }

    void allow(Path path) {
        refused.remove(path);
    }

    void beforeRead(Consumer<Path> action) {
        beforeRead = action;
    }

    void afterRead(Consumer<Path> action) {
        afterRead = action;
    }

    /** From now on every edit gets the same time stamp. */
    void stopClockAt(FileTime time) {
        clock = Optional.of(time);
    }

    /** How many files were read since this was asked last. */
    int reads() {
        return reads.getAndSet(0);
    }

    @Override
    public List<Path> list(Path folder, int max) throws IOException {
        check(folder);
        return real.list(folder, max);
    }

    @Override
    public Stamp stamp(Path path) throws IOException {
        var s = real.stamp(path);
        return clock.map(
                        t ->
                                new Stamp(
                                        s.kind(),
                                        s.executable(),
                                        s.size(),
                                        t,
                                        t,
                                        s.device(),
                                        s.inode()))
                .orElse(s);
    }

    @Override
    public byte[] read(Path file, int max) throws IOException {
        reads.incrementAndGet();
        check(file);
        beforeRead.accept(file);
        var content = real.read(file, max);
        afterRead.accept(file);
        return content;
    }

    private void check(Path path) throws AccessDeniedException {
        if (refused.contains(path)) throw new AccessDeniedException(path.toString());
    }
}
