package dev.sopwith.engine.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who must say yes before a step, resolved to persons: what a gate is opened with (APPROVALS §2).
 * There is no way to say that silence means yes.
 *
 * @param quorums all of them must be met; more than one where a floor and a SOP both name a policy
 * @param excludeInitiator whether the vote of somebody who started the run does not count
 * @param assurance the least that counts
 * @param ttl how long the gate stays open
 * @param remind after which times to remind, ascending
 * @param escalateTo who may decide as well once {@code ttl} is over; asked for one more {@code ttl}
 */
public record GatePolicy(
        List<Quorum> quorums,
        boolean excludeInitiator,
        Assurance assurance,
        Duration ttl,
        List<Duration> remind,
        Optional<Set<String>> escalateTo) {

    /**
     * How many of whom.
     *
     * @param policy its name in the roster, for receipts
     * @param persons who may vote
     * @param needed distinct persons, from 1
     * @param roles who counts only while their chat network says that they hold a role, to the
     *     groups of which one is enough; whoever is not in it counts by the roster alone
     */
    public record Quorum(
            String policy, Set<String> persons, int needed, Map<String, Set<String>> roles) {
        public Quorum {
            persons = Sorted.copyOf(persons);
            // What was stored before there were roles has none.
            roles = Sorted.copyOf(Objects.requireNonNullElse(roles, Map.of()));
            if (needed < 1) throw new IllegalArgumentException("a quorum is at least one");
        }

        /** One that asks no network for roles. */
        public Quorum(String policy, Set<String> persons, int needed) {
            this(policy, persons, needed, Map.of());
        }

        /**
         * Whether a voter counts here.
         *
         * @param held to each person who was asked about, the groups whose role they hold
         */
        boolean counts(String person, Map<String, Set<String>> held) {
            if (!persons.contains(person)) return false;
            var wanted = roles.get(person);
            if (wanted == null) return true;
            return held.getOrDefault(person, Set.of()).stream().anyMatch(wanted::contains);
        }
    }

    public GatePolicy {
        quorums = List.copyOf(quorums);
        remind = List.copyOf(remind);
        escalateTo = escalateTo.map(Sorted::copyOf);
        if (quorums.isEmpty()) throw new IllegalArgumentException("a gate without a quorum");
        if (!ttl.isPositive()) throw new IllegalArgumentException("a gate that is never open");
    }

    /** Everybody whose vote can count towards any of the quorums. */
    public Set<String> persons() {
        var persons = new TreeSet<String>();
        quorums.forEach(quorum -> persons.addAll(quorum.persons()));
        return persons;
    }

    /**
     * Whether this is what a gate holds that was opened with the other one: the same, or the same
     * once it was escalated.
     */
    public boolean isFrom(GatePolicy other) {
        return equals(other) || equals(other.escalated());
    }

    /** The same policy once nobody decided in time: the wider group may decide as well. */
    GatePolicy escalated() {
        var wider = escalateTo.orElse(Set.of());
        var quorums = new ArrayList<Quorum>();
        for (var quorum : this.quorums) {
            var persons = new TreeSet<>(quorum.persons());
            persons.addAll(wider);
            quorums.add(new Quorum(quorum.policy(), persons, quorum.needed(), quorum.roles()));
        }
        return new GatePolicy(quorums, excludeInitiator, assurance, ttl, remind, Optional.empty());
    }
}
