package dev.sopwith.engine.roster;

import dev.sopwith.engine.sop.ExecutionMode;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What holds for all SOPs of an installation.
 *
 * @param timezone of schedules that name none
 * @param defaultMode of SOPs that name none
 * @param maxConcurrentTotal runs of all SOPs that hold a slot
 * @param maxQueued deliveries that may wait
 * @param stepTimeout of one try of an executable block whose step names none
 * @param passEnv names of variables that shell steps may see
 * @param runAs login that shell steps run as; none means the service's own
 */
public record EngineSettings(
        ZoneId timezone,
        ExecutionMode defaultMode,
        int maxConcurrentTotal,
        int maxQueued,
        Duration stepTimeout,
        List<String> passEnv,
        Optional<String> runAs) {
    /**
     * What holds when nothing is said. Steps see the few variables without which programs are not
     * found, or write in another language than their user reads.
     */
    public static final EngineSettings STANDARD =
            new EngineSettings(
                    ZoneId.of("UTC"),
                    ExecutionMode.SUPERVISED,
                    4,
                    10_000,
                    Duration.ofMinutes(30),
                    List.of("PATH", "HOME", "LANG", "TZ"),
                    Optional.empty());

    public EngineSettings {
        passEnv = List.copyOf(passEnv);
    }
}
