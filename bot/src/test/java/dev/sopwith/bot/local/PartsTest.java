package dev.sopwith.bot.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A long text goes over the wire in parts, and is the same text at the other end. */
class PartsTest {
    private static List<String> parts(byte[] bytes, int chunk) {
        var parts = new ArrayList<String>();
        try (var out = new Parts(parts::add)) {
            for (int at = 0; at < bytes.length; at += chunk) {
                out.write(bytes, at, Math.min(chunk, bytes.length - at));
            }
        }
        return parts;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 1_000_000})
    void no_character_is_cut_in_two(int chunk) {
        var text = "aé€😀\n".repeat(20_000);
        var parts = parts(text.getBytes(StandardCharsets.UTF_8), chunk);

        assertThat(String.join("", parts)).isEqualTo(text);
        assertThat(parts).hasSizeGreaterThan(1).allMatch(it -> it.length() <= Parts.PART_MAX);
        assertThat(parts).noneMatch(it -> Character.isHighSurrogate(it.charAt(it.length() - 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096})
    void what_is_no_text_is_marked(int chunk) {
        var bytes = "before \u00ff after".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(String.join("", parts(bytes, chunk))).isEqualTo("before \ufffd after");
        assertThat(String.join("", parts(new byte[] {'a', (byte) 0xe2, (byte) 0x82}, chunk)))
                .isEqualTo("a\ufffd");
        assertThat(parts(new byte[0], chunk)).isEmpty();
    }
}
