package dev.sopwith.engine.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What people vote on, as 64 hex digits: SHA-256 over everything that decides what a step does
 * (APPROVALS §2). Attempt and time are left out, so a retry needs no new vote.
 */
public final class Digest {
    /** How many digits prompts show. */
    public static final int SHOWN = 8;

    private static final String VERSION = "sopwith step 1";

    private Digest() {}

    /**
     * The digest of one step.
     *
     * @param snapshot digest of the SOP's folder
     * @param step number in the SOP
     * @param inputs by name; of a secret one its keyed hash, never itself
     * @param payload what the run was started with, or a digest of it
     * @param action exactly what is done, all values filled in: command, request, device action
     */
    public static String of(
            String snapshot, int step, Map<String, String> inputs, String payload, String action) {
        var sha256 = sha256();
        for (var part : List.of(VERSION, snapshot, Integer.toString(step), payload, action)) {
            update(sha256, part);
        }
        new TreeMap<>(inputs)
                .forEach(
                        (name, value) -> {
                            update(sha256, name);
                            update(sha256, value);
                        });
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Length first: no two lists of parts are the same bytes. */
    private static void update(MessageDigest sha256, String part) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
        sha256.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
