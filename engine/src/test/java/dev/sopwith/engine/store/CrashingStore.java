package dev.sopwith.engine.store;

import java.io.Serial;

/**
 * A store whose process dies at its n-th commit: before the commit took place (the write is lost)
 * or after it, before anyone heard of it (the write is kept). From then on nobody answers.
 *
 * <p>Threading: one thread.
 */
final class CrashingStore implements Store {
    private final Store disk;
    private final int crashAt;
    private final boolean kept;
    private int commits;

    static final class Crash extends RuntimeException {
        @Serial private static final long serialVersionUID = 1;
    }

    CrashingStore(Store disk, int crashAt, boolean kept) {
        this.disk = disk;
        this.crashAt = crashAt;
        this.kept = kept;
    }

    int commits() {
        return commits;
    }

    @Override
    public <T> T commit(Work<T> work) {
        if (++commits < crashAt) return disk.commit(work);
        if (commits == crashAt && kept) disk.commit(work);
        throw new Crash();
    }

    @Override
    public <T> T read(Query<T> query) {
        if (commits >= crashAt) throw new Crash();
        return disk.read(query);
    }

    @Override
    public void close() {
        disk.close();
    }
}
