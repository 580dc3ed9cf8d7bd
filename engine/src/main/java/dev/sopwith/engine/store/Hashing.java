package dev.sopwith.engine.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over parts that cannot run into one another: each has a fixed length or says its own. */
final class Hashing {
    private final MessageDigest sha256;

    Hashing() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    Hashing number(long value) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    Hashing flag(boolean value) {
        sha256.update((byte) (value ? 1 : 0));
        return this;
    }

    Hashing text(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        sha256.update(bytes);
        return this;
    }

    /** A hash as it is kept. What is no hash (someone changed it) goes in as the text it is. */
    Hashing hex(String value) {
        if (!isHash(value)) return text(value);
        sha256.update(HexFormat.of().parseHex(value));
        return this;
    }

    String digest() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Whether this is a hash as {@link #digest} writes it; capitals would be a second spelling. */
    private static boolean isHash(String value) {
        return value.length() == 64
                && value.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
