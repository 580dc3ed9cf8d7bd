package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.VALID_TOML;
import static dev.sopwith.engine.reading.Reading.md;
import static dev.sopwith.engine.reading.Reading.steps;
import static dev.sopwith.engine.reading.Reading.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.Stream;

/** No gate gets lost by layout: it counts, with a warning, or it is an error; never silence. */
class LostGatesTest {

    private static final String STEP = "## Steps\n\n1. **A** — x\n";

    private static final List<String> GATES =
            List.of(
                    "requires_confirmation: true",
                    "kind: checkpoint",
                    "kind: approval",
                    "mode: step_by_step",
                    "policy: prod");

    /** Places where nothing is read; {@code %s} is the gate, in line 5. */
    private static final List<String> PLACES =
            List.of(
                    "   1. first\n      - %s\n",
                    "   1. first\n   2. %s\n",
                    "   1. first\n      %s\n",
                    "   > so\n   > - %s\n",
                    "   > so\n   > %s\n",
                    "   > so\n%s\n",
                    "   - Note: this\n     - %s\n",
                    "   - Note: this\n     %s\n",
                    "   - Note: this\n     * + %s\n",
                    "   - Note: this\n        1. %s\n",
                    "   - > so\n     > %s\n",
                    "\n   %s\n",
                    "\n%s\n",
                    "\n   %s\n   ---\n",
                    "   - Note: this\n   - %s\n     ---\n",
                    "\n   ### %s\n",
                    "\n### %s\n",
                    "\n   | %s | x |\n",
                    "\n   <p>%s</p>\n",
                    "   <details>\n   - %s\n   </details>\n",
                    "   text\n   – %s\n",
                    "   text\n   • %s\n",
                    "   text\n   -%s\n",
                    "   text\n   -\u00A0%s\n",
                    "\n\u00A0\u00A0\u00A0- %s\n",
                    "\u200B\n   \u200B- %s\n",
                    "   text\n   **%s**\n",
                    "   text\n   `%s`\n",
                    "\n2. %s\n",
                    "\n2. **B** — %s\n",
                    "\n2. **B** %s\n");

    static Stream<String> lost() {
        return PLACES.stream().flatMap(place -> GATES.stream().map(place::formatted));
    }

