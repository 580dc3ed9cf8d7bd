package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.manifest;
import static dev.sopwith.engine.reading.Reading.toml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Trigger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

class ManifestReaderTest {

    private static final String HEAD = "[sop]\nname = \"s\"\ndescription = \"d\"\n";
    private static final String MANUAL = "\n[[triggers]]\ntype = \"manual\"\n";

    private static String sop(String lines) {
        return HEAD + lines + MANUAL;
    }

    private static String trigger(String lines) {
        return HEAD + "[[triggers]]\n" + lines;
    }

    private static String input(String lines) {
        return HEAD + MANUAL + "[[inputs]]\n" + lines;
    }

    @Test
    void the_example_of_the_first_document_loads_with_every_documented_value() {
        var manifest =
                manifest(
                        """
                        [sop]
                        name = "deploy-prod"
                        description = "Deploy service to production"
                        version = "1.0.0"
                        priority = "high"              # low | normal | high | critical
                        execution_mode = "supervised"  # auto | supervised | step_by_step
                        cooldown_secs = 300
                        max_concurrent = 1

                        [[triggers]]
                        type = "webhook"
                        path = "/sop/deploy"

                        [[triggers]]
                        type = "manual"

                        [[triggers]]
                        type = "mqtt"
                        topic = "ops/deploy"
                        condition = "$.env == \\"prod\\""
                        """);
        assertThat(manifest.name()).isEqualTo("deploy-prod");
        assertThat(manifest.description()).isEqualTo("Deploy service to production");
        assertThat(manifest.version()).isEqualTo("1.0.0");
        assertThat(manifest.priority()).isEqualTo(Priority.HIGH);
        assertThat(manifest.executionMode()).contains(ExecutionMode.SUPERVISED);
        assertThat(manifest.cooldown()).isEqualTo(Duration.ofMinutes(5));
        assertThat(manifest.maxConcurrent()).isEqualTo(1);
        assertThat(manifest.triggers()).hasSize(3);
        assertThat(manifest.triggers().get(0))
                .isInstanceOfSatisfying(
                        Trigger.Webhook.class, w -> assertThat(w.path()).isEqualTo("/sop/deploy"));
        assertThat(manifest.triggers().get(1)).isInstanceOf(Trigger.Manual.class);
        assertThat(manifest.triggers().get(2))
                .isInstanceOfSatisfying(
                        Trigger.Mqtt.class,
                        m -> {
                            assertThat(m.topic().text()).isEqualTo("ops/deploy");
                            assertThat(m.condition().text()).isEqualTo("$.env == \"prod\"");
                        });
    }

    @Test
    void what_is_not_written_has_the_documented_default() {
        var manifest = manifest(sop(""));
        assertThat(manifest.version()).isEqualTo("0.1.0");
        assertThat(manifest.priority()).isEqualTo(Priority.NORMAL);
        assertThat(manifest.executionMode()).isEmpty();
        assertThat(manifest.cooldown()).isZero();
        assertThat(manifest.maxConcurrent()).isEqualTo(1);
        assertThat(manifest.admissionPolicy()).isEqualTo(AdmissionPolicy.PARALLEL);
        assertThat(manifest.maxPendingApprovals()).isZero();
        assertThat(manifest.timeout()).isZero();
        assertThat(manifest.maxQueue()).isEqualTo(Duration.ofHours(1));
        assertThat(manifest.lock()).isEmpty();
        assertThat(manifest.agent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "priorty = 'high', key-misspelt, priority",
        "cooldown_sec = 3, key-misspelt, cooldown_secs",
        "timeot_secs = 3, key-misspelt, timeout_secs",
        "owner = 'ops', key-unknown, owner",
        "max-concurrent = 0, value-out-of-range, at least 1",
        "max_queue_secs = 0, value-out-of-range, at least 1",
        "cooldown_secs = 99999999999, value-out-of-range, at most",
        "cooldown_secs = '3', wrong-type, a string",
        "version = 1.5, wrong-type, number with a fraction",
        "version = 2026-01-01, wrong-type, date",
        "priority = 'High', value-unknown, did you mean \"high\"",
        "priority = 'urgent', value-unknown, 'low, normal, high, critical'",
        "execution_mode = 'manual', value-unknown, step_by_step",
        "lock = '', value-empty, lock",
        "lock = '${env}', lock-invalid, ${inputs.NAME}",
        "lock = '${inputs.env', lock-invalid, ${inputs.NAME}",
        "agent = ' ', value-empty, agent",
    })
    void a_bad_key_of_the_sop_is_found_where_it_stands(String line, String code, String says) {
        toml(sop(line + "\n")).finds("4 " + code).saying(says);
    }

