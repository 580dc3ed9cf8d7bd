package dev.sopwith.engine.secret;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * The one choke point between what steps say and whoever reads it: replaces secrets by {@code ***}
 * (APPROVALS §5).
 *
 * <p>Hidden are all known secrets, and every line of one that has several, from {@value
 * #CHARACTERS_MIN} characters on (shorter ones would hide half of all text): as they are, escaped
 * for URLs or JSON in whatever mixture, in Base64 or Base64url wherever in an encoded text they
 * stand; and everything that {@link TokenScan} takes for a token. What was encoded twice, encrypted
 * or cut to pieces by the step itself is beyond it.
 *
 * <p>Takes time linear in the text, whatever the text is, and memory for the longest secret.
 *
 * <p>Threading: immutable; a stream is for one thread.
 */
public final class Masker {
    /** Shorter secrets are not hidden. */
    public static final int CHARACTERS_MIN = 6;

    /** What stands in the place of a secret. */
    public static final String MASK = "***";

    private final Needles needles;

    private Masker(Needles needles) {
        this.needles = needles;
    }

    /** Hides these, and tokens of well-known shapes. */
    public static Masker of(Collection<Secret> secrets) {
        return new Masker(Needles.of(secrets));
    }

    /** The text without secrets. */
    public String mask(String text) {
        return new String(mask(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    /** The bytes without secrets; they need not be text. */
    public byte[] mask(byte[] bytes) {
        var masked = new ByteArrayOutputStream(bytes.length);
        try (var stream = stream(masked)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return masked.toByteArray();
    }

    /**
     * What is written to it arrives at {@code target} without secrets, also those that are cut by
     * the border of two writes. The last bytes wait for what follows until it is closed; closing
     * closes the target.
     */
    public OutputStream stream(OutputStream target) {
        var tokens = new TokenMask(target);
        return needles.isEmpty() ? tokens : new NeedleMask(needles, tokens);
    }

    @Override
    public String toString() {
        return "masker";
    }
}
