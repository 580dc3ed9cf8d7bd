package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.md;
import static dev.sopwith.engine.reading.Reading.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

class ProcedureReaderTest {

    private static final String STEP = "## Steps\n\n1. **A** — x\n";

    private static String attribute(String line) {
        return STEP + "   - " + line + "\n";
    }

    @Test
    void the_example_of_the_first_document_loads_with_every_documented_value() {
        var steps =
                steps(
                        """
                        ## Steps

                        1. **Preflight** — Check service health and release window.
                           - tools: http_request

                        2. **Deploy** — Run deployment command.
                           - tools: shell
                           - requires_confirmation: true
                        """);
        assertThat(steps).extracting(Step::title).containsExactly("Preflight", "Deploy");
        assertThat(steps)
                .extracting(Step::body)
                .containsExactly(
                        "Check service health and release window.", "Run deployment command.");
        assertThat(steps)
                .extracting(Step::tools)
                .containsExactly(List.of("http_request"), List.of("shell"));
        assertThat(steps).extracting(Step::requiresConfirmation).containsExactly(false, true);
    }

    @Test
    void every_attribute_has_its_meaning() {
        var step =
                steps(
                                """
                                ## Steps
                                1. **A**
                                   - id: first
                                   - policy: prod
                                   - mode: step_by_step
                                   - prompt: Roll out ${inputs.version}?
                                   - on_failure: retry:3 30s
                                   - next: 2
                                   - timeout: 10m
                                   - repeatable: true
                                   - agent: bot
                                   - secrets: TOKEN, OTHER
                                   - expect: 200-299, 404
                                2. **B**
                                   - depends_on: first
                                   - on_failure: goto:3
                                   - terminal: true
                                3. **C**
                                """)
                        .getFirst()
                        .rules();
        assertThat(step.id()).contains("first");
        assertThat(step.policy()).contains("prod");
        assertThat(step.mode()).contains(ExecutionMode.STEP_BY_STEP);
        assertThat(step.onFailure()).isEqualTo(new Step.OnFailure.Retry(3, Duration.ofSeconds(30)));
        assertThat(step.next()).contains(2);
        assertThat(step.timeout()).contains(Duration.ofMinutes(10));
        assertThat(step.repeatable()).isTrue();
        assertThat(step.agent()).contains("bot");
        assertThat(step.secrets()).containsExactly("TOKEN", "OTHER");
        assertThat(step.expect())
                .contains(
                        new Step.Expectation.Status(
                                List.of(
                                        new Step.Expectation.Range(200, 299),
                                        new Step.Expectation.Range(404, 404))));
    }

    @Test
    void a_switch_splits_at_its_first_and_last_angle_so_that_conditions_may_hold_more() {
        var arms =
                steps(
                                """
                                ## Steps
                                1. **A**
                                   - switch: big>$.inputs.n > 3>3; odd>$.inputs.s == "a;b">2; rest>>2
                                2. **B**
                                3. **C**
                                """)
                        .getFirst()
                        .rules()
                        .arms();
        assertThat(arms).extracting(Step.Arm::name).containsExactly("big", "odd", "rest");
        assertThat(arms).extracting(Step.Arm::target).containsExactly(3, 2, 2);
        assertThat(arms)
                .extracting(arm -> arm.when().text())
                .containsExactly("$.inputs.n > 3", "$.inputs.s == \"a;b\"", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requires_confirmation: yes",
                "requires_confirmation: True",
                "requires_confirmation:",
                "kind: chekpoint",
                "mode: bogus",
                "mode: Auto",
                "policy: a b",
                "when: $.inputs.env = \"prod\"",
                "when:",
                "on_failure: skip",
                "on_failure: retry",
                "on_failure: retry:0",
                "on_failure: retry:101",
                "on_failure: retry:2 soon",
                "on_failure: goto",
                "next: -1",
                "next: 1.5",
                "next:",
                "terminal: 1",
                "switch: prod",
                "switch: a>b",
                "switch: >$.x == 1>1",
                "depends_on: 1;2",
                "timeout: soon",
                "timeout: 0s",
                "timeout: 10",
                "timeout: 1d",
                "timeout: 999999999h",
                "repeatable: maybe",
                "id: 2nd",
                "id: Upper",
                "secrets: A-B",
                "secrets: A,,B",
                "tools:",
                "tools: shell,",
                "tools: sh ell",
                "allow-tools: ,",
                "prompt:",
                "expect: 20",
                "expect: 299-200",
                "expect: 600",
                "expect: status = 1",
                "agent: a b",
            })
    void a_value_that_cannot_be_read_is_an_error_on_its_bullet(String line) {
        md(attribute(line)).finds("4 attribute-invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "next: 9",
                "next: 0",
                "next: nowhere",
                "on_failure: goto:5",
                "depends_on: 1, 7",
                "switch: a>>4",
                "prompt: ${steps.7.x}"
            })
    void a_target_that_does_not_exist_is_an_error(String line) {
        md(attribute(line)).finds("4 target-missing");
    }

