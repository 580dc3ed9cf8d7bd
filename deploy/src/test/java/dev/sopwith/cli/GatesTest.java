package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

class GatesTest {
    @TempDir Path folder;

    /** The table of FORMAT §5, with three plain steps. */
    @ParameterizedTest
    @CsvSource({
        "auto, low, 0",
        "auto, critical, 0",
        "deterministic, high, 0",
        "supervised, normal, 1",
        "supervised, critical, 1",
        "step_by_step, low, 3",
        "step_by_step, high, 3",
        "priority_based, low, 1",
        "priority_based, normal, 1",
        "priority_based, high, 3",
        "priority_based, critical, 3"
    })
    void modes_and_priorities(String mode, String priority, int gates) {
        assertThat(gates(mode, priority, "1. **A**", "2. **B**", "3. **C**")).isEqualTo(gates);
    }

    @Test
    void the_first_step_is_the_first_that_is_not_skipped() {
        assertThat(
                        gates(
                                "supervised",
                                "low",
                                "1. **A**",
                                "   - when: $.payload.x == 1",
                                "2. **B**",
                                "3. **C**"))
                .isEqualTo(2);
    }

    @Test
    void a_step_can_add_a_gate_and_never_take_one_away() {
        assertThat(gates("auto", "low", "1. **A**", "2. **B**", "   - mode: step_by_step")).isOne();
        assertThat(gates("step_by_step", "low", "1. **A**", "   - mode: auto")).isOne();
        assertThat(gates("auto", "low", "1. **A**", "   - requires_confirmation: true")).isOne();
        assertThat(gates("auto", "low", "1. **A**", "   - kind: checkpoint")).isOne();
    }

    @Test
    void the_page_says_who_asks() {
        assertThat(page("supervised", "low", "1. **A**"))
                .contains("◆ waits for approval: mode supervised asks at the first step\n");
        assertThat(page("supervised", "low", "1. **A**", "   - when: $.payload.x == 1"))
                .contains("supervised asks at the first step that is not skipped, perhaps this");
        assertThat(page("step_by_step", "low", "1. **A**"))
                .contains("mode step_by_step asks at every step\n");
        assertThat(page("priority_based", "high", "1. **A**"))
                .contains("mode priority_based asks at every step of priority high\n");
        assertThat(page("auto", "low", "1. **A**", "   - mode: step_by_step"))
                .contains("its own mode step_by_step asks at every step\n");
        assertThat(page("step_by_step", "low", "1. **A**", "   - requires_confirmation: true"))
                .contains("waits for approval: requires_confirmation\n");
        assertThat(page("auto", "critical", "1. **A**")).doesNotContain("◆");
    }

    private int gates(String mode, String priority, String... steps) {
        var out = cli(mode, priority, steps).run("sop", "validate").out();
        var count = out.replaceAll("(?s).*?steps?, (\\d+) gates?.*", "$1");
        return Integer.parseInt(count);
    }

    private String page(String mode, String priority, String... steps) {
        return cli(mode, priority, steps).run("sop", "show", "a").out();
    }

    private Cli cli(String mode, String priority, String... steps) {
        return new Cli(folder)
                .file(
                        "sops/a/SOP.toml",
                        "[sop]",
                        "name = \"a\"",
                        "description = \"d\"",
                        "execution_mode = \"" + mode + "\"",
                        "priority = \"" + priority + "\"",
                        "[[triggers]]",
                        "type = \"manual\"")
                .file("sops/a/SOP.md", "## Steps\n\n" + String.join("\n", steps));
    }
}
