package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.SopFiles;

import java.util.Optional;

/** The exact folders that runs were started from, each kept once. */
public interface Snapshots {
    /**
     * The files of this digest.
     *
     * @throws IllegalStateException when what is kept under this digest no longer has it: it was
     *     changed from outside, and must not be run
     */
    Optional<SopFiles> find(String digest);

    /** What a work may do to snapshots. */
    interface Writable extends Snapshots {
        /** Keeps the files under their digest, if they are not kept yet. */
        void keep(SopFiles files);
    }
}