    @ParameterizedTest
    @CsvSource({
        "require_confirmation: true, attribute-misspelt",
        "tool: shell, attribute-misspelt",
        "Promtp: x, attribute-misspelt",
        "depend_on: 1, attribute-misspelt",
        "owner: ops, attribute-unknown",
        "capability: git.status, attribute-no-effect",
        "Output: all of it, attribute-no-effect",
        "requires_confirmation = true, attribute-invalid",
        "tools:shell, attribute-layout",
        "kind : checkpoint, attribute-layout",
        "`policy`: prod, attribute-layout",
        "**mode**: auto, attribute-layout",
        "[ ] requires_confirmation: true, attribute-layout",
        "prompt: ${foo}, placeholder-invalid",
        "prompt: ${secrets.X}, placeholder-invalid",
        "prompt: ${inputs.x, placeholder-invalid",
    })
    void a_bullet_that_is_nearly_an_attribute_is_never_silently_text(String line, String code) {
        md(attribute(line)).finds("4 " + code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Note: bring gloves",
                "Tool: the big wrench",
                "Expected: green",
                "Look at the gauge",
                "see https://example.org: it helps",
                "12:30",
                "step one: do it",
                "Owner: ops",
            })
    void notes_and_sentences_are_body(String line) {
        md(attribute(line)).findsNothing();
        assertThat(steps(attribute(line)).getFirst().body()).isEqualTo("x\n- " + line);
    }

    @Test
    void a_gate_is_not_lost_by_its_indentation() {
        for (var text :
                List.of(
                        STEP + "- requires_confirmation: true\n",
                        STEP + "  - requires_confirmation: true\n",
                        STEP + "\n- requires_confirmation: true\n",
                        STEP + "   - tools: shell\n     - requires_confirmation: true\n",
                        "## Steps\n\n10. **A** — x\n   - requires_confirmation: true\n")) {
            assertThat(steps(text)).as(text).singleElement().matches(Step::requiresConfirmation);
            assertThat(SopReader.readProcedure(text).diagnostics()).as(text).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "        - requires_confirmation: true\n",
                "\n        - requires_confirmation: true\n",
                "   requires_confirmation: true\n",
                "   kind: checkpoint\n",
                "\n   <details>\n   - requires_confirmation: true\n   </details>\n",
                "   - Note: this\n     requires_confirmation: true\n",
            })
    void where_markdown_would_swallow_a_gate_it_is_an_error(String lines) {
        assertThat(SopReader.readProcedure(STEP + lines).diagnostics())
                .extracting(d -> d.code().id())
                .containsExactly("attribute-lost");
    }

    @Test
    void an_under_indented_block_belongs_to_its_step() {
        var text = STEP + "   - tools: shell\n\n```sh\nuptime\n```\n2. **B**\n";
        md(text).finds("6 under-indented");
        assertThat(steps(text).getFirst().block().orElseThrow().text()).isEqualTo("uptime");
        assertThat(steps(text)).hasSize(2);
    }

    @Test
    void a_block_inside_the_bullet_of_its_tool_belongs_to_the_step() {
        var text = STEP + "   - tools: shell\n     ```sh\n     uptime\n     ```\n";
        md(text).finds("5 attribute-layout");
        assertThat(steps(text).getFirst().block().orElseThrow().text()).isEqualTo("uptime");
    }

