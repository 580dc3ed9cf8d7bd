package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.VALID_MD;
import static dev.sopwith.engine.reading.Reading.VALID_TOML;
import static dev.sopwith.engine.reading.Reading.both;
import static dev.sopwith.engine.reading.Reading.files;
import static dev.sopwith.engine.reading.Reading.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.ExecutionMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Map;

class SopReaderTest {

    private static String block(String fence, String text) {
        return "## Steps\n1. **A**\n   - tools: %s\n\n   ```%s\n   %s\n   ```\n"
                .formatted(fence, fence, text.replace("\n", "\n   "));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void two_good_files_are_a_sop() {
        var result = both(VALID_TOML, VALID_MD);
        assertThat(result.diagnostics()).isEmpty();
        var sop = result.sop().orElseThrow();
        assertThat(sop.name()).isEqualTo("restart");
        assertThat(sop.title()).isEqualTo("Restart");
        assertThat(sop.executionMode()).isEqualTo(ExecutionMode.SUPERVISED);
        assertThat(sop.steps()).hasSize(1);
    }

    @Test
    void an_error_in_either_file_means_there_is_no_sop() {
        assertThat(both(VALID_TOML + "x = ", VALID_MD).sop()).isEmpty();
        assertThat(both(VALID_TOML, VALID_MD + "   - kind: x\n").sop()).isEmpty();
        assertThat(both(VALID_TOML + "colour = 1\n", VALID_MD).sop()).isPresent();
    }

    @Test
    void findings_of_both_files_come_in_one_pass() {
        whole("[sop]\nname = \"a b\"\n", "## Steps\n1. **A**\n   - kind: x\n")
                .saying("sops/x/SOP.toml:2:1: error:")
                .saying("sops/x/SOP.md:3:6: error:");
    }

    @Test
    void missing_files_are_named() {
        assertThat(SopReader.read(files(Map.of()), "sops/x", Reading.NOW).diagnostics())
                .extracting(Diagnostic::toString)
                .anySatisfy(text -> assertThat(text).contains("file-missing", "SOP.toml"))
                .anySatisfy(
                        text ->
                                assertThat(text)
                                        .contains("SOP has no steps (missing or empty SOP.md)"));
    }

    @Test
    void a_procedure_without_steps_says_what_looked_like_the_heading() {
        whole(VALID_TOML, "").finds("1 no-steps");
        whole(VALID_TOML, "##Steps\n1. **A**\n").finds("1 no-steps").saying("line 1, \"##Steps\"");
        whole(VALID_TOML, "## Steps\n- **A**\n").finds("1 no-steps");
    }

    @Test
    void files_that_are_no_text_are_refused_with_the_place() {
        var md = bytes(VALID_MD);
        var latin =
                VALID_TOML.replace("service", "Dienst für").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(read("SOP.toml", latin, md)).containsExactly("3:36 not-utf8");
        assertThat(read("SOP.toml", VALID_TOML.getBytes(StandardCharsets.UTF_16), md))
                .containsExactly("1:1 not-utf8");
        assertThat(read("SOP.toml", bytes("[sop]\nname = \0"), md)).containsExactly("2:8 nul-byte");
        assertThat(read("SOP.toml", new byte[256 * 1024 + 1], md))
                .containsExactly("1:1 file-too-large");
    }

    private static java.util.List<String> read(String name, byte[] content, byte[] md) {
        return SopReader.read(files(Map.of(name, content, "SOP.md", md)), "s", Reading.NOW)
                .diagnostics()
                .stream()
                .map(d -> "%d:%d %s".formatted(d.line(), d.column(), d.code().id()))
                .toList();
    }

    @Test
    void a_byte_order_mark_is_no_text() {
        assertThat(both("\uFEFF" + VALID_TOML, "\uFEFF" + VALID_MD).diagnostics()).isEmpty();
    }

    @Test
    void inputs_that_are_used_must_be_declared() {
        whole(VALID_TOML.replace("[[trig", "lock = '${inputs.env}'\n[[trig"), VALID_MD)
                .finds("5 input-undeclared");
        whole(
                        VALID_TOML
                                + "[[triggers]]\ntype='webhook'\npath='/webhook'\ninputs={v='$.v'}\n",
                        VALID_MD)
                .finds("10 input-undeclared");
        whole(VALID_TOML, VALID_MD + "   - prompt: ${inputs.version}\n")
                .finds("6 input-undeclared");
        whole(VALID_TOML, VALID_MD + "   - when: $.inputs.env == \"x\"\n")
                .finds("6 input-undeclared");
        whole(VALID_TOML, block("sh", "echo 1\necho \"$SOP_INPUT_VERSION\""))
                .finds("7 input-undeclared");
        whole(VALID_TOML, block("http", "GET https://x/${inputs.v}")).finds("6 input-undeclared");
        var declared = VALID_TOML + "[[inputs]]\nname='version'\ntype='string'\n";
        whole(declared, block("sh", "echo \"$SOP_INPUT_VERSION\"")).findsNothing();
        whole(declared, block("sh", "echo \"$SOP_INPUT_VERSIO\""))
                .finds("6 input-undeclared")
                .saying("did you mean \"version\"?");
    }

    @Test
    void a_secret_does_not_stand_in_a_file() {
        whole(
                        VALID_TOML
                                + "[[inputs]]\nname='pw'\ntype='string'\nsecret=true\ndefault='x'\n",
                        VALID_MD)
                .finds("11 input-default-invalid");
    }

    @Test
    void steps_whose_results_are_used_must_exist() {
        whole(VALID_TOML, block("sh", "echo \"$SOP_STEP_7_URL\"")).finds("6 target-missing");
        whole(VALID_TOML, block("http", "GET https://x/?a=${steps.4.url}"))
                .finds("6 target-missing");
    }

    @Test
    void a_condition_on_something_that_is_never_there_is_a_warning() {
        whole(VALID_TOML, VALID_MD + "   - when: $.env == \"x\"\n")
                .finds("6 condition-never-holds");
        whole(VALID_TOML, VALID_MD + "   - when: == \"x\"\n").finds("6 condition-never-holds");
    }

    @Test
    void attributes_must_go_together() {
        var step = VALID_MD + "   - id: a\n";
        whole(VALID_TOML, step + "   - terminal: true\n   - next: 1\n")
                .finds("7 attribute-conflict");
        whole(VALID_TOML, step + "   - depends_on: 1\n").finds("7 attribute-conflict");
        whole(VALID_TOML, step + "   - expect: 200\n").finds("7 attribute-conflict");
    }

    @Test
    void tools_that_nobody_knows_are_a_warning_and_their_blocks_an_error() {
        whole(VALID_TOML, VALID_MD + "   - tools: shell\n   - tools: http, kubectl\n")
                .finds("7 tool-unknown")
                .saying("SOP.md:7:6: warning: step 1 names the tool \"kubectl\"");
        whole(VALID_TOML, block("kubectl", "apply")).finds("5 block-without-runner");
    }

    @Test
    void what_looks_like_structure_and_is_not_is_a_warning() {
        whole(VALID_TOML, "## Steps\n1. **A**\n2.**B**\n").finds("3 step-not-read");
        whole(VALID_TOML, "## Steps\n1. **A**\n\n## More\n\n2. **B**\n").finds("6 step-not-read");
        whole(VALID_TOML, VALID_MD + "   - Look:\n     - timeout: 5s\n")
                .finds("7 attribute-in-text");
        whole(VALID_TOML, VALID_MD + "   - Run:\n     ```sh\n     x\n     ```\n")
                .finds("7 block-nested");
    }

    @ParameterizedTest
    @CsvSource({
        "FETCH https://x/, 6 block-invalid",
        "GET, 6 block-invalid",
        "GET /health, 6 block-invalid",
        "GET https://${inputs.h}/, 6 block-invalid",
        "GET https://user:pw@x/, 6 block-invalid",
        "GET https://x/ HTTP/1.1, 6 block-invalid",
        "GET https://x/${secrets.T}, 6 block-invalid",
        "GET https://x/${foo}, 6 block-invalid",
        "GET https://x/\\nbad header, 7 block-invalid",
        "GET https://x/\\n\\nbody, 8 block-invalid",
        "POST https://x/\\n\\n${inputs.a}, 8 block-invalid",
        "'POST https://x/\\nContent-Type: application/json\\n\\n{\"a\": ${inputs.a}', 9 block-invalid",
    })
    void a_request_that_cannot_be_sent_is_an_error_where_it_stands(String text, String finding) {
        var declared =
                VALID_TOML
                        + "[[inputs]]\nname='a'\ntype='string'\n[[inputs]]\nname='h'\ntype='string'\n";
        whole(declared, block("http", text.replace("\\n", "\n"))).finds(finding);
    }

    @Test
    void a_request_may_be_filled_in_where_data_belongs() {
        var declared = VALID_TOML + "[[inputs]]\nname='a'\ntype='string'\n";
        whole(
                        declared,
                        block(
                                        "http",
                                        """
                                POST https://api.example.org:8443/v1/${inputs.a}?q=${inputs.a}
                                Authorization: Bearer ${secrets.TOKEN}
                                Content-Type: application/json

                                {"text": "to ${inputs.a}", "value": ${inputs.a}}""")
                                .replace("tools: http\n", "tools: http\n   - secrets: TOKEN\n"))
                .findsNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt, 'topic: a/b\\nhello', true",
        "mqtt, 'topic: a/b', true",
        "mqtt, hello, false",
        "mqtt, topic:, false",
        "mqtt, topic: a/+, false",
        "mqtt, 'topic: a\\n${inputs.a}', false",
        "gpio, 'hall/lamp on\\n\\nhall/bell pulse 500ms', true",
        "gpio, hall/lamp, false",
        "gpio, lamp on, false",
        "gpio, hall/lamp blink, false",
        "gpio, hall/lamp pulse, false",
        "gpio, hall/lamp pulse 0s, false",
        "gpio, hall/lamp on 5s, false",
    })
    void device_blocks_have_a_form(String fence, String text, boolean valid) {
        var reading = whole(VALID_TOML, block(fence, text.replace("\\n", "\n")));
        if (valid) reading.findsNothing();
        else reading.saying("block-invalid");
    }

