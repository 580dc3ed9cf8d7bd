package dev.sopwith.engine.store;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes the random part of bodies and the epochs of stores. */
record Salt(RandomGenerator random) {

    Trail.Body body(String text) {
        return new Trail.Body(hex(16), text);
    }

    String epoch() {
        return hex(8);
    }

    private String hex(int bytes) {
        var some = new byte[bytes];
        random.nextBytes(some);
        return HexFormat.of().formatHex(some);
    }
}
