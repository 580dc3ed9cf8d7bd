package dev.sopwith.engine.roster;

import dev.sopwith.engine.run.Assurance;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an approval needs (APPROVALS §2), as it is written. Names are people, groups or {@code
 * everyone}.
 *
 * @param quorum distinct persons, from 1
 * @param excludeInitiator none means: for priority high and critical
 * @param assurance none means: typed for priority critical
 * @param ttl how long people are asked
 * @param remind after which times, ascending
 * @param escalateTo who is asked as well once {@code ttl} is over
 */
public record Policy(
        String name,
        List<String> approvers,
        int quorum,
        Optional<Boolean> excludeInitiator,
        Optional<Assurance> assurance,
        Duration ttl,
        List<Duration> remind,
        Optional<List<String>> escalateTo) {
    /** How long people are asked unless a policy says otherwise. */
    public static final Duration TTL = Duration.ofHours(24);

    /** When they are reminded unless a policy says otherwise. */
    public static final List<Duration> REMIND =
            List.of(Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4));

    /** The one that holds where a step names none. */
    public static final String DEFAULT = "default";

    public Policy {
        approvers = List.copyOf(approvers);
        remind = remind.stream().sorted().distinct().toList();
        escalateTo = escalateTo.map(List::copyOf);
    }

    /** Of these people one, and otherwise as it is when nothing is said. */
    static Policy plain(String name, List<String> approvers) {
        return new Policy(
                name,
                approvers,
                1,
                Optional.empty(),
                Optional.empty(),
                TTL,
                REMIND,
                Optional.empty());
    }
}
