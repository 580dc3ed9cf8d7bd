package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whom a gate asks, and when nobody could answer. */
class GateRulesTest {
    private static final String PEOPLE =
            """
            people: {alice: {local: [alice]}, bob: {local: [bob]}, carol: {local: [carol]}, dora: {local: [dora]}}
            groups: {release: [alice, bob], leads: [carol, dora], some: [bob, carol]}
            access: [{sops: "*", run: [release]}]
            """;

    private static GatePolicy policy(String more, Priority priority, String named) {
        return rules(more).of("x-prod", priority, Optional.of(named));
    }

    private static GatePolicy unnamed(String more, Priority priority) {
        return rules(more).of("x-prod", priority, Optional.empty());
    }

    private static GateRules rules(String more) {
        return new GateRules(Rosters.roster(PEOPLE + more));
    }

    // The policy of a gate

    @ParameterizedTest
    @CsvSource({
        "LOW, false, CLICK",
        "NORMAL, false, CLICK",
        "HIGH, true, CLICK",
        "CRITICAL, true, TYPED"
    })
    void without_a_policy_one_who_may_run_it_decides(
            Priority priority, boolean exclude, Assurance assurance) {
        assertThat(unnamed("", priority))
                .isEqualTo(
                        new GatePolicy(
                                List.of(
                                        new GatePolicy.Quorum(
                                                "who may run it", Set.of("alice", "bob"), 1)),
                                exclude,
                                assurance,
                                Duration.ofHours(24),
                                Policy.REMIND,
                                Optional.empty()));
    }

    @Test
    void the_default_policy_holds_where_a_step_names_none() {
        var policy = unnamed("policies: {default: {approvers: [leads]}}", Priority.NORMAL);

        assertThat(policy.persons()).containsExactly("carol", "dora");
    }

    // Roles that stand for groups

    private static final String BY_ROLE =
            """
            connector: {kind: discord, discord: {channel_id: "1", roles: {"9001": release, "9002": some}}}
            policies:
              default: {approvers: [release, some, alice]}
              widened: {approvers: [dora], on_timeout: escalate, escalate_to: [some, dora]}
            """;

    private static GatePolicy byRole(Priority priority, String attributes) {
        var sop = sop("", "1. **Go** — go.\n   - requires_confirmation: true\n" + attributes);
        return rules(BY_ROLE).of("x-prod", priority, sop.steps().getFirst());
    }

    @Test
    void who_is_named_themselves_counts_without_a_role_and_the_others_with_any_of_theirs() {
        var quorum = byRole(Priority.NORMAL, "").quorums().getFirst();

        assertThat(quorum.persons()).containsExactly("alice", "bob", "carol");
        assertThat(quorum.roles())
                .containsOnly(
                        Map.entry("bob", Set.of("release", "some")),
                        Map.entry("carol", Set.of("some")));
    }

    @Test
    void what_can_be_repeated_needs_no_role_unless_it_is_critical() {
        var repeatable = "   - tools: shell\n   - repeatable: true\n\n   ```sh\n   true\n   ```\n";

        assertThat(byRole(Priority.HIGH, repeatable).quorums().getFirst().roles()).isEmpty();
        assertThat(byRole(Priority.CRITICAL, repeatable).quorums().getFirst().roles())
                .containsOnlyKeys("bob", "carol");
    }

    @Test
    void who_comes_in_by_escalation_needs_the_role_too() {
        var quorum = byRole(Priority.NORMAL, "   - policy: widened\n").quorums().getFirst();

        assertThat(quorum.persons()).containsExactly("dora");
        assertThat(quorum.roles())
                .containsOnly(Map.entry("bob", Set.of("some")), Map.entry("carol", Set.of("some")));
    }

    @Test
    void where_no_policy_is_named_those_who_may_run_it_need_their_roles() {
        var roles = BY_ROLE.lines().limit(1).reduce("", (a, b) -> a + b + "\n");
        var sop = sop("", "1. **Go** — go.\n   - requires_confirmation: true\n");

        var quorum = rules(roles).of("x-prod", Priority.NORMAL, sop.steps().getFirst());

        assertThat(quorum.quorums().getFirst().roles()).containsOnlyKeys("alice", "bob");
    }