    @Test
    void two_spellings_of_one_key_are_one_key_twice() {
        toml(sop("max-concurrent = 1\nMAX_CONCURRENT = 2\n")).finds("5 key-twice");
    }

    @Test
    void spelling_with_case_dashes_and_underscores_is_free() {
        assertThat(manifest(sop("Max-Concurrent = 3\n")).maxConcurrent()).isEqualTo(3);
        assertThat(
                        manifest(
                                "[SOP]\nName = \"s\"\nDescription = 'd'\n[[Triggers]]\nType='manual'\n"))
                .extracting(Manifest::name)
                .isEqualTo("s");
    }

    @Test
    void deterministic_is_a_mode_and_no_second_one() {
        assertThat(manifest(sop("deterministic = true\n")).executionMode())
                .contains(ExecutionMode.DETERMINISTIC);
        assertThat(
                        manifest(sop("deterministic = false\nexecution_mode = 'auto'\n"))
                                .executionMode())
                .contains(ExecutionMode.AUTO);
        toml(sop("execution_mode = \"auto\"\ndeterministic = true\n")).finds("5 mode-conflict");
    }

    @Test
    void steps_do_not_belong_into_the_manifest() {
        toml(sop("") + "[[steps]]\ntitle = \"a\"\n[[steps]]\ntitle = \"b\"\n")
                .finds("7 steps-in-toml");
    }

    @Test
    void a_misspelt_table_is_not_reported_as_missing_as_well() {
        toml("[sops]\nname = \"s\"\n" + MANUAL).finds("1 key-misspelt");
        toml(HEAD + "[[trigger]]\ntype = \"manual\"\n").finds("4 key-misspelt");
    }

