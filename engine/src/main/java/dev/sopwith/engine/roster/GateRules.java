package dev.sopwith.engine.roster;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.run.ApprovalRule;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.GatePolicy.Quorum;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whom the gates of a SOP ask (APPROVALS §2). Where a floor and a step both name a policy, both
 * must be met, and of all else the stricter holds.
 *
 * <p>Threading: immutable.
 */
public final class GateRules {
    /** How receipts call the policy that holds where there is none. */
    static final String WHO_MAY_RUN = "who may run it";

    private final Roster roster;

    /** The rules of a roster with people in it: {@link Roster#withOperator}. */
    public GateRules(Roster roster) {
        this.roster = roster;
    }

    /**
     * A quorum that these people could not reach, whatever they say.
     *
     * @param step from 1
     * @param eligible who could vote for it
     */
    public record Lack(int step, Quorum quorum, Set<String> eligible, Set<String> excluded) {
        /** {@return such as {@code step 2 needs 2 of prod, and there is only bob}} */
        @Override
        public String toString() {
            var text = new StringBuilder();
            text.append("step %d needs %d of %s".formatted(step, quorum.needed(), quorum.policy()));
            if (eligible.isEmpty()) text.append(", and there is nobody");
            else text.append(", and there is only ").append(String.join(", ", eligible));
            if (!excluded.isEmpty()) {
                text.append("; who started the run does not count: ")
                        .append(String.join(", ", excluded));
            }
            return text.toString();
        }
    }

    /**
     * The policy of the gate before a step, as persons. Where the step cannot simply be repeated,
     * or the run is critical, people of groups that roles stand for count only with such a role.
     *
     * @param priority of the run
     */
    public GatePolicy of(String sop, Priority priority, Step step) {
        boolean isForGood = priority == Priority.CRITICAL || !step.rules().repeatable();
        return of(sop, priority, step.rules().policy(), isForGood);
    }

    /**
     * The policy of a gate, as persons, whatever roles they hold.
     *
     * @param priority of the run
     * @param named by the step
     */
    GatePolicy of(String sop, Priority priority, Optional<String> named) {
        return of(sop, priority, named, false);
    }

    private GatePolicy of(
            String sop, Priority priority, Optional<String> named, boolean isForGood) {
        var policies = policies(sop, named);
        return new GatePolicy(
                policies.stream().map(it -> quorum(it, isForGood)).toList(),
                !roster.singleOperator()
                        && policies.stream().anyMatch(it -> excludesInitiator(it, priority)),
                policies.stream()
                        .map(it -> assurance(it, priority))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                policies.stream().map(Policy::ttl).min(Comparator.naturalOrder()).orElseThrow(),
                remind(policies),
                escalateTo(policies));
    }

    /**
     * What nobody could clear if these persons started the SOP now; empty when all can be.
     *
     * @param initiators who would not count where a policy leaves them out
     */
    public List<Lack> lacks(Sop sop, Set<String> initiators) {
        var priority = roster.priority(sop.name(), sop.priority());
        var lacks = new ArrayList<Lack>();
        for (var step : waiting(sop)) {
            var policy = of(sop.name(), priority, step.rules().policy());
            var excluded = policy.excludeInitiator() ? initiators : Set.<String>of();
            for (var quorum : policy.quorums()) {
                var eligible = new TreeSet<>(quorum.persons());
                eligible.addAll(policy.escalateTo().orElse(Set.of()));
                var left = new TreeSet<>(eligible);
                left.removeAll(excluded);
                if (left.size() >= quorum.needed()) continue;
                eligible.retainAll(excluded);
                lacks.add(new Lack(step.number(), quorum, left, eligible));
            }
        }
        return lacks;
    }

    /** Names of policies that a SOP's steps or its floors name and the roster has not. */
    List<Step> withoutPolicy(Sop sop) {
        return sop.steps().stream()
                .filter(it -> it.rules().policy().filter(this::isMissing).isPresent())
                .toList();
    }

