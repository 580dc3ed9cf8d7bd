package dev.sopwith.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a test needs of the machine: missing, it is a loud skip, and an error where CI=true. */
public final class Peer {
    private Peer() {}

    /** Goes on only where this is so. */
    public static void require(boolean isThere, String why) {
        if ("true".equals(System.getenv("CI"))) assertThat(isThere).as(why).isTrue();
        assumeTrue(isThere, why);
    }
}
