package dev.sopwith.engine.runtime;

import java.time.Duration;

/**
 * What holds for all SOPs of one installation: the roster's {@code engine} block.
 *
 * @param maxConcurrentTotal runs of all SOPs that hold a slot, from 1
 * @param maxQueued deliveries that may wait
 * @param stepTimeout of one try of an executable block whose step names none
 * @param node what this machine is called in the record
 */
public record EngineRules(
        int maxConcurrentTotal, int maxQueued, Duration stepTimeout, String node) {
    /** What holds without a roster. */
    public static EngineRules standard(String node) {
        return new EngineRules(4, 10_000, Duration.ofMinutes(30), node);
    }
}
