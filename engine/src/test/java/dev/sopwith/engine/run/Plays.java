package dev.sopwith.engine.run;

import java.util.List;

/** Runs for tests of other packages: what really happens, in all kinds of facts. */
public final class Plays {
    private Plays() {}

    /** The events of one random run. */
    public static List<RunEvent> events(long seed) {
        return RunPropertyTest.play(seed).events;
    }
}
