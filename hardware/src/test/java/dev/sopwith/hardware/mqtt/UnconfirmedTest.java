package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class UnconfirmedTest {
    private static final byte[] PRESSED = "pressed".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "other".getBytes(StandardCharsets.UTF_8);

    private final Unconfirmed unconfirmed = new Unconfirmed();

    @Test
    void a_repeat_of_what_was_taken_in_is_known_as_often_as_it_comes() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED, 0)).isTrue();
        unconfirmed.add(new PacketFacts(1, true), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED, 0)).isTrue();
    }

    @Test
    void what_was_confirmed_is_forgotten_after_a_while() {
        var first = unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        var second = unconfirmed.add(new PacketFacts(2, false), "bell", PRESSED);
        unconfirmed.confirmed(first.number(), 0);
        long soon = Unconfirmed.KEPT.toNanos();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED, soon)).isTrue();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED, soon + 1))
                .isFalse();
        assertThat(unconfirmed.knows(new PacketFacts(2, true), "bell", PRESSED, soon + 1)).isTrue();
        assertThat(second.number()).isEqualTo(2);
    }

    @Test
    void after_a_crash_only_what_was_not_confirmed_is_known() {
        var confirmed = unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        var open = unconfirmed.add(new PacketFacts(2, false), "bell", PRESSED);
        var back = new Unconfirmed(0, confirmed.number(), List.of(open, confirmed));
        assertThat(back.knows(new PacketFacts(1, true), "bell", PRESSED, 0)).isFalse();
        assertThat(back.knows(new PacketFacts(2, true), "bell", PRESSED, 0)).isTrue();
        assertThat(back.add(new PacketFacts(3, false), "bell", PRESSED).number()).isEqualTo(3);
        assertThat(
                        new Unconfirmed(1, 0, List.of(open))
                                .knows(new PacketFacts(2, true), "bell", PRESSED, 0))
                .isFalse();
    }

    @Test
    void equal_content_alone_is_another_message() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, false), "bell", PRESSED, 0)).isFalse();
        assertThat(unconfirmed.knows(new PacketFacts(2, true), "bell", PRESSED, 0)).isFalse();
    }

    @Test
    void a_repeat_of_something_else_is_another_message() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", OTHER, 0)).isFalse();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "door", PRESSED, 0)).isFalse();
    }

    @Test
    void nothing_is_known_when_the_broker_has_forgotten() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        unconfirmed.clear();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED, 0)).isFalse();
    }
}
