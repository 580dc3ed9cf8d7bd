package dev.sopwith.engine.sop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over parts that cannot run into one another: each has a fixed length or says its own.
 *
 * <p>Threading: for one thread, and for one digest.
 */
public final class Hashing {
    private final MessageDigest sha256;

    /** Over nothing yet. */
    public Hashing() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Of these bytes and nothing else, as hex: what {@code sha256sum} says of a file. */
    public static String sha256(byte[] content) {
        return HexFormat.of().formatHex(new Hashing().sha256.digest(content));
    }

    /** Eight bytes, big-endian. */
    public Hashing number(long value) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    /** One byte, 1 or 0. */
    public Hashing flag(boolean value) {
        sha256.update((byte) (value ? 1 : 0));
        return this;
    }

    /** Its length in UTF-8, and the text. */
    public Hashing text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** How many there are, and the bytes. */
    public Hashing bytes(byte[] value) {
        number(value.length);
        sha256.update(value);
        return this;
    }

    /** A hash as it is kept. What is no hash (someone changed it) goes in as the text it is. */
    public Hashing hex(String value) {
        if (!isHash(value)) return text(value);
        sha256.update(HexFormat.of().parseHex(value));
        return this;
    }

    /** All parts so far, as 64 hex digits. */
    public String digest() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Whether this is a hash as {@link #digest} writes it; capitals would be a second spelling. */
    private static boolean isHash(String value) {
        return value.length() == 64
                && value.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
