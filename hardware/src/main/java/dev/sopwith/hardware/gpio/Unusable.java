package dev.sopwith.hardware.gpio;

/** A chip or a line that cannot be used now; the message says why and what to do. */
public final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String why) {
        super(why);
    }
}