    /** The steps that wait for approval, or may: the first one that is not skipped does. */
    List<Step> waiting(Sop sop) {
        var priority = roster.priority(sop.name(), sop.priority());
        var mode = roster.mode(sop.name(), sop.executionMode());
        var waiting = new ArrayList<Step>();
        boolean mayBeFirst = true;
        for (var step : sop.steps()) {
            if (waits(step, mode, priority, mayBeFirst)) waiting.add(step);
            if (step.rules().when().equals(Condition.ALWAYS)) mayBeFirst = false;
        }
        return waiting;
    }

    private static boolean waits(Step step, ExecutionMode mode, Priority priority, boolean first) {
        return ApprovalRule.waits(
                new ApprovalRule.Situation(
                        mode,
                        step.rules().mode(),
                        priority,
                        first,
                        step.requiresConfirmation(),
                        step.kind()));
    }

    private boolean isMissing(String policy) {
        return !roster.policies().containsKey(policy);
    }

    /** The step's own, or what stands for it where no floor names one; and those of all floors. */
    private List<Policy> policies(String sop, Optional<String> named) {
        var policies = new ArrayList<Policy>();
        named.map(this::policy).ifPresent(policies::add);
        roster.floorsOf(sop).stream()
                .flatMap(floor -> floor.policy().stream())
                .map(this::policy)
                .filter(it -> !policies.contains(it))
                .forEach(policies::add);
        if (!policies.isEmpty()) return policies.stream().distinct().toList();
        if (roster.policies().containsKey(Policy.DEFAULT)) return List.of(policy(Policy.DEFAULT));
        return List.of(Policy.plain(WHO_MAY_RUN, roster.runners(sop)));
    }

    /** A policy that has gone asks nobody: the gate stays shut and says so. */
    private Policy policy(String name) {
        var known = roster.policies().get(name);
        return known == null ? Policy.plain(name, List.of()) : known;
    }

    private Quorum quorum(Policy policy, boolean isForGood) {
        var roles = isForGood ? roles(policy) : Map.<String, Set<String>>of();
        return new Quorum(
                policy.name(), roster.persons(policy.approvers()), policy.quorum(), roles);
    }

    /** Who is among the approvers only by groups that roles stand for; so too once it escalates. */
    private Map<String, Set<String>> roles(Policy policy) {
        var roles = new TreeMap<>(roles(policy.approvers()));
        var approvers = roster.persons(policy.approvers());
        roles(policy.escalateTo().orElse(List.of()))
                .forEach(
                        (person, groups) -> {
                            if (!approvers.contains(person)) roles.put(person, groups);
                        });
        return roles;
    }

    private Map<String, Set<String>> roles(List<String> names) {
        var plain = roster.persons(names.stream().filter(it -> !roster.isByRole(it)).toList());
        var roles = new TreeMap<String, Set<String>>();
        for (var group : names) {
            if (!roster.isByRole(group)) continue;
            for (var person : roster.persons(List.of(group))) {
                if (plain.contains(person)) continue;
                roles.computeIfAbsent(person, _ -> new TreeSet<>()).add(group);
            }
        }
        return roles;
    }

    private static boolean excludesInitiator(Policy policy, Priority priority) {
        return policy.excludeInitiator().orElse(priority.rank() >= Priority.HIGH.rank());
    }

    private static Assurance assurance(Policy policy, Priority priority) {
        return policy.assurance()
                .orElse(priority == Priority.CRITICAL ? Assurance.TYPED : Assurance.CLICK);
    }

    private static List<Duration> remind(List<Policy> policies) {
        return policies.stream().flatMap(it -> it.remind().stream()).sorted().distinct().toList();
    }

    /**
     * Only where all of them escalate, and only to whom all of them do: else one would give way.
     */
    private Optional<Set<String>> escalateTo(List<Policy> policies) {
        Optional<Set<String>> common = Optional.empty();
        for (var policy : policies) {
            if (policy.escalateTo().isEmpty()) return Optional.empty();
            var wider = new HashSet<String>(roster.persons(policy.escalateTo().get()));
            common.ifPresent(wider::retainAll);
            common = Optional.of(wider);
        }
        return common.filter(it -> !it.isEmpty());
    }
}