    @Test
    void what_a_policy_says_holds() {
        var policy =
                policy(
                        """
                        policies:
                          prod:
                            approvers: [release, dora]
                            quorum: 2
                            exclude_initiator: false
                            assurance: typed
                            ttl: 2h
                            remind: [30m, 10m]
                            on_timeout: escalate
                            escalate_to: [leads]
                        """,
                        Priority.HIGH,
                        "prod");

        assertThat(policy)
                .isEqualTo(
                        new GatePolicy(
                                List.of(
                                        new GatePolicy.Quorum(
                                                "prod", Set.of("alice", "bob", "dora"), 2)),
                                false,
                                Assurance.TYPED,
                                Duration.ofHours(2),
                                List.of(Duration.ofMinutes(10), Duration.ofMinutes(30)),
                                Optional.of(Set.of("carol", "dora"))));
    }

    @Test
    void where_step_and_floor_name_a_policy_both_must_be_met_and_the_stricter_holds() {
        var policy =
                policy(
                        """
                        policies:
                          own: {approvers: [release], exclude_initiator: false, assurance: typed, ttl: 8h, escalate_to: [leads]}
                          floor: {approvers: [leads], quorum: 2, exclude_initiator: true, ttl: 2h, escalate_to: [some]}
                        require: [{sops: "*-prod", policy: floor}]
                        """,
                        Priority.NORMAL,
                        "own");

        assertThat(policy.quorums())
                .containsExactly(
                        new GatePolicy.Quorum("own", Set.of("alice", "bob"), 1),
                        new GatePolicy.Quorum("floor", Set.of("carol", "dora"), 2));
        assertThat(policy.excludeInitiator()).isTrue();
        assertThat(policy.assurance()).isEqualTo(Assurance.TYPED);
        assertThat(policy.ttl()).isEqualTo(Duration.ofHours(2));
        assertThat(policy.escalateTo()).hasValue(Set.of("carol"));
    }

    @Test
    void a_policy_that_does_not_escalate_is_not_widened_by_one_that_does() {
        var policy =
                policy(
                        """
                        policies:
                          own: {approvers: [release], escalate_to: [leads]}
                          floor: {approvers: [leads]}
                        require: [{sops: "*-prod", policy: floor}]
                        """,
                        Priority.NORMAL,
                        "own");

        assertThat(policy.escalateTo()).isEmpty();
    }

    @Test
    void one_policy_named_twice_is_asked_once() {
        var policy =
                policy(
                        """
                        policies: {prod: {approvers: [release]}}
                        require: [{sops: "*-prod", policy: prod}, {sops: "x-*", policy: prod}]
                        """,
                        Priority.NORMAL,
                        "prod");

        assertThat(policy.quorums()).hasSize(1);
    }

    @Test
    void a_policy_that_has_gone_leaves_the_gate_shut() {
        assertThat(policy("", Priority.LOW, "gone").persons()).isEmpty();
    }

    @Test
    void single_operator_lifts_that_initiators_do_not_count_and_nothing_else() {
        var policy =
                policy(
                        "single_operator: true\n"
                                + "policies: {p: {approvers: [release], quorum: 2, exclude_initiator: true}}",
                        Priority.CRITICAL,
                        "p");

        assertThat(policy.excludeInitiator()).isFalse();
        assertThat(policy.assurance()).isEqualTo(Assurance.TYPED);
        assertThat(policy.quorums().getFirst().needed()).isEqualTo(2);
    }

    // Who lacks

    private static Sop sop(String manifest, String steps) {
        return Rosters.sop("x-prod", manifest, steps);
    }

    private static List<String> lacks(String more, Sop sop, String... initiators) {
        return rules(more).lacks(sop, Set.of(initiators)).stream()
                .map(GateRules.Lack::toString)
                .toList();
    }

    private static final String GATED =
            "1. **Look** — look.\n2. **Go** — go.\n   - requires_confirmation: true\n";

