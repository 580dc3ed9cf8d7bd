package dev.sopwith.engine.runtime;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Reads;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The SOPs that runs were started from, read from their snapshots: whatever happens on disk, a run
 * goes on with what it began with.
 *
 * <p>Threading: safe from any thread. Keeps the last few in memory.
 */
final class SnapshotSops {
    private static final int KEPT_MAX = 256;

    private final Map<String, Sop> kept = // guarded by itself
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Sop> eldest) {
                    return size() > KEPT_MAX;
                }
            };

    /**
     * The SOP of this snapshot.
     *
     * @throws Unusable when the snapshot is missing or damaged, or this version refuses it
     */
    Sop of(Reads store, String digest) throws Unusable {
        synchronized (kept) {
            var sop = kept.get(digest);
            if (sop != null) return sop;
        }
        var sop = read(store, digest);
        synchronized (kept) {
            kept.put(digest, sop);
        }
        return sop;
    }

    private static Sop read(Reads store, String digest) throws Unusable {
        try {
            var files =
                    store.snapshots()
                            .find(digest)
                            .orElseThrow(() -> new Unusable("its snapshot is missing"));
            // Whether a schedule is over does not matter to a run that has begun.
            var result = SopReader.read(files, "snapshot", Instant.EPOCH);
            return result.sop()
                    .orElseThrow(() -> new Unusable(refusal(result.diagnostics().getFirst())));
        } catch (IllegalStateException e) {
            throw new Unusable("its snapshot is damaged: " + e.getMessage());
        }
    }

    private static String refusal(Diagnostic first) {
        return "this version of the service refuses its snapshot: %s:%d: %s"
                .formatted(first.file(), first.line(), first.message());
    }

    /** A run cannot go on, because what it runs cannot be read. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super(why);
        }
    }
}
