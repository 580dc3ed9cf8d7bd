package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.Rosters;
import dev.sopwith.engine.secret.Secret;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What steps are given, and from where. */
class RosterWorldTest {
    @TempDir private Path folder;

    private static RosterWorld world(Map<String, String> environment) {
        var roster =
                Rosters.roster(
                        "secrets: {TOKEN: {sops: ['deploy-*']}}\nengine: {pass_env: [PATH, ABSENT]}\n");
        return new RosterWorld(() -> roster, environment);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static Optional<String> secret(Map<String, String> environment) {
        return world(environment).secret("deploy-prod", "TOKEN").map(Secret::reveal);
    }

    @Test
    void a_variable_comes_before_a_file_and_a_file_before_a_credential() throws IOException {
        var inFile = file("in-file", "of the file\n").toString();
        file("TOKEN", "of systemd\r\n");
        var credentials = Map.entry("CREDENTIALS_DIRECTORY", folder.toString());

        assertThat(secret(Map.of("TOKEN", "of the variable", "TOKEN_FILE", inFile)))
                .hasValue("of the variable");
        assertThat(secret(Map.ofEntries(Map.entry("TOKEN_FILE", inFile), credentials)))
                .hasValue("of the file");
        assertThat(secret(Map.ofEntries(Map.entry("TOKEN", ""), credentials)))
                .hasValue("of systemd");
        assertThat(secret(Map.of())).isEmpty();
    }

    @Test
    void where_nothing_is_said_steps_find_their_programs_and_nothing_else_gets_there() {
        var environment = Map.of("PATH", "/bin", "TZ", "UTC", "DEPLOY_TOKEN", "t");
        assertThat(new RosterWorld(() -> Roster.NONE, environment).passEnv())
                .isEqualTo(Map.of("PATH", "/bin", "TZ", "UTC"));
    }

    @Test
    void a_file_that_is_named_and_not_there_is_not_replaced_by_another_source() throws IOException {
        file("TOKEN", "of systemd");

        assertThat(
                        secret(
                                Map.of(
                                        "TOKEN_FILE",
                                        folder.resolve("absent").toString(),
                                        "CREDENTIALS_DIRECTORY",
                                        folder.toString())))
                .isEmpty();
    }

    @Test
    void what_is_not_granted_is_not_given() {
        var world = world(Map.of("TOKEN", "x", "OTHER", "y"));

        assertThat(world.secret("rotate-logs", "TOKEN")).isEmpty();
        assertThat(world.secret("deploy-prod", "OTHER")).isEmpty();
    }

    @Test
    void steps_see_the_variables_that_are_listed_and_no_other() {
        assertThat(world(Map.of("PATH", "/bin", "TOKEN", "x", "HOME", "/root")).passEnv())
                .containsOnly(Map.entry("PATH", "/bin"));
    }
}
