package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunState;

import org.junit.jupiter.api.Test;

class RecentStatesTest {
    private final RecentStates recent = new RecentStates();

    @Test
    void a_state_is_found_by_the_text_it_was_read_from() {
        recent.keep("a", new RunState.NotStarted());

        assertThat(recent.find("a")).contains(new RunState.NotStarted());
        assertThat(recent.find("b")).isEmpty();
    }

    @Test
    void what_was_asked_for_last_stays() {
        recent.keep("first", new RunState.NotStarted());
        recent.keep("second", new RunState.NotStarted());
        for (int other = 0; other < 1_000; other++) {
            recent.keep("other " + other, new RunState.NotStarted());
            assertThat(recent.find("first")).isPresent();
        }

        assertThat(recent.find("second")).as("there is no end of runs").isEmpty();
    }

    @Test
    void a_text_with_a_payload_in_it_takes_no_memory() {
        var text = "x".repeat(1024 * 1024);
        recent.keep(text, new RunState.NotStarted());

        assertThat(recent.find(text)).isEmpty();
    }
}