    @Test
    void a_secret_input_is_never_shown() {
        var declared = VALID_TOML + "[[inputs]]\nname='pin'\ntype='string'\nsecret=true\n";
        whole(declared, VALID_MD + "   - prompt: With ${inputs.pin}?\n").finds("6 secret-exposed");
        whole(declared, block("http", "GET https://x/${inputs.pin}")).finds("6 secret-exposed");
        whole(declared, block("http", "GET https://x/?p=${inputs.pin}")).finds("6 secret-exposed");
        whole(declared, block("http", "GET https://x/\nX-Pin: ${inputs.pin}")).findsNothing();
        whole(declared, block("sh", "echo \"$SOP_INPUT_PIN\"")).findsNothing();
    }

    @Test
    void a_request_uses_only_the_secrets_that_its_step_names() {
        var request = block("http", "GET https://x/\nAuthorization: ${secrets.TOKEN}");
        whole(VALID_TOML, request).finds("7 secret-not-named").saying("add - secrets: TOKEN");
        whole(VALID_TOML, request.replace("tools: http", "tools: http\n   - secrets: OTHER, TOKEN"))
                .findsNothing();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "type='webhook'\\npath='/webhook'",
                "type='mqtt'\\ntopic='a'",
                "type='peripheral'\\nboard='a'\\nsignal='b'",
                "type='cron'\\nexpression='@daily'",
            })
    void a_trigger_gives_every_input_that_is_required(String keys) {
        var trigger = "[[triggers]]\n" + keys.replace("\\n", "\n") + "\n";
        var input = "[[inputs]]\nname='env'\ntype='string'\n";
        whole(VALID_TOML + trigger + input + "required=true\n", VALID_MD)
                .finds("7 input-not-given");
        whole(VALID_TOML + trigger + input, VALID_MD).findsNothing();
        whole(VALID_TOML + trigger + input + "required=true\ndefault='x'\n", VALID_MD)
                .findsNothing();
        if (keys.contains("cron")) return;
        whole(VALID_TOML + trigger + "inputs={env='$.e'}\n" + input + "required=true\n", VALID_MD)
                .findsNothing();
    }

    @Test
    void a_sop_whose_triggers_are_all_foreign_never_starts() {
        whole(VALID_TOML.replace("manual", "amqp"), VALID_MD)
                .finds("1 never-starts", "6 trigger-foreign");
        whole(VALID_TOML + "[[triggers]]\ntype='amqp'\n", VALID_MD).finds("8 trigger-foreign");
    }

    @Test
    void one_fault_is_told_once() {
        whole(VALID_TOML, block("http", "")).finds("5 block-invalid").saying("block is empty");
        whole(VALID_TOML, block("kubectl", "")).finds("5 block-without-runner");
        whole(VALID_TOML, block("sh", "")).finds("5 block-empty").saying("write the commands");
    }

    @Test
    void ten_mistakes_get_ten_messages_in_one_run() {
        whole(
                        """
                        [sop]
                        name = "deploy prod"
                        description = "d"
                        priorty = "high"
                        cooldown_secs = "300"

                        [[triggers]]
                        type = "cron"
                        expression = "0 25 * * *"

                        [[triggers]]
                        type = "mqtt"
                        topic = "a/#/b"
                        condition = "$.env = 'prod'"
                        """,
                        """
                        ## Steps

                        1. **Check**
                           - requires_confrmation: true
                           - timeout: soon
                        2. **Deploy**
                           - tools: shell

                           ```sh
                           deploy ${inputs.version}
                           ```
                           - next: 9
                        """)
                .finds(
                        "4 attribute-misspelt",
                        "5 attribute-invalid",
                        "10 shell-templated",
                        "12 target-missing",
                        "2 name-invalid",
                        "4 key-misspelt",
                        "5 wrong-type",
                        "9 cron-invalid",
                        "13 mqtt-filter-invalid",
                        "14 condition-invalid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "when: $.steps.9.ok == 1",
                "when: $.steps[9].ok == 1",
                "when: $.steps.nope.ok == 1",
                "switch: a>$.steps.nope.ok == 1>2; b>>2"
            })
    void a_condition_that_names_no_step_is_an_error(String attribute) {
        whole(VALID_TOML, "## Steps\n1. **A**\n   - %s\n2. **B**\n".formatted(attribute))
                .finds("3 target-missing");
    }

    @Test
    void a_condition_names_steps_by_number_or_id() {
        var steps = "## Steps\n1. **A**\n   - id: a\n2. **B**\n   - when: %s\n";
        whole(VALID_TOML, steps.formatted("$.steps.1.ok == 1 || $.steps.a.ok == 1")).findsNothing();
        whole(VALID_TOML, steps.formatted("$.steps.a-b.ok == 1")).finds("5 target-missing");
    }

    @Test
    void a_condition_is_not_given_secrets() {
        var toml = VALID_TOML + "[[inputs]]\nname = \"key\"\ntype = \"string\"\nsecret = true\n";
        whole(toml, "## Steps\n1. **A**\n   - when: $.inputs.key == \"x\"\n")
                .finds("3 condition-never-holds")
                .saying("secret input \"key\"");
    }

    @ParameterizedTest
    @CsvSource({
        "'- requires_confirmation: true\n', 1",
        "'---\nrequires_confirmation: true\n---\n', 2",
        "'# Title\n\n* kind: checkpoint\n\n', 3"
    })
    void a_gate_before_the_steps_belongs_to_none_of_them(String before, int line) {
        whole(VALID_TOML, before.translateEscapes() + "## Steps\n1. **A**\n")
                .finds(line + " attribute-in-text");
    }
}
