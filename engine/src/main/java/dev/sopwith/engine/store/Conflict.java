package dev.sopwith.engine.store;

import org.jspecify.annotations.Nullable;

/**
 * The first write of a work that could not be: it fails the whole work, even one that catches the
 * exception, because half of a change may have been written.
 *
 * <p>Threading: the writer's only.
 */
final class Conflict {
    private @Nullable IllegalStateException first;

    IllegalStateException at(String what) {
        var conflict = new IllegalStateException(what + "; nothing of this work is kept");
        if (first == null) first = conflict;
        return conflict;
    }

    /** Throws the first conflict since the last call, if there was one. */
    void check() {
        var conflict = first;
        first = null;
        if (conflict != null) throw conflict;
    }

    void clear() {
        first = null;
    }
}