    @Test
    void a_block_that_is_never_closed_would_swallow_what_follows() {
        md(STEP + "```text\n2. **B**\n").finds("4 fence-open", "4 under-indented");
        md(STEP + "   ```text\n   - kind: checkpoint\n").finds("4 fence-open");
    }

    @Test
    void which_block_is_executed() {
        var fence = "\n   ```%s\n   x\n   ```\n";
        md(STEP + fence.formatted("sh")).finds("5 block-not-named");
        md(STEP + fence.formatted("yaml")).findsNothing();
        md(STEP + fence.formatted("")).findsNothing();
        md(attribute("tools: sh") + fence.formatted("shell")).findsNothing();
        md(attribute("tools: http") + fence.formatted("http_request")).findsNothing();
        md(attribute("tools: shell") + fence.formatted("sh title=x")).findsNothing();
        md(attribute("tools: shell\n   - deny-tools: bash") + fence.formatted("sh"))
                .finds("7 block-not-allowed");
        md(attribute("tools: shell\n   - allow-tools: http") + fence.formatted("sh"))
                .finds("7 block-not-allowed");
        md(attribute("tools: shell\n   - kind: checkpoint") + fence.formatted("sh"))
                .finds("7 block-in-checkpoint");
        md(attribute("tools: shell") + fence.formatted("sh") + fence.formatted("bash"))
                .finds("10 block-twice");
        md(attribute("tools: shell") + "\n   ```sh\n   ```\n").finds("6 block-empty");
    }

    @Test
    void tabs_and_windows_line_ends_change_nothing() {
        var text =
                "## Steps\r\n\r\n1. **A**\r\n\t- tools: http\r\n\r\n\t```http\r\n\tGET x\r\n\t```\r\n";
        md(text).findsNothing();
        assertThat(steps(text).getFirst().block().orElseThrow().text()).isEqualTo("GET x");
    }

    @Test
    void text_that_belongs_to_no_step_is_kept() {
        var procedure =
                SopReader.readProcedure(
                                """
                                # Close the valve

                                Only when dry.

                                ## Steps

                                Wear gloves.

                                1. **A**

                                Then wait.

                                2. **B**

                                ## Notes

                                1. no step
                                """)
                        .value()
                        .orElseThrow();
        assertThat(procedure.title()).contains("Close the valve");
        assertThat(procedure.introduction()).isEqualTo("Only when dry.");
        assertThat(procedure.remarks())
                .containsExactly(
                        new Sop.Remark(0, "Wear gloves."), new Sop.Remark(1, "Then wait."));
        assertThat(procedure.steps()).hasSize(2);
    }

    @Test
    void a_repeated_key_is_an_error_but_tools_add_up() {
        md(attribute("kind: execute\n   - kind: execute")).finds("5 attribute-twice");
        assertThat(steps(attribute("tools: a\n   - tools: b")).getFirst().tools())
                .containsExactly("a", "b");
    }

    @Test
    void ids_are_unique_names_of_steps() {
        md("## Steps\n1. **A**\n   - id: a\n2. **B**\n   - id: a\n").finds("5 attribute-invalid");
    }

    @Test
    void the_body_keeps_everything_that_is_not_read() {
        var step =
                steps(
                                """
                                ## Steps

                                1. **A** — First.
                                   Second.
                                   - tools: shell
                                   - Look

                                   ```sh
                                   uptime
                                   ```

                                   After.

                                       code
                                """)
                        .getFirst();
        assertThat(step.body()).isEqualTo("First.\nSecond.\n- Look\n\nAfter.\n\n    code");
    }

    @Test
    void at_most_500_steps_are_read() {
        md("## Steps\n" + stepsFrom(1, 501)).finds("502 too-many");
        assertThat(steps("## Steps\n" + stepsFrom(1, 500))).hasSize(500);
    }

    private static String stepsFrom(int first, int last) {
        var text = new StringBuilder();
        for (int i = first; i <= last; i++) text.append(i).append(". **S**\n");
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"on_fail: continue, on_failure", "nxet: 1, next"})
    void a_word_too_far_to_be_a_typo_says_what_is_near(String line, String meant) {
        md("## Steps\n1. **A**\n   - " + line + "\n")
                .finds("3 attribute-unknown")
                .saying("did you mean \"" + meant + "\"?");
    }
}
