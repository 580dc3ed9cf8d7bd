package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is who and who may do what. */
class RosterTest {
    private static final Roster ROSTER = Rosters.roster(Rosters.EXAMPLE);

    @ParameterizedTest
    @CsvSource({
        "matrix:@alice:example.org, alice",
        "discord:4711, alice",
        "local:alice, alice",
        "local:bob, bob",
        "matrix:@ALICE:example.org, matrix:@ALICE:example.org",
        "matrix:@alice:example.org.evil, matrix:@alice:example.org.evil",
        "discord:47110, discord:47110",
        "local:4711, local:4711",
        "local:carol, local:carol"
    })
    void an_account_is_somebodys_only_when_it_is_exactly_theirs(String identity, String person) {
        assertThat(ROSTER.actor(Identity.parse(identity).orElseThrow())).isEqualTo(person);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, deploy-prod, true, true, true",
        "bob, deploy-prod, true, true, true",
        "carol, deploy-prod, true, false, false",
        "carol, rotate-logs, true, true, true",
        "mallory, rotate-logs, false, false, false",
        "local:alice, rotate-logs, false, false, false"
    })
    void the_first_rule_that_fits_says_who_may(
            String person, String sop, boolean see, boolean run, boolean operate) {
        assertThat(ROSTER.may(person, Right.SEE, sop)).isEqualTo(see);
        assertThat(ROSTER.may(person, Right.RUN, sop)).isEqualTo(run);
        assertThat(ROSTER.may(person, Right.OPERATE, sop)).isEqualTo(operate);
    }

    @Test
    void what_is_not_listed_nobody_may() {
        var roster = Rosters.roster("people: {alice: {local: [alice]}}\n");

        for (var right : Right.values()) assertThat(roster.allowed(right, "x")).isEmpty();
    }

    @Test
    void to_operate_includes_to_see_and_not_to_run() {
        var roster =
                Rosters.roster(
                        """
                        people: {alice: {local: [alice]}, bob: {local: [bob]}}
                        access: [{sops: "*", run: [alice], operate: [bob]}]
                        """);

        assertThat(roster.allowed(Right.SEE, "x")).containsExactly("alice", "bob");
        assertThat(roster.allowed(Right.RUN, "x")).containsExactly("alice");
        assertThat(roster.allowed(Right.OPERATE, "x")).containsExactly("bob");
    }

    @Test
    void without_people_the_services_user_is_the_only_person_there_is() {
        var roster = Rosters.roster("version: 1\n").withOperator("svc");

        assertThat(roster.singleOperator()).isTrue();
        assertThat(roster.actor(Identity.local("svc"))).isEqualTo("svc");
        assertThat(roster.allowed(Right.RUN, "anything")).containsExactly("svc");
    }

    @Test
    void with_people_the_services_user_is_nobody_of_them_unless_listed() {
        var roster = ROSTER.withOperator("svc");

        assertThat(roster.who(Identity.local("svc"))).isEmpty();
        assertThat(roster.singleOperator()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "deploy-prod, low, high",
        "deploy-prod, high, high",
        "deploy-prod, critical, critical",
        "deploy-dev, low, low"
    })
    void a_floor_only_raises_the_priority(String sop, String own, String raised) {
        assertThat(ROSTER.priority(sop, Priority.valueOf(own.toUpperCase(java.util.Locale.ROOT))))
                .isEqualTo(Priority.valueOf(raised.toUpperCase(java.util.Locale.ROOT)));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, AUTO, AUTO",
        "AUTO, SUPERVISED, SUPERVISED",
        "DETERMINISTIC, SUPERVISED, SUPERVISED",
        "STEP_BY_STEP, SUPERVISED, STEP_BY_STEP",
        "PRIORITY_BASED, SUPERVISED, PRIORITY_BASED",
        "SUPERVISED, PRIORITY_BASED, PRIORITY_BASED",
        "PRIORITY_BASED, STEP_BY_STEP, STEP_BY_STEP",
        "STEP_BY_STEP, AUTO, STEP_BY_STEP"
    })
    void a_floor_only_raises_the_mode(ExecutionMode own, ExecutionMode floor, ExecutionMode mode) {
        var word = floor.name().toLowerCase(java.util.Locale.ROOT);
        var roster = Rosters.roster("require: [{sops: \"*\", mode: %s}]\n".formatted(word));

        assertThat(roster.mode("x", own)).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({
        "DEPLOY_TOKEN, deploy-prod, true",
        "DEPLOY_TOKEN, rotate-logs, false",
        "OTHER_TOKEN, deploy-prod, false"
    })
    void a_secret_is_given_only_where_it_is_granted(String name, String sop, boolean granted) {
        assertThat(ROSTER.grants(name, sop)).isEqualTo(granted);
    }

    @ParameterizedTest
    @CsvSource({"db-backup, ops", "rotate-logs, ops phone"})
    void a_sop_is_shown_where_its_route_leads_or_everywhere(String sop, String connectors) {
        var names = ROSTER.route(sop).stream().map(ConnectorSettings::name).toList();
        assertThat(String.join(" ", names)).isEqualTo(connectors);
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "deploy-*, deploy-prod, true",
        "deploy-*, deploy, false",
        "*-prod, deploy-prod, true",
        "*-prod, deploy-prod-2, false",
        "a*b*c, a-b-b-c, true",
        "a*b*c, a-c-b, false",
        "v?, v1, true",
        "v?, v, false",
        "deploy, deploy-prod, false",
        "dep.oy, deploy, false"
    })
    void a_pattern_fits_whole_names(String pattern, String name, boolean fits) {
        assertThat(new SopPattern(pattern).fits(name)).isEqualTo(fits);
    }
}