    @Test
    void without_the_sop_table_there_is_no_sop() {
        toml("[[triggers]]\ntype = \"manual\"\n").finds("1 sop-table-missing");
        toml("").finds("1 sop-table-missing");
        toml("sop = 3\n").finds("1 wrong-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "deploy prod", "a/b", "..", "é", "\\u0000a"})
    void names_have_a_fixed_alphabet(String name) {
        toml("[sop]\nname = \"" + name + "\"\ndescription = \"d\"\n" + MANUAL)
                .finds("2 name-invalid");
    }

    @Test
    void a_name_has_64_characters_at_most() {
        toml("[sop]\nname = \"" + "a".repeat(65) + "\"\ndescription = \"d\"\n" + MANUAL)
                .finds("2 name-invalid");
        toml("[sop]\nname = \"" + "a".repeat(64) + "\"\ndescription = \"d\"\n" + MANUAL)
                .findsNothing();
    }

    @Test
    void the_texts_of_the_first_document_are_kept_word_for_word() {
        toml("[sop]\n").saying("SOP name is empty").saying("SOP description is empty");
        toml(HEAD).finds("1 no-triggers").saying("warning: SOP has no triggers defined");
        toml(HEAD.replace("[sop]", "triggers = []\n[sop]")).finds("2 no-triggers");
    }

    @Test
    void broken_toml_is_reported_with_a_fix_and_nothing_else() {
        toml("[sop]\nname = deploy\n")
                .finds("2 toml-syntax")
                .saying("text needs quotes: \"deploy\"");
        toml("[sop]\nname: x\n").saying("key = value");
        toml("[sop]\nname = “x”\n").saying("typographic quotes");
        toml("[sop]\na = True\n").saying("small letters: true");
        toml("[sop]\na = 1\na = 2\n").finds("3 toml-syntax").saying("remove one of the two");
        toml("[sop]\na = \"x\n").saying("not closed");
        toml("[sop]\na = \nb = [1\n").finds("2 toml-syntax", "4 toml-syntax");
    }

    @ParameterizedTest
    @CsvSource({
        "type = 'timer', 5 value-unknown",
        "type = 'webook', 5 value-unknown",
        "type = 1, 5 wrong-type",
        "path = '/sop/x', 4 key-missing",
        "tpye = 'manual', 4 key-missing", // two letters: foreign to a word of four
    })
    void a_trigger_needs_a_known_type(String line, String first) {
        assertThat(SopReader.readManifest(trigger(line + "\n"), Reading.NOW).diagnostics())
                .extracting(d -> d.line() + " " + d.code().id())
                .contains(first);
    }

    @ParameterizedTest
    @CsvSource({
        "type = 'manual'\\ncondition = '> 0', 6 key-of-other-trigger",
        "type = 'webhook'\\npath = '/sop/x'\\ntopic = 't', 7 key-of-other-trigger",
        "type = 'cron'\\nexpression = '@daily'\\ncondition = '> 0', 7 key-of-other-trigger",
        "type = 'mqtt'\\ntopic = 't'\\nexpresion = 'x', 7 key-of-other-trigger",
        "type = 'mqtt'\\ntopik = 't', 6 key-misspelt",
        "type = 'mqtt'\\ntopic = 't'\\nqos = 3, 7 value-out-of-range",
        "type = 'mqtt'\\ntopic = 't'\\nretained = 'yes', 7 wrong-type",
        "type = 'mqtt'\\ntopic = 'a/#/b', 6 mqtt-filter-invalid",
        "type = 'mqtt'\\ntopic = 't'\\ncondition = '$.x = 1', 7 condition-invalid",
        "type = 'mqtt'\\ntopic = 't'\\ncondition = 1, 7 wrong-type",
        "type = 'mqtt'\\ntopic = 't'\\ndedupe = 'id', 7 path-invalid",
        "type = 'mqtt'\\ntopic = 't'\\ninputs = { v = 'version' }, 7 path-invalid",
        "type = 'mqtt'\\ntopic = 't'\\ninputs = { v = 1 }, 7 wrong-type",
        "type = 'mqtt'\\ntopic = 't'\\ninputs = '$.v', 7 wrong-type",
        "type = 'peripheral'\\nboard = 'hall', 4 key-missing",
        "type = 'peripheral'\\nboard = 'hall'\\nsignal = '', 7 value-empty",
        "type = 'peripheral'\\nboard = 'b'\\nsignal = 's'\\nedge = 'up', 8 value-unknown",
        "type = 'peripheral'\\nboard = 'b'\\nsignal = 's'\\ndebounce_ms = -1, 8 value-out-of-range",
        "type = 'cron', 4 key-missing",
        "type = 'cron'\\nexpression = '60 * * * *', 6 cron-invalid",
        "type = 'cron'\\nexpression = '0 0 30 2 *', 6 cron-invalid",
        "type = 'cron'\\nexpression = '0 0 9 * * 2', 6 cron-weekday-number",
        "type = 'cron'\\nexpression = '0 0 9 1 1 ? 2020', 6 cron-over",
        "type = 'cron'\\nexpression = '@daily'\\ntimezone = 'Europe/Berlinn', 7 timezone-unknown",
        "type = 'cron'\\nexpression = '@daily'\\ncatch_up = 'all', 7 value-unknown",
        "type = 'webhook', 4 key-missing",
        "type = 'webhook'\\npath = '/deploy', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/sop/', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/sop/a b', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/sop/a?b', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/sop/../x', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/webhook/x', 6 webhook-path-invalid",
        "type = 'webhook'\\npath = '/sop/x'\\nauth = 'basic', 7 value-unknown",
        "type = 'webhook'\\npath = '/sop/x'\\nsecret_env = 'HOME', 7 secret-env-invalid",
        "type = 'amqp'\\nrouting_key = 'x', 5 trigger-foreign",
        "type = 'manual'\\ncolour = 'red', 6 key-unknown",
    })
    void a_bad_trigger_is_found_where_it_stands(String lines, String finding) {
        toml(trigger(lines.replace("\\n", "\n") + "\n")).finds(finding);
    }

    @Test
    void one_schedule_may_have_two_warnings() {
        toml(trigger("type = \"cron\"\nexpression = \"0 0 0 13 * 6\"\n"))
                .finds("6 cron-weekday-number", "6 cron-both-days");
    }

    @Test
    void a_valid_trigger_has_all_its_values() {
        var triggers =
                manifest(
                                trigger(
                                        """
                                        type = "peripheral"
                                        board = "hall"
                                        signal = "button"
                                        edge = "falling"
                                        debounce_ms = 30
                                        inputs = { level = "$" }
                                        """))
                        .triggers();
        assertThat(triggers)
                .singleElement()
                .isInstanceOfSatisfying(
                        Trigger.Peripheral.class,
                        pin -> {
                            assertThat(pin.topic()).isEqualTo("hall/button");
                            assertThat(pin.edge()).isEqualTo(Trigger.Edge.FALLING);
                            assertThat(pin.debounce()).isEqualTo(Duration.ofMillis(30));
                            assertThat(pin.inputs()).containsOnlyKeys("level");
                        });
    }

    @Test
    void triggers_and_inputs_are_lists_of_tables() {
        toml("triggers = [\"manual\"]\n" + HEAD).finds("1 wrong-type");
        toml(HEAD + "[triggers]\ntype = \"manual\"\n").finds("4 wrong-type");
        toml("inputs = 1\n" + HEAD + MANUAL).finds("1 wrong-type");
    }

    @Test
    void there_are_limits() {
        toml(HEAD + MANUAL.repeat(201)).finds(4 + 200 * 3 + 1 + " too-many");
        var inputs = new StringBuilder(HEAD + MANUAL);
        for (int i = 0; i < 65; i++)
            inputs.append("[[inputs]]\nname='i%d'\ntype='string'\n".formatted(i));
        toml(inputs.toString()).finds("199 too-many");
    }

    @ParameterizedTest
    @CsvSource({
        "type = 'string', 7 key-missing",
        "name = 'v', 7 key-missing",
        "name = 'Version'\\ntype = 'string', 8 input-name-invalid",
        "name = 'v'\\ntype = 'text', 9 value-unknown",
        "name = 'v'\\ntype = 'choice', 7 key-missing",
        "name = 'v'\\ntype = 'choice'\\nchoices = [], 10 input-choices-invalid",
        "name = 'v'\\ntype = 'choice'\\nchoices = ['a'; 'a'], 10 input-choices-invalid",
        "name = 'v'\\ntype = 'choice'\\nchoices = [1], 10 input-choices-invalid",
        "name = 'v'\\ntype = 'string'\\nchoices = ['a'], 10 input-choices-invalid",
        "name = 'v'\\ntype = 'string'\\npattern = '(', 10 input-pattern-invalid",
        "name = 'v'\\ntype = 'string'\\npattern = '(?=a)', 10 input-pattern-invalid",
        "name = 'v'\\ntype = 'integer'\\npattern = 'a', 10 input-pattern-invalid",
        "name = 'v'\\ntype = 'integer'\\ndefault = '1', 10 input-default-invalid",
        "name = 'v'\\ntype = 'integer'\\ndefault = 1.5, 10 input-default-invalid",
        "name = 'v'\\ntype = 'number'\\ndefault = inf, 10 input-default-invalid",
        "name = 'v'\\ntype = 'boolean'\\ndefault = 1, 10 input-default-invalid",
        "name = 'v'\\ntype = 'choice'\\nchoices = ['a']\\ndefault = 'b', 11 input-default-invalid",
        "name = 'v'\\ntype = 'string'\\npattern = '[0-9]+'\\ndefault = 'b1', 11 input-default-invalid",
        "name = 'v'\\ntype = 'string'\\nrequired = 'yes', 10 wrong-type",
        "name = 'v'\\ntype = 'string'\\nrequird = true, 10 key-misspelt",
    })
    void a_bad_input_is_found_where_it_stands(String lines, String finding) {
        toml(input(lines.replace("\\n", "\n").replace(';', ',') + "\n")).finds(finding);
    }

    @Test
    void an_input_has_all_its_values() {
        var input =
                manifest(
                                input(
                                        """
                                        name = "count"
                                        type = "number"
                                        default = 1.50
                                        description = "how many"
                                        """))
                        .inputs()
                        .getFirst();
        assertThat(input)
                .isEqualTo(
                        new Input(
                                "count",
                                Input.Type.NUMBER,
                                List.of(),
                                Optional.empty(),
                                false,
                                Optional.of("1.5"),
                                false,
                                "how many"));
    }

    @Test
    void two_inputs_cannot_share_a_name() {
        toml(input("name='a'\ntype='string'\n[[inputs]]\nname='a'\ntype='string'\n"))
                .finds("11 input-twice");
    }

    @Test
    void a_lock_uses_inputs_that_always_have_a_value_and_are_no_secret() {
        var env = "[[inputs]]\nname = 'env'\ntype = 'string'\n";
        var lock = "lock = 'env:${inputs.env}'\n";
        toml(sop(lock) + env).finds("4 lock-invalid").saying("may be absent");
        toml(sop(lock) + env + "required = true\n").findsNothing();
        toml(sop(lock) + env + "default = 'dev'\n").findsNothing();
        toml(sop(lock) + env + "required = true\nsecret = true\n")
                .finds("4 lock-invalid")
                .saying("secret");
        toml(sop("lock = '" + "x".repeat(201) + "'\n")).finds("4 lock-invalid");
    }

    @Test
    void a_schedule_that_never_fires_is_said_to_be_one() {
        toml(HEAD + "[[triggers]]\ntype='cron'\nexpression='0 0 30 2 *'\n")
                .saying("expression \"0 0 30 2 *\": this schedule never fires", "(character 5)");
    }

    @Test
    void either_of_two_days_can_be_written_without_a_warning() {
        toml(HEAD
                        + "[[triggers]]\ntype='cron'\nexpression='0 6 13 * *'\n"
                        + "[[triggers]]\ntype='cron'\nexpression='0 6 * * FRI'\n")
                .findsNothing();
    }

    @Test
    void a_misspelt_key_means_one_of_this_type_of_trigger() {
        toml(HEAD + "[[triggers]]\ntype='cron'\nexpression='@daily'\nconditon='$.a == 1'\n")
                .finds("7 key-of-other-trigger")
                .saying("a trigger of type cron has no \"condition\"");
        toml(HEAD + "[[triggers]]\ntype='cron'\nexpression='@daily'\ntime_zon='UTC'\n")
                .finds("7 key-misspelt")
                .saying("did you mean \"timezone\"?");
    }

    @Test
    void a_conflict_of_modes_names_both() {
        toml(sop("execution_mode='auto'\ndeterministic=true\n"))
                .finds("5 mode-conflict")
                .saying("deterministic = true beside execution_mode = \"auto\"");
    }

    @Test
    void what_belongs_to_a_step_is_sent_there() {
        toml(Reading.VALID_TOML.replace("[[trig", "requires_confirmation = true\n[[trig"))
                .finds("5 key-unknown")
                .saying("write - requires_confirmation: VALUE under the step in SOP.md");
    }

    @Test
    void swapped_letters_in_a_short_key_are_understood_but_no_error() {
        toml(Reading.VALID_TOML.replace("[[trig", "lokc = 'x'\n[[trig"))
                .finds("5 key-unknown")
                .saying("did you mean \"lock\"?");
    }

    @Test
    void a_unit_behind_a_number_is_not_called_an_open_quote() {
        toml("[sop]\ncooldown_secs = 300s\n").finds("2 toml-syntax").saying("text needs quotes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"name deploy", "- name: x", "(", "[[a", "[a b]", "a = [1 2]", "a = {b c}"})
    void every_slip_of_syntax_has_a_fix(String line) {
        assertThat(SopReader.readManifest(line + "\n", Reading.NOW).diagnostics())
                .isNotEmpty()
                .noneMatch(diagnostic -> diagnostic.fix().isEmpty());
    }
}
