package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.md;

import org.junit.jupiter.api.Test;

class StepGraphTest {

    /** Steps of two lines each, from line 2 on: a title and one attribute. */
    private static Reading steps(String... attributes) {
        var text = new StringBuilder("## Steps\n");
        for (int i = 0; i < attributes.length; i++) {
            text.append("%d. **S**\n".formatted(i + 1));
            text.append(attributes[i].isEmpty() ? "\n" : "   - " + attributes[i] + "\n");
        }
        return md(text.toString());
    }

    @Test
    void one_after_the_other_is_fine() {
        steps("", "", "").findsNothing();
    }

    @Test
    void a_step_that_nothing_leads_to_is_an_error() {
        steps("next: 3", "", "").finds("4 step-unreachable");
        steps("terminal: true", "").finds("4 step-unreachable");
        steps("switch: a>>3", "", "").finds("4 step-unreachable");
    }

    @Test
    void failure_skipping_and_an_open_switch_lead_on_as_well() {
        steps("terminal: true", "").finds("4 step-unreachable");
        steps("next: 3", "on_failure: goto:2", "on_failure: goto:2").findsNothing();
        steps("switch: a>$.inputs.x == 1>3", "", "").findsNothing();
        steps("depends_on: 2", "").findsNothing();
    }

    @Test
    void a_round_without_an_exit_is_one_error_on_its_first_step() {
        steps("next: 1").finds("2 cycle-without-exit");
        steps("", "next: 1").finds("2 cycle-without-exit");
        steps("", "", "next: 2").finds("4 cycle-without-exit");
        steps("switch: a>$.inputs.x == 1>3; b>>2", "next: 2", "next: 3")
                .finds("4 cycle-without-exit", "6 cycle-without-exit");
    }

    @Test
    void a_round_with_a_way_out_is_fine() {
        steps("", "switch: again>$.inputs.x == 1>1", "").findsNothing();
        steps("", "next: 1\n   - on_failure: goto:3", "").findsNothing();
    }

    @Test
    void a_round_that_leads_into_another_one_has_an_exit_and_the_other_has_not() {
        steps("switch: a>$.inputs.x == 1>1; b>>2", "next: 2").finds("4 cycle-without-exit");
    }
}
