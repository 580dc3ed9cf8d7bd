package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.VALID_TOML;
import static dev.sopwith.engine.reading.Reading.md;
import static dev.sopwith.engine.reading.Reading.whole;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step that Markdown makes text of must not leave its gate or its block to another step. */
class LostStepsTest {

    private static final String STEP = "## Steps\n\n1. **A** — x\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2.\u00A0**B** — y\n   - requires_confirmation: true\n",
                "2.**B** — y\n   - tools: shell\n",
                "2)**B** — y\n\n   ```sh\n   true\n   ```\n",
                "2.\u00A0**B** — y\n- next: 1\n",
                "2.\u00A0**B** — y\n```sh\ntrue\n```\n"
            })
    void inside_of_the_step_above(String lost) {
        md(STEP + lost).saying("SOP.md:4:1: error: this looks like step 2 but is not", "step-lost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n2.**B** — y\n   - tools: shell\n",
                "\n2.**B** — y\n\n   - tools: shell\n",
                "\n2.**B** — y\n\n   ```sh\n   true\n   ```\n"
            })
    void behind_the_step_above(String lost) {
        md(STEP + lost).saying("SOP.md:5:1: error: this looks like step 2 but is not", "step-lost");
    }

    @Test
    void without_anything_of_its_own_it_is_a_warning() {
        whole(VALID_TOML, STEP + "2.\u00A0**B** — y\n").finds("4 step-not-read");
        whole(VALID_TOML, STEP + "\n2.**B** — y\n").finds("5 step-not-read");
        whole(VALID_TOML, STEP + "\n2.**B** — y\n\n## End\n").finds("5 step-not-read");
        whole(VALID_TOML, STEP + "   2.5 bar is enough\n   - policy: prod\n").findsNothing();
    }

    @Test
    void what_stands_before_it_is_the_steps_own() {
        whole(VALID_TOML, STEP + "   - policy: prod\n\n   2.**B** — y\n").finds("6 step-not-read");
    }
}