    @Test
    void a_gate_that_its_starter_cannot_clear_is_named_with_whom_it_lacks() {
        var more = "policies: {default: {approvers: [release], quorum: 2}}";
        var sop = sop("execution_mode = \"auto\"\npriority = \"high\"", GATED);

        assertThat(lacks(more, sop)).isEmpty();
        assertThat(lacks(more, sop, "carol")).isEmpty();
        assertThat(lacks(more, sop, "alice"))
                .containsExactly(
                        "step 2 needs 2 of default, and there is only bob; who started the run does"
                                + " not count: alice");
    }

    @Test
    void a_policy_that_is_not_there_lacks_everybody() {
        var sop =
                sop(
                        "execution_mode = \"auto\"",
                        "1. **Go** — go.\n   - kind: checkpoint\n   - policy: prod\n");

        assertThat(lacks("", sop)).containsExactly("step 1 needs 1 of prod, and there is nobody");
    }

    @Test
    void a_floor_brings_gates_that_the_sop_has_not() {
        var more =
                """
                policies: {two: {approvers: [release], quorum: 2}}
                require: [{sops: "*-prod", mode: step_by_step, priority: high, policy: two}]
                """;
        var sop = sop("execution_mode = \"auto\"", "1. **Look** — look.\n2. **Go** — go.\n");

        assertThat(lacks(more, sop, "alice")).hasSize(2);
        assertThat(lacks("", sop, "alice")).isEmpty();
    }

    @Test
    void any_step_that_may_be_the_first_counts_as_one_under_supervision() {
        var sop =
                sop(
                        "execution_mode = \"supervised\"\npriority = \"high\"",
                        "1. **A** — a.\n   - when: $.payload.x == 1\n2. **B** — b.\n3. **C** — c.\n");

        assertThat(rules("").waiting(sop)).extracting(it -> it.number()).containsExactly(1, 2);
    }

    // What validation says

    private static List<String> findings(String more, Sop sop) {
        return new RosterChecks(Rosters.roster(PEOPLE + more))
                .check(sop, "sops/x-prod").stream().map(Diagnostic::toString).toList();
    }

    @Test
    void a_policy_that_is_missing_is_an_error_at_its_step() {
        var sop =
                sop(
                        "execution_mode = \"auto\"",
                        "1. **Go** — go.\n   - requires_confirmation: true\n   - policy: pord\n");

        assertThat(findings("policies: {prod: {approvers: [release]}}", sop))
                .containsExactly(
                        "sops/x-prod/SOP.md:3:1: error: the roster has no policy \"pord\"; did you mean"
                                + " \"prod\"? [policy-unknown]");
    }

    @Test
    void a_gate_that_only_some_cannot_clear_is_a_warning() {
        var sop = sop("execution_mode = \"auto\"\npriority = \"high\"", GATED);

        assertThat(findings("policies: {default: {approvers: [bob]}}", sop))
                .containsExactly(
                        "sops/x-prod/SOP.md:4:1: warning: nobody could clear this gate if bob starts it:"
                                + " step 2 needs 1 of default, and there is nobody; who started the run"
                                + " does not count: bob; add people to the policy"
                                + " [gate-may-be-unmeetable]");
    }

    @Test
    void a_secret_that_is_not_granted_is_an_error() {
        var sop =
                sop(
                        "execution_mode = \"auto\"",
                        """
                        1. **Go** — go.
                           - tools: shell
                           - secrets: DEPLOY_TOKEN

                           ```sh
                           true
                           ```
                        """);

        assertThat(findings("secrets: {DEPLOY_TOKEN: {sops: [other]}}", sop))
                .singleElement()
                .asString()
                .contains("the roster does not grant DEPLOY_TOKEN to x-prod");
    }

    @Test
    void a_run_that_ends_before_its_gate_does_is_a_warning() {
        var sop = sop("execution_mode = \"auto\"\ntimeout_secs = 3600", GATED);

        assertThat(findings("", sop)).singleElement().asString().contains("[timeout-before-gate]");
        assertThat(findings("policies: {default: {approvers: [release], ttl: 1h}}", sop)).isEmpty();
    }
}
