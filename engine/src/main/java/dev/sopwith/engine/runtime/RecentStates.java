package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunState;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The states that were read last, by their text. Each state that is stored is asked for some five
 * times within a few milliseconds: by the next command, by whoever listens, by those who make the
 * world look like it. Reading JSON was a quarter of the engine's time.
 *
 * <p>Holds only what was read from a text, never what a text is about to be made of: so what is
 * found here is what any other process would read.
 *
 * <p>Threading: safe from any thread.
 */
final class RecentStates {
    /** Text that is longer has a payload in it, and is read anew. */
    private static final int LENGTH_MAX = 16 * 1024;

    private static final int KEPT_MAX = 256;

    private final Map<String, RunState> kept = // guarded by itself
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, RunState> eldest) {
                    return size() > KEPT_MAX;
                }
            };

    Optional<RunState> find(String text) {
        if (text.length() > LENGTH_MAX) return Optional.empty();
        synchronized (kept) {
            return Optional.ofNullable(kept.get(text));
        }
    }

    void keep(String text, RunState state) {
        if (text.length() > LENGTH_MAX) return;
        synchronized (kept) {
            kept.put(text, state);
        }
    }
}
