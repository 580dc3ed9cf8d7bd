package dev.sopwith.engine.roster;

import java.util.Optional;

/**
 * An account that somebody acts with. Compared exactly: never a display name, and nothing that a
 * message says about itself.
 *
 * @param network {@code matrix}, {@code discord}, {@code local} or {@code token}
 * @param id as the network has it, such as {@code @alice:example.org}
 */
public record Identity(String network, String id) implements Comparable<Identity> {
    /** A user of this machine, as the kernel says. */
    public static Identity local(String login) {
        return new Identity("local", login);
    }

    /** What {@link #toString} wrote. */
    public static Optional<Identity> parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || colon + 1 == text.length()) return Optional.empty();
        return Optional.of(new Identity(text.substring(0, colon), text.substring(colon + 1)));
    }

    @Override
    public int compareTo(Identity other) {
        return toString().compareTo(other.toString());
    }

    /** {@return such as {@code matrix:@alice:example.org}} */
    @Override
    public String toString() {
        return network + ":" + id;
    }
}
