package dev.sopwith.engine.run;

import dev.sopwith.engine.sop.Hashing;

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
        var hash = new Hashing();
        for (var part : List.of(VERSION, snapshot, Integer.toString(step), payload, action)) {
            hash.text(part);
        }
        new TreeMap<>(inputs).forEach((name, value) -> hash.text(name).text(value));
        return hash.digest();
    }
}
