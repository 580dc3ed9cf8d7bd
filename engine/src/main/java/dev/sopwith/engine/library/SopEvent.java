package dev.sopwith.engine.library;

import dev.sopwith.engine.library.SopSet.Broken;
import dev.sopwith.engine.library.SopSet.Entry;
import dev.sopwith.engine.library.SopSet.Loaded;
import dev.sopwith.engine.sop.Diagnostic;

import java.util.Optional;

/** What became different on disk, as the people who run the SOPs care for it. */
public sealed interface SopEvent {

    /** A folder with a good SOP is new. */
    record Added(Loaded now) implements SopEvent {}

    /** A good SOP was replaced by another good version; their digests differ. */
    record Changed(Loaded before, Loaded now) implements SopEvent {}

    /**
     * A folder cannot be used any more, or for other reasons than before, or is new and broken.
     * {@link Broken#lastGood} goes on running.
     */
    record Broke(Broken now) implements SopEvent {}

    /**
     * A broken folder is good again.
     *
     * @param lastGood what ran until now, if anything; it may have the same digest
     */
    record Recovered(Optional<Loaded> lastGood, Loaded now) implements SopEvent {}

    /** A folder is gone, and with it its SOP and any last good version. */
    record Removed(Entry before) implements SopEvent {}

    /** The folder of all SOPs cannot be read. Everything goes on as it was known before. */
    record Lost(Diagnostic problem) implements SopEvent {}

    /** The folder of all SOPs can be read again; what is different in it follows. */
    record Regained() implements SopEvent {}
}
