package dev.sopwith.bench;

import java.io.IOException;
import java.util.Optional;

/**
 * Something whose time is taken.
 *
 * @param before what must happen each time without being counted
 */
record Work(Body body, Optional<Step> before) {

    /** Its result is kept from being optimised away. */
    @FunctionalInterface
    interface Body {
        Object run() throws IOException;
    }

    /** What is done for its effect. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    static Work of(Body body) {
        return new Work(body, Optional.empty());
    }

    static Work after(Step before, Body body) {
        return new Work(body, Optional.of(before));
    }
}
