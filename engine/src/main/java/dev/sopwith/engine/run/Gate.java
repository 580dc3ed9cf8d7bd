package dev.sopwith.engine.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A gate that waits for people: what they are asked, and what they have said (APPROVALS §2). Holds
 * and counts votes; what follows from them is {@link RunMachine}'s.
 *
 * @param revision from 1; a new one makes all votes and prompts before it void
 * @param digest of exactly what runs if people say yes
 * @param code one-time code that proves a typed vote; unique among open gates
 * @param deadline when it closes by itself, or is escalated
 * @param reminded how many of the policy's reminders were sent or overtaken
 * @param unconfirmed why nobody can say whether those who said yes hold their roles, where that is
 *     all that is missing
 */
public record Gate(
        StepVisit at,
        int revision,
        GatePolicy policy,
        String digest,
        String code,
        Instant openedAt,
        Instant deadline,
        int reminded,
        List<Vote> votes,
        Optional<String> unconfirmed) {

    /**
     * A yes of one person. A no ends the gate, so none is kept.
     *
     * @param reason in their words, or empty
     */
    public record Vote(Actor by, Assurance assurance, String reason, Instant at) {}

    /**
     * Names one gate as it was asked: a vote for another revision or digest is for another gate.
     *
     * @param digest the digest that was shown, or its beginning of at least 8 digits
     */
    public record Ref(StepVisit at, int revision, String digest) {}

    public Gate {
        votes = List.copyOf(votes);
    }

    /** How a vote must name this gate. */
    public Ref ref() {
        return new Ref(at, revision, digest);
    }

    /** Why this vote cannot count, if it cannot. */
    Optional<Refusal> refusal(Ref ref, Actor by, Assurance assurance, Set<String> initiators) {
        if (!isFor(ref)) {
            return Refusal.of(
                    Refusal.Reason.STALE, "this prompt was replaced by revision " + revision);
        }
        if (!policy.persons().contains(by.person())) {
            return Refusal.of(Refusal.Reason.NOT_AN_APPROVER, "not in " + groups());
        }
        if (policy.excludeInitiator() && initiators.contains(by.person())) {
            return Refusal.of(Refusal.Reason.OWN_RUN, "you started this run");
        }
        if (assurance.compareTo(policy.assurance()) < 0) {
            return Refusal.of(Refusal.Reason.NEEDS_CODE, "this needs the typed code");
        }
        if (hasVoted(by.person())) {
            return Refusal.of(Refusal.Reason.ALREADY_VOTED, "you have voted already");
        }
        return Optional.empty();
    }

    /** Whether a vote with this reference means this very question. */
    boolean isFor(Ref ref) {
        return ref.at().equals(at)
                && ref.revision() == revision
                && ref.digest().length() >= Digest.SHOWN
                && digest.startsWith(ref.digest());
    }

    /** Whether somebody's yes is counted here. */
    public boolean hasVoted(String person) {
        return votes.stream().anyMatch(vote -> vote.by().person().equals(person));
    }

    /**
     * Whether every quorum is met, and by people whom the roster alone makes count. Each counts its
     * own persons; one person may count in several.
     */
    public boolean isCleared() {
        return isFull() && toConfirm().isEmpty();
    }

    /** Whether all that is missing is that networks say who holds a role. */
    public boolean awaitsRoles() {
        return isFull() && !toConfirm().isEmpty();
    }

    private boolean isFull() {
        return policy.quorums().stream().allMatch(quorum -> counted(quorum) >= quorum.needed());
    }

    /** Who said yes and counts only by a role, to the groups whose roles there are to ask for. */
    public Map<String, Set<String>> toConfirm() {
        var asked = new TreeMap<String, Set<String>>();
        for (var vote : votes) {
            var person = vote.by().person();
            for (var quorum : policy.quorums()) {
                var groups = quorum.roles().get(person);
                if (groups == null || !quorum.persons().contains(person)) continue;
                asked.computeIfAbsent(person, _ -> new TreeSet<>()).addAll(groups);
            }
        }
        return asked;
    }

    /** Whether every quorum is met by those who count with these roles. */
    boolean isClearedWith(Map<String, Set<String>> held) {
        return policy.quorums().stream()
                .allMatch(
                        quorum ->
                                votes.stream()
                                                .filter(it -> quorum.counts(it.by().person(), held))
                                                .count()
                                        >= quorum.needed());
    }

    /** Whether a voter counts, with these roles, wherever they could. */
    boolean counts(String person, Map<String, Set<String>> held) {
        return policy.quorums().stream()
                .filter(quorum -> quorum.persons().contains(person))
                .allMatch(quorum -> quorum.counts(person, held));
    }

    /** How many of a quorum have said yes. */
    public int counted(GatePolicy.Quorum quorum) {
        return (int) votes.stream().filter(v -> quorum.persons().contains(v.by().person())).count();
    }

    /** {@code 1 of 2}, or for each policy when there are several. */
    public String count() {
        return policy.quorums().stream()
                .map(quorum -> counted(quorum) + " of " + quorum.needed())
                .collect(Collectors.joining(" and "));
    }

    /** When the next reminder is due, if one is left before the deadline. */
    Optional<Instant> nextReminder() {
        if (reminded >= policy.remind().size()) return Optional.empty();
        return Optional.of(openedAt.plus(policy.remind().get(reminded))).filter(deadline::isAfter);
    }

    /** How many reminders are due by now; of several only the newest is sent. */
    int remindersDue(Instant now) {
        return (int)
                policy.remind().stream().filter(it -> !now.isBefore(openedAt.plus(it))).count();
    }

    Gate with(Vote vote) {
        var all = new ArrayList<>(votes);
        all.add(vote);
        return new Gate(
                at, revision, policy, digest, code, openedAt, deadline, reminded, all, unconfirmed);
    }

    /** Without their vote; what there was to find out about the others is to be found out anew. */
    Gate without(String person) {
        var others = votes.stream().filter(it -> !it.by().person().equals(person)).toList();
        return new Gate(
                at,
                revision,
                policy,
                digest,
                code,
                openedAt,
                deadline,
                reminded,
                others,
                Optional.empty());
    }

    Gate withReminded(int reminded) {
        return new Gate(
                at,
                revision,
                policy,
                digest,
                code,
                openedAt,
                deadline,
                reminded,
                votes,
                unconfirmed);
    }

    Gate withDeadline(Instant deadline) {
        return new Gate(
                at,
                revision,
                policy,
                digest,
                code,
                openedAt,
                deadline,
                reminded,
                votes,
                unconfirmed);
    }

    Gate withUnconfirmed(String why) {
        return new Gate(
                at,
                revision,
                policy,
                digest,
                code,
                openedAt,
                deadline,
                reminded,
                votes,
                Optional.of(why));
    }

    /** Open for one more {@code ttl}, to the wider group as well. Votes stay. */
    Gate escalated(Instant now) {
        var until = now.plus(policy.ttl());
        return new Gate(
                at,
                revision,
                policy.escalated(),
                digest,
                code,
                openedAt,
                until,
                policy.remind().size(),
                votes,
                unconfirmed);
    }

    /** How long it is open in all. */
    Duration ttl() {
        return policy.ttl();
    }

    private String groups() {
        return policy.quorums().stream()
                .map(GatePolicy.Quorum::policy)
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
