package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Boards and signals that SOPs name beside those of the roster. */
class BoardChecksTest {
    private static final String BOARDS =
            """
            people: {alice: {local: [alice]}}
            access: [{sops: "*", run: [everyone]}]
            ingress:
              boards:
                hall:
                  chip: "sim:hall"
                  signals: {button: {line: B}, lamp: {line: L, direction: out}}
            """;

    private static List<String> findings(String roster, String trigger, String block) {
        var manifest = "execution_mode = \"auto\"\n" + trigger;
        var steps =
                "1. **Go** — go.\n   - tools: gpio\n\n   ```gpio\n   %s\n   ```\n".formatted(block);
        var sop = Rosters.sop("flash", manifest, steps);
        return new RosterChecks(Rosters.roster(roster))
                .check(sop, "sops/flash").stream().map(Diagnostic::toString).toList();
    }

    private static String trigger(String board, String signal) {
        return "[[triggers]]\ntype = \"peripheral\"\nboard = \"%s\"\nsignal = \"%s\"\n"
                .formatted(board, signal);
    }

    @Test
    void what_is_there_is_no_finding() {
        assertThat(findings(BOARDS, trigger("hall", "button"), "hall/lamp on")).isEmpty();
    }

    @Test
    void names_that_are_not_there_are_warnings_with_the_nearest() {
        assertThat(findings(BOARDS, trigger("hal", "button"), "hall/lmap on"))
                .containsExactly(
                        "sops/flash/SOP.md:6:4: warning: the board hall has no signal \"lmap\"; did"
                                + " you mean \"lamp\"? [board-unknown]",
                        "sops/flash/SOP.toml:1:1: warning: the roster has no board \"hal\"; did you"
                                + " mean \"hall\"? [board-unknown]");
    }

    @Test
    void a_roster_without_boards_says_where_to_add_one() {
        var none = BOARDS.replaceAll("(?s)ingress:.*", "");
        assertThat(findings(none, "", "hall/lamp on"))
                .singleElement()
                .asString()
                .contains("the roster has no board \"hall\"; add it under ingress.boards");
    }

    @Test
    void inputs_are_not_set_and_outputs_start_nothing() {
        assertThat(findings(BOARDS, trigger("hall", "lamp"), "hall/button on\n   hall/button off"))
                .hasSize(2)
                .anyMatch(it -> it.contains("hall/button is an input, which no step can set"))
                .anyMatch(it -> it.contains("hall/lamp is an output, which starts nothing"));
    }
}
