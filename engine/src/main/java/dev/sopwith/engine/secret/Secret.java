package dev.sopwith.engine.secret;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A text nobody may see: its {@link #toString} is {@code ***}, so that no log, exception or record
 * shows it by accident. Its value is asked for by {@link #reveal()} alone, which is easy to search
 * for.
 *
 * <p>Threading: safe from any thread. {@link #erase()} overwrites this copy; texts that were
 * revealed before live until the garbage collector takes them.
 */
public final class Secret {
    private final byte[] utf8; // guarded by this
    private boolean erased; // guarded by this

    private Secret(byte[] utf8) {
        this.utf8 = utf8;
    }

    public static Secret of(String value) {
        return new Secret(value.getBytes(StandardCharsets.UTF_8));
    }

    /** The value itself. Only for what hands it to its user or hides it. */
    public synchronized String reveal() {
        if (erased) throw new IllegalStateException("this secret was erased");
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Overwrites the value; {@link #reveal()} is refused from now on. */
    public synchronized void erase() {
        Arrays.fill(utf8, (byte) 0);
        erased = true;
    }

    /** Equal when the values are, found out in a time that does not depend on them. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(copy(), that.copy());
    }

    /** The same for all: a hash is a hint about the value. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }

    private synchronized byte[] copy() {
        return utf8.clone();
    }
}
