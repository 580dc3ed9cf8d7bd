package dev.sopwith.boards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.boards.Watching.Wish;
import dev.sopwith.hardware.gpio.Change;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the words of a watch ask for. */
class WatchingTest {
    private static final Change ON =
            new Change("hall", "button", true, Instant.parse("2026-11-21T03:00:00Z"), 1, 0);

    @Test
    void a_watch_is_of_all_of_a_board_or_of_a_signal() {
        assertThat(Wish.of(List.of())).contains(new Wish("", 0, false));
        assertThat(Wish.of(List.of("hall", "--count", "3"))).contains(new Wish("hall", 3, false));
        assertThat(Wish.of(List.of("--json", "hall/button")))
                .contains(new Wish("hall/button", 0, true));
        assertThat(new Wish("", 0, false).isFor(ON)).isTrue();
        assertThat(new Wish("hall", 0, false).isFor(ON)).isTrue();
        assertThat(new Wish("hall/button", 0, false).isFor(ON)).isTrue();
        assertThat(new Wish("hal", 0, false).isFor(ON)).isFalse();
        assertThat(new Wish("hall/lamp", 0, false).isFor(ON)).isFalse();
    }

    @Test
    void what_is_no_watch_is_none() {
        for (var words :
                List.of(
                        List.of("hall", "cellar"),
                        List.of("--count"),
                        List.of("--count", "0"),
                        List.of("--count", "-1"),
                        List.of("--count", "9999999999"),
                        List.of("--all"))) {
            assertThat(Wish.of(words)).as(words.toString()).isEqualTo(Optional.empty());
        }
    }
}
