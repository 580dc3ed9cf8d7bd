package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.SopFiles;

import java.util.Optional;
import java.util.TreeMap;

/** Snapshots in a map. */
final class MemorySnapshots implements Snapshots.Writable {
    private final TreeMap<String, SopFiles> kept = new TreeMap<>();
    private final UndoLog undo;

    MemorySnapshots(UndoLog undo) {
        this.undo = undo;
    }

    @Override
    public void keep(SopFiles files) {
        if (!kept.containsKey(files.digest())) undo.put(kept, files.digest(), files);
    }

    @Override
    public Optional<SopFiles> find(String digest) {
        return Optional.ofNullable(kept.get(digest));
    }
}
