package dev.sopwith.engine.store;

import java.io.Serial;

/**
 * A store whose process dies at its n-th commit: before the commit took place (the write is lost)
 * or after it, before anyone heard of it (the write is kept). From then on nobody answers.
 *
 * <p>Threading: safe from any thread; commits take place one after the other.
 */
public final class CrashingStore implements Store {
    private final Store disk;
    private final int crashAt;
    private final boolean kept;
    private int commits; // guarded by this

    /** What whoever calls gets instead of an answer. */
    public static final class Crash extends RuntimeException {
        @Serial private static final long serialVersionUID = 1;
    }

    public CrashingStore(Store disk, int crashAt, boolean kept) {
        this.disk = disk;
        this.crashAt = crashAt;
        this.kept = kept;
    }

    public synchronized int commits() {
        return commits;
    }

    public synchronized boolean hasCrashed() {
        return commits >= crashAt;
    }

    @Override
    public synchronized <T> T commit(Work<T> work) {
        if (++commits < crashAt) return disk.commit(work);
        if (commits == crashAt && kept) disk.commit(work);
        throw new Crash();
    }

    @Override
    public <T> T read(Query<T> query) {
        if (hasCrashed()) throw new Crash();
        return disk.read(query);
    }

    @Override
    public void close() {
        disk.close();
    }
}