    @ParameterizedTest
    @MethodSource("lost")
    void a_gate_where_nothing_is_read_is_an_error_in_its_line(String lines) {
        md(STEP + lines).finds("5 attribute-lost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "   - requires_confirmation true\n",
                "   - requires_confirmation\n",
                "   - requires confirmation: true\n",
                "   - \"requires_confirmation\": true\n",
                "   - {requires_confirmation: true}\n",
                "   - [requires_confirmation]: true\n",
                "   - requires_confirmation -> true\n",
                "   - requires_confirmation; true\n",
                "   - <b>requires_confirmation</b>: true\n",
                "   - Note: a\u00A0\n     requires_confrimation: true\n",
                "   - requires_c\u043Enfirmation: true\n",
                "   - # requires_confirmation: true\n",
                "   | requires_confirmation | true |\n",
                "   | kind | checkpoint |\n",
                "   - ~~requires_confirmation: true~~\n",
                "   - kind: checkpoint | approval\n",
            })
    void what_is_nearly_a_gate_is_never_silently_text(String lines) {
        assertThat(SopReader.readProcedure(STEP + lines).diagnostics())
                .anyMatch(Diagnostic::isError);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "**requires_confirmation**: true",
                "**requires_confirmation:** true",
                "**requires_confirmation: true**",
                "`requires_confirmation: true`",
                "`requires_confirmation`: true",
                "requires_confirmation： true",
                "requires_confirmation∶ true",
                "requires_confirmation\u00A0: true",
                "requires_confirmation:\u00A0true",
                "requires_confirmation: true\u00A0",
                "requires_confirmation: true\u200B",
                "\uFEFFrequires_confirmation: true",
                "requires_\u200Bconfirmation: true",
                "requires\\_confirmation: true",
                "requires&#95;confirmation: true",
                "[x] requires_confirmation: true",
                "[ ] requires_confirmation: true",
                "ｒequires_confirmation: true",
            })
    void a_gate_with_odd_characters_counts_and_is_told(String bullet) {
        var text = STEP + "   - " + bullet + "\n";
        md(text).finds("4 attribute-layout");
        assertThat(steps(text)).singleElement().matches(Step::requiresConfirmation);
    }

    @Test
    void line_ends_and_tabs_keep_a_gate() {
        for (var text :
                List.of(
                        "## Steps\r\n\r\n1. **A** — x\r\n   - requires_confirmation: true\r\n",
                        "## Steps\r\r1. **A** — x\r   - requires_confirmation: true\r",
                        "## Steps\n\n1. **A** — x\n   -\trequires_confirmation:\ttrue\n",
                        "## Steps\n\n1.\t**A** — x\n\t- requires_confirmation: true\t\n")) {
            md(text).findsNothing();
            assertThat(steps(text)).singleElement().matches(Step::requiresConfirmation);
        }
        md(STEP + "\t\t- requires_confirmation: true\n").finds("4 attribute-lost");
    }

    @Test
    void a_gate_that_belongs_to_no_step_is_an_error() {
        md("## Steps\n\n- requires_confirmation: true\n\n1. **A**\n").finds("3 attribute-lost");
        md(STEP + "\ntext\n\n- kind: checkpoint\n").finds("7 attribute-lost");
        md(STEP + "\n### Gate\n\n- requires_confirmation: true\n").finds("7 attribute-lost");
        md("## Steps\n\n> 1. **A**\n>    - kind: approval\n").finds("4 attribute-lost");
    }

    @Test
    void an_error_says_where_it_stands_and_how_to_write_it() {
        md(STEP + "   > - requires_confirmation: true\n")
                .saying(
                        "SOP.md:4:4: error: requires_confirmation stands in a quote",
                        "write - requires_confirmation: true as a bullet of the step");
        md(STEP + "   1. y\n      - kind: approval\n")
                .saying("SOP.md:5:7", "a list within the step");
        md(STEP + "\n   ### mode: supervised\n").saying("a heading", "- mode: supervised");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "   ```yaml\n   requires_confirmation: true\n   ```\n",
                "   > ```\n   > - requires_confirmation: true\n   > ```\n",
                "   <!-- - requires_confirmation: true -->\n",
                "   <!--\n   - requires_confirmation: true\n\n   kind: checkpoint\n   -->\n",
                "   y <!-- requires_confirmation: true --> z\n",
                "   With `requires_confirmation: true` it would ask.\n",
                "   - It requires confirmation from the owner: call her.\n",
                "   - Requires confirmation from the owner.\n",
                "   1. Kind: of blue\n",
                "   1. Set it:\n      - Mode: auto\n      - Mode: cooling\n",
                "   > Policy: be kind to everybody who calls.\n",
                "   - The kind of thing a checkpoint asks\n",
                "   - What kind?\n     A checkpoint, mostly.\n",
                "   - Approval: Bob has it\n",
            })
    void prose_and_what_only_shows_something_stay_what_they_are(String lines) {
        whole(VALID_TOML, STEP + lines).findsNothing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "   Think of requires_confirmation: true here.\n",
                "   - Requires confirmation\n",
                "   1. Set:\n      - Policy: lenient\n",
                "   `requires_confirmation: true` is not set here.\n",
            })
    void what_may_be_either_is_a_warning(String lines) {
        var line = 4 + (int) lines.lines().count() - 1;
        whole(VALID_TOML, STEP + lines).finds(line + " attribute-in-text");
    }

    @Test
    void gates_in_other_sections_are_text() {
        whole(VALID_TOML, STEP + "\n## Notes\n\n- requires_confirmation: true\n").findsNothing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n<!-- todo\n\n2. **B**\n   - kind: checkpoint\n",
                "   <!-- todo\n   - kind: checkpoint\n",
                "\n<pre>\n\n2. **B**\n",
            })
    void html_that_is_never_closed_would_swallow_what_follows(String lines) {
        assertThat(SopReader.readProcedure(STEP + lines).diagnostics())
                .extracting(d -> d.code().id())
                .contains("fence-open");
    }

    @Test
    void long_lines_of_marks_are_no_burden() {
        for (var marks : List.of("*", "`", "<", "> ", "1. ", "\\", "&", "_-", "[x] ", "**a")) {
            var line = marks.repeat(60_000 / marks.length());
            SopReader.readProcedure(STEP + "   " + line + "requires_confirmation: true\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"knid: checkpoint", "mdoe: step_by_step", "Knid: approval"})
    void swapped_letters_lose_no_gate(String line) {
        md(STEP + "   - " + line + "\n").saying("SOP.md:4:4: error: ", "attribute-lost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\u0085", "\u001b", "\u3164", "\u115f", "\u2800"})
    void a_character_that_does_not_show_hides_no_gate(String unseen) {
        for (String line :
                List.of(
                        "requires_confirmation%s: true",
                        "%srequires_confirmation: true",
                        "requires_confirmation: true%s",
                        "requires_%sconfirmation: true")) {
            var part = SopReader.readProcedure(STEP + "   - " + line.formatted(unseen) + "\n");
            assertThat(
                            part.diagnostics().stream().anyMatch(Diagnostic::isError)
                                    || part.value()
                                            .orElseThrow()
                                            .steps()
                                            .getFirst()
                                            .requiresConfirmation())
                    .as(line)
                    .isTrue();
        }
    }
}
