package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.ExecutionMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What a roster may say, and what is said about one that says something else. */
class RosterReaderTest {

    // What is read

    @Test
    void the_example_of_the_format_is_read_whole() {
        var roster = Rosters.roster(Rosters.EXAMPLE);

        assertThat(roster.sopsDir()).hasValue("sops");
        assertThat(roster.connectors())
                .extracting(ConnectorSettings::name, ConnectorSettings::kind)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("ops", "matrix"),
                        org.assertj.core.groups.Tuple.tuple("phone", "discord"));
        assertThat(roster.people().keySet()).containsExactly("alice", "bob", "carol");
        assertThat(roster.groups()).containsOnly(Map.entry("release", List.of("alice", "bob")));
        assertThat(roster.singleOperator()).isFalse();
        assertThat(roster.engine())
                .isEqualTo(
                        new EngineSettings(
                                ZoneId.of("Europe/Berlin"),
                                ExecutionMode.SUPERVISED,
                                4,
                                10_000,
                                Duration.ofMinutes(30),
                                List.of("PATH", "HOME"),
                                java.util.Optional.empty()));
        assertThat(roster.digest()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing yet\n", "---\n", "version: 1\n"})
    void a_roster_that_says_nothing_means_tmux_and_a_single_operator(String text) {
        var roster = Rosters.roster(text);

        assertThat(roster.connectors()).containsExactly(ConnectorSettings.STANDARD);
        assertThat(roster.connectors().getFirst().kind()).isEqualTo("tmux");
        assertThat(roster.singleOperator()).isTrue();
        assertThat(roster.engine()).isEqualTo(EngineSettings.STANDARD);
    }

    @Test
    void the_roster_of_another_program_loads_without_change() {
        var result =
                Rosters.read(
                        """
                        version: 1
                        transport: tmux
                        tmux:
                          socketName: fleet
                          holderSession: _holder
                        defaults:
                          workingDirectory: ~/src
                        runtimes:
                          claude: {resetCommand: /clear}
                        agents:
                          - name: coder0
                            runtime: claude
                            class: implementer
                        """);

        assertThat(result.diagnostics()).noneMatch(Diagnostic::isError).hasSize(5);
        assertThat(result.roster().orElseThrow().connectors())
                .containsExactly(ConnectorSettings.STANDARD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{homeserver_url: 'https://m.internal', user_id: '@mos:i', room_id: '!room:i'}",
                "{homeserverUrl: 'https://m.internal', userId: '@mos:i', roomId: '!room:i'}",
                "{homeserver-url: 'https://m.internal', USER_ID: '@mos:i', RoomId: '!room:i'}"
            })
    void keys_are_read_in_either_style(String settings) {
        var roster =
                Rosters.roster(
                        "version: 1\nconnector: {kind: matrix, matrix: %s}\n".formatted(settings));

        assertThat(roster.connectors())
                .containsExactly(
                        ConnectorSettings.of(
                                "matrix",
                                "matrix",
                                true,
                                Map.of(
                                        "homeserver_url", "https://m.internal",
                                        "user_id", "@mos:i",
                                        "room_id", "!room:i")));
    }

    @Test
    void roles_of_a_guild_stand_for_groups_and_are_no_setting_of_the_connector() {
        var roster =
                Rosters.roster(
                        """
                        connectors:
                          phone: {kind: discord, discord: {channel_id: "1", roles: {"9001": opsTeam, "9002": opsTeam}}}
                        people: {bob: {discord: ["4711"]}}
                        groups: {opsTeam: [bob], others: [bob]}
                        """);

        var phone = roster.connectors().getFirst();
        assertThat(phone.roles())
                .containsExactly(Map.entry("9001", "opsTeam"), Map.entry("9002", "opsTeam"));
        assertThat(phone.settings()).containsOnly(Map.entry("channel_id", "1"));
        assertThat(roster.isByRole("opsTeam")).isTrue();
        assertThat(roster.isByRole("others")).isFalse();
        assertThat(roster.isByRole("everyone")).isFalse();
    }

    @Test
    void a_role_is_named_by_its_number() {
        assertThat(
                        Rosters.findings(
                                """
                                connector: {kind: discord, discord: {channel_id: "1", roles: {ops: ops}}}
                                groups: {ops: []}
                                """))
                .containsExactly(
                        "roster.yaml:1:63: error: \"ops\" cannot be a name in"
                                + " connector.discord.roles; write the role's number in quotes, such"
                                + " as \"9001\" [value-malformed]");
    }

    @Test
    void names_that_people_chose_keep_their_style() {
        var roster =
                Rosters.roster(
                        "people: {jobRunner: {local: [job]}}\ngroups: {nightShift: [jobRunner]}\n");

        assertThat(roster.people()).containsOnlyKeys("jobRunner");
        assertThat(roster.groups()).containsOnlyKeys("nightShift");
    }

    @Test
    void words_are_not_taken_for_something_else() {
        // YAML 1.1 would read a number in base 60, a boolean and a date.
        var roster =
                Rosters.roster(
                        "people: {no: {local: [on]}}\ngroups: {2026-11-21: [no], 1e3: []}\n");

        assertThat(roster.people()).containsOnlyKeys("no");
        assertThat(roster.groups()).containsOnlyKeys("2026-11-21", "1e3");
    }

    // What is refused: one line of the roster, and what is said

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    polices: {}                                 | 1:1: error: there is no key "polices"; did you mean "policies"? [key-misspelt]
                    agents: []                                  | 1:1: warning: the key "agents" has no meaning here; leave it, if another program reads it [key-unknown]
                    version: 2                                  | 1:10: error: version cannot be 2; write 1 [value-unknown]
                    connector: {kind: irc}                      | 1:19: error: connector.kind cannot be "irc"; known: tmux, discord, matrix [value-unknown]
                    connector: {kind: matrx}                    | 1:19: error: connector.kind cannot be "matrx"; did you mean "matrix"? [value-unknown]
                    connector: {kind: matrix}                   | 1:1: error: connector has no "matrix"; add it; keys here: kind, trust_server, matrix, discord [key-missing]
                    connector: tmux                             | 1:12: error: connector is text and must be a block of keys; keys here: kind, trust_server, matrix, discord [wrong-type]
                    people: {alice: {discord: [4711]}}          | 1:28: error: people.alice.discord.0 is the number 4711 and must be text; write the user's number in quotes, such as "4711" [wrong-type]
                    people: {alice: {matrix: [alice]}}          | 1:27: error: people.alice.matrix.0 cannot be "alice"; write the whole id in quotes, such as "@alice:example.org" [value-malformed]
                    people: {alice: {matrx: []}}                | 1:18: error: people.alice has no key "matrx"; did you mean "matrix"? [key-misspelt]
                    people: {alice: {phone: []}}                | 1:18: error: people.alice has no key "phone"; known: matrix, discord, local, token [key-foreign]
                    people: {a b: {}}                           | 1:10: error: "a b" cannot be a name in people; write a letter or digit first, then letters, digits, . _ and - [value-malformed]
                    people: {everyone: {}}                      | 1:10: error: "everyone" means all people and cannot be given to others; choose another name [name-taken]
                    people: {a: {local: [x]}, b: {local: [x]}}  | 1:39: error: local:x belongs to a already; an account belongs to one person [identity-twice]
                    groups: {release: [bob]}                    | 1:20: error: there is no person "bob"; this roster names none: add it [name-undeclared]
                    access: [{run: [everyone]}]                 | 1:10: error: access.0 has no "sops"; add it; keys here: sops, see, run, operate [key-missing]
                    access: [{sops: "*", run: everyone}]        | 1:27: error: access.0.run is text and must be a list; write a list of people and groups, such as [release, alice], or [everyone] [wrong-type]
                    require: [{sops: "*"}]                      | 1:11: error: require.0 asks nothing; write sops and at least one of priority, mode and policy [value-empty]
                    require: [{sops: "*", policy: prod}]        | 1:31: error: there is no policy "prod"; this roster names none: add it [name-undeclared]
                    routes: [{sops: "*", to: [ops]}]            | 1:27: error: there is no connector "ops"; known: tmux [name-undeclared]
                    connector: {kind: discord, discord: {channel_id: "1", roles: {"9": ops}}} | 1:68: error: there is no group "ops"; this roster names none: add it [name-undeclared]
                    connector: {kind: discord, discord: {channel_id: "1", roles: {"9": everyone}}} | 1:68: error: there is no group "everyone"; this roster names none: add it [name-undeclared]
                    policies: {p: {approvers: []}}              | 1:27: error: policies.p.approvers is empty; write a list of at least one name, such as [release] [value-empty]
                    policies: {p: {approvers: [everyone], quorum: 0}} | 1:47: error: policies.p.quorum cannot be 0; it is at least 1 [value-out-of-range]
                    policies: {p: {approvers: [everyone], quorum: 2}} | 1:47: error: p needs 2, and there is only the one who runs the service; add people, or ask for fewer [policy-unmeetable]
                    policies: {p: {approvers: [everyone], ttl: 0s}}   | 1:44: error: policies.p.ttl cannot be 0s; write more than nothing and at most ten years [value-out-of-range]
                    policies: {p: {approvers: [everyone], ttl: 1d}}   | 1:44: error: policies.p.ttl cannot be "1d"; write seconds, minutes or hours, such as 90s, 10m or 2h [value-malformed]
                    policies: {p: {approvers: [everyone], on_timeout: approve}} | 1:51: error: policies.p.on_timeout cannot be "approve"; known: deny, escalate [value-unknown]
                    policies: {p: {approvers: [everyone], on_timeout: escalate}} | 1:39: error: on_timeout is escalate, and nobody is named to escalate to; add escalate_to with people or groups [policy-conflict]
                    policies: {p: {approvers: [everyone], on_timeout: deny, escalate_to: [everyone]}} | 1:57: error: escalate_to has no effect while on_timeout is deny; write on_timeout: escalate, or take escalate_to out [policy-conflict]
                    engine: {timezone: Europe/Berln}            | 1:20: error: there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"? [timezone-unknown]
                    engine: {pass_env: [LD_PRELOAD]}            | 1:21: error: LD_PRELOAD is passed to no step: it decides which code programs load; take it out [variable-refused]
                    engine: {pass_env: [MATRIX_ACCESS_TOKEN]}   | 1:21: error: MATRIX_ACCESS_TOKEN is passed to no step: it belongs to the service itself; take it out [variable-refused]
                    secrets: {BASH_ENV: {sops: ["*"]}}          | 1:11: error: BASH_ENV is given to no step: it decides what a shell does before the step's own text; make a secret of its own for the step [variable-refused]
                    groups: {a: [], a: []}                      | 1:17: error: "a" is written twice, first in line 1; keep one [key-twice]
                    single_operator: yes                        | 1:18: error: single_operator is text and must be true or false [wrong-type]
                    connectors: {tmux: {kind: tmux}, t: &x {kind: tmux}} | 1:37: error: an anchor is not read here; put text that begins with & in quotes [yaml-not-plain]
                    require: [{sops: *-prod}]                   | 1:18: error: an alias is not read here; put text that begins with * in quotes [yaml-not-plain]
                    version: !!int 1                            | 1:10: error: a tag is not read here; put text that begins with ! in quotes [yaml-not-plain]
                    just text                                   | 1:1: error: the roster is no block of keys; begin with: version: 1 [wrong-type]
                    """)
    void a_line_that_is_wrong_is_named_with_its_place_and_what_to_write(String line, String said) {
        assertThat(Rosters.findings(line)).containsExactly("roster.yaml:" + said);
    }

    @Test
    void both_styles_of_one_key_at_once_are_refused() {
        assertThat(Rosters.findings("sops_dir: a\nsopsDir: b\n"))
                .containsExactly(
                        "roster.yaml:2:1: error: \"sopsDir\" is \"sops_dir\" once more; keep one of"
                                + " the two [key-twice]");
    }

    @Test
    void all_errors_are_told_at_once() {
        var findings =
                Rosters.findings(
                        """
                        version: 3
                        people: {alice: {discord: [1]}}
                        groups: {release: [bob]}
                        engine: {timezone: Nowhere, pass_env: [ENV]}
                        polices: {}
                        """);

        assertThat(findings).hasSize(6);
        assertThat(findings).allMatch(it -> it.contains(": error: "));
    }

    @Test
    void a_token_is_refused_wherever_it_stands_and_never_repeated() {
        var token = "ghp_" + "a1B2".repeat(9);
        for (var text :
                List.of(
                        "# %s\n",
                        "connector: {kind: tmux}\nnotes: [\"%s\"]\n",
                        "sops_dir: %s\n",
                        "groups: {a: [%s]}\n")) {
            var result = Rosters.read(text.formatted(token));

            assertThat(result.roster()).isEmpty();
            assertThat(result.diagnostics())
                    .anyMatch(it -> it.code().id().equals("token-in-file"))
                    .noneMatch(it -> it.toString().contains(token));
        }
    }

    @Test
    void an_identity_that_cannot_stand_without_quotes_is_a_finding_with_a_hint() {
        assertThat(Rosters.findings("people: {alice: {matrix: [@alice:example.org]}}"))
                .singleElement()
                .asString()
                .startsWith("roster.yaml:1:27: error: this is not YAML: ")
                .endsWith(" belongs in quotes [yaml-syntax]");
    }

    @Test
    void columns_count_as_editors_do() {
        assertThat(Rosters.findings("groups: {\"🎉\": [], x: [bob]}"))
                .anyMatch(it -> it.startsWith("roster.yaml:1:24: error: there is no person"));
    }

    @Test
    void a_second_document_is_refused() {
        assertThat(Rosters.findings("version: 1\n---\nversion: 1\n"))
                .singleElement()
                .asString()
                .contains("a second document begins here");
    }

    @ParameterizedTest
    @CsvSource({"access, run: [everyone]", "routes, to: [tmux]"})
    void a_rule_below_one_for_all_is_a_warning(String block, String rest) {
        var text = "%1$s:\n- {sops: '*', %2$s}\n- {sops: x, %2$s}\n".formatted(block, rest);
        assertThat(Rosters.findings(text))
                .singleElement()
                .asString()
                .startsWith("roster.yaml:3:3: warning: this rule never applies");
        assertThat(Rosters.read(text).roster()).isPresent();
    }

    // Hostile files

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void depth_is_a_finding_and_not_a_crash(String opening) {
        assertThat(Rosters.read(opening.repeat(50_000)).roster()).isEmpty();
    }

    @Test
    void a_large_file_is_refused_unread() {
        var result = RosterReader.read(new byte[RosterReader.FILE_BYTES_MAX + 1], "roster.yaml");

        assertThat(result.diagnostics())
                .singleElement()
                .extracting(it -> it.code().id())
                .isEqualTo("file-too-large");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void no_damage_makes_it_throw_or_point_outside_of_the_file(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 150; round++) {
            var bytes = Rosters.EXAMPLE.getBytes(StandardCharsets.UTF_8);
            int damages = random.nextInt(1, 6);
            for (int i = 0; i < damages; i++) {
                var signs = "{}[]:,-\"' \n\t#&*!|>%@`\0é".getBytes(StandardCharsets.UTF_8);
                bytes[random.nextInt(bytes.length)] = signs[random.nextInt(signs.length)];
            }
            assertThatCode(() -> inside(bytes)).as("seed %d", seed).doesNotThrowAnyException();
        }
    }

    private static void inside(byte[] bytes) {
        var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        for (var finding : RosterReader.read(bytes, "r").diagnostics()) {
            assertThat(finding.line()).isBetween(1, lines.length + 1);
            assertThat(finding.column()).isPositive();
        }
    }

    // The schema

    @Test
    void the_published_schema_is_the_one_that_is_used() throws Exception {
        assertThat(RosterSchema.text())
                .isEqualTo(Files.readString(Path.of("..", "docs", "roster.schema.json")));
    }

    // Where web requests come in

    @Test
    void where_webhooks_come_in_and_who_owns_their_secrets_is_read() {
        var http =
                Rosters.roster(
                                """
                                people: {alice: {local: [alice]}}
                                ingress:
                                  http:
                                    listen: "[::1]:0"
                                    requestsPerMinute: 5
                                    credentials: {SOPWITH_WEBHOOK_SHOP: {owners: [alice]}}
                                """)
                        .ingress()
                        .http()
                        .orElseThrow();
        assertThat(http.listen()).isEqualTo(new IngressSettings.Address("::1", 0));
        assertThat(http.listen()).hasToString("[::1]:0");
        assertThat(http.observe()).hasToString("127.0.0.1:8485");
        assertThat(http.requestsPerMinute()).isEqualTo(5);
        assertThat(http.owners()).isEqualTo(Map.of("SOPWITH_WEBHOOK_SHOP", List.of("alice")));
        assertThat(Rosters.roster("version: 1").ingress()).isEqualTo(IngressSettings.NONE);
    }

    @Test
    void what_is_wrong_about_webhooks_is_told() {
        var found =
                Rosters.read(
                        """
                        people: {alice: {local: [alice]}}
                        ingress:
                          http:
                            listen: "127.0.0.1:70000"
                            credentials:
                              SOPWITH_WEBHOOK_A: {owners: [alcie]}
                              SHOP_TOKEN: {owners: [alice]}
                              SOPWITH_WEBHOOK_B: {}
                        """);
        assertThat(found.roster()).isEmpty();
        assertThat(String.join("\n", found.diagnostics().stream().map(Object::toString).toList()))
                .contains("\"127.0.0.1:70000\" is no port", "there is no person or group \"alcie\"")
                .contains("SHOP_TOKEN", "owners");
    }
}
