package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class UnconfirmedTest {
    private static final byte[] PRESSED = "pressed".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "other".getBytes(StandardCharsets.UTF_8);

    private final Unconfirmed unconfirmed = new Unconfirmed();

    @Test
    void a_repeat_of_what_was_taken_in_is_known_once() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED)).isTrue();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED)).isFalse();
    }

    @Test
    void equal_content_alone_is_another_message() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, false), "bell", PRESSED)).isFalse();
        assertThat(unconfirmed.knows(new PacketFacts(2, true), "bell", PRESSED)).isFalse();
    }

    @Test
    void a_repeat_of_something_else_is_another_message() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", OTHER)).isFalse();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "door", PRESSED)).isFalse();
    }

    @Test
    void nothing_is_known_when_the_broker_has_forgotten() {
        unconfirmed.add(new PacketFacts(1, false), "bell", PRESSED);
        unconfirmed.clear();
        assertThat(unconfirmed.knows(new PacketFacts(1, true), "bell", PRESSED)).isFalse();
    }
}
