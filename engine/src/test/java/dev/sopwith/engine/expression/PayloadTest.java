package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.stream.IntStream;

final class PayloadTest {

    @Test
    void a_payload_keeps_its_text() {
        assertThat(Payload.of(" {}\n").text()).isEqualTo(" {}\n");
        assertThat(Payload.of("")).isEqualTo(Payload.NONE);
        assertThat(Payload.of(" \t").isBlank()).isTrue();
        assertThat(Payload.of("x").isBlank()).isFalse();
    }

    @Test
    void the_text_is_read_as_json_once_for_all_who_ask() {
        var payload = Payload.of("{\"a\":1}");
        var answers = IntStream.range(0, 1_000).parallel().mapToObj(_ -> payload.json()).toList();
        assertThat(answers).allMatch(answer -> answer == answers.getFirst());
    }

    @Test
    void what_it_says_does_not_get_into_logs() {
        assertThat(Payload.of("secret")).hasToString("payload of 6 characters");
    }
}
