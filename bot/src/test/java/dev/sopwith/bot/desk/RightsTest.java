package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

/** Who a local user is, and what they may do. The service runs as {@code svc}. */
class RightsTest {
    private static final String PEOPLE =
            """
            people: {alice: {local: [alice]}, sam: {local: [svc]}, carol: {local: [carol]}}
            access: [{sops: "deploy-*", run: [alice], see: [carol]}]
            """;

    private static Rights rights(String text) {
        var result = RosterReader.read(text.getBytes(StandardCharsets.UTF_8), "roster.yaml");
        var roster = result.roster().orElseThrow(AssertionError::new);
        return new Rights(() -> roster, "svc");
    }

    private static Speaker speaker(Rights rights, String login) {
        return rights.local(login, isOperator(login)).orElseThrow();
    }

    private static boolean isOperator(String login) {
        return login.equals("svc") || login.equals("root");
    }

    @ParameterizedTest
    @CsvSource({"svc, true", "root, true", "alice, true", "mallory, false"})
    void who_is_not_in_the_roster_is_not_answered(String login, boolean admitted) {
        assertThat(rights(PEOPLE).local(login, isOperator(login)).isPresent()).isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource({"svc, true", "root, true", "alice, false"})
    void without_a_roster_only_the_operator_is_answered(String login, boolean admitted) {
        assertThat(new Rights(() -> Roster.NONE, "svc").local(login, isOperator(login)).isPresent())
                .isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource({"svc, sam", "alice, alice", "root, local:root", "carol, carol"})
    void a_login_is_the_person_that_the_roster_says(String login, String person) {
        assertThat(speaker(rights(PEOPLE), login).person()).isEqualTo(person);
    }

    @ParameterizedTest
    @CsvSource({"svc, svc", "root, svc"})
    void without_people_the_operator_is_the_only_person(String login, String person) {
        assertThat(speaker(rights("version: 1\n"), login).person()).isEqualTo(person);
    }

    @ParameterizedTest
    @CsvSource({
        "svc, true, true, true",
        "root, true, true, true",
        "alice, true, true, true",
        "carol, true, false, false"
    })
    void the_operator_may_everything_and_others_what_is_listed(
            String login, boolean see, boolean run, boolean operate) {
        var rights = rights(PEOPLE);
        var speaker = speaker(rights, login);
        assertThat(rights.may(speaker, Right.SEE, "deploy-prod")).isEqualTo(see);
        assertThat(rights.may(speaker, Right.RUN, "deploy-prod")).isEqualTo(run);
        assertThat(rights.may(speaker, Right.OPERATE, "deploy-prod")).isEqualTo(operate);
    }

    @Test
    void a_yes_of_the_user_that_steps_run_as_does_not_count() {
        assertThat(rights(PEOPLE).voteRefusal(speaker(rights(PEOPLE), "svc"))).isPresent();
        assertThat(rights(PEOPLE).voteRefusal(speaker(rights(PEOPLE), "alice"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'engine: {run_as: steps}'", "'single_operator: true'"})
    void it_counts_where_steps_are_others_or_there_is_one_operator_only(String more) {
        assertThat(rights(PEOPLE + more).voteRefusal(speaker(rights(PEOPLE + more), "svc")))
                .isEmpty();
        assertThat(rights(more).voteRefusal(speaker(rights(more), "svc"))).isEmpty();
    }

    @Test
    void in_a_room_only_people_of_the_roster_are_known_and_root_is_nobody() {
        assertThat(rights(PEOPLE).inRoom(new Identity("local", "alice")))
                .hasValueSatisfying(it -> assertThat(it.person()).isEqualTo("alice"));
        assertThat(rights(PEOPLE).inRoom(new Identity("matrix", "alice"))).isEmpty();
        assertThat(rights(PEOPLE).inRoom(new Identity("matrix", "svc"))).isEmpty();
        assertThat(rights(PEOPLE).inRoom(new Identity("local", "root"))).isEmpty();
    }
}
