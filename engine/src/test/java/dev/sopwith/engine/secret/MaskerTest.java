package dev.sopwith.engine.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class MaskerTest {
    private static final String PASSWORD = "päss/w+rd \"x\"\\😀";

    @Test
    void a_secret_is_replaced_wherever_it_stands() {
        assertThat(masker("hunter22").mask("a hunter22 b hunter22")).isEqualTo("a *** b ***");
    }

    @Test
    void two_that_touch_are_one_mask() {
        assertThat(masker("hunter22").mask("<hunter22hunter22>")).isEqualTo("<***>");
    }

    @Test
    void shorter_than_six_characters_is_not_hidden() {
        assertThat(masker("abcde").mask("abcde")).isEqualTo("abcde");
        assertThat(masker("äöüäöü").mask("<äöüäöü>")).isEqualTo("<***>");
    }

    @Test
    void every_line_of_a_longer_one_is_hidden() {
        assertThat(masker("first line\r\nx\nsecond line\n").mask("> second line\n> first line\n"))
                .isEqualTo("> ***\n> ***\n");
    }

    @Test
    void one_inside_another_hides_the_longer_one() {
        assertThat(masker("inside", "all inside of it").mask("<all inside of it> <inside>"))
                .isEqualTo("<***> <***>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p%C3%A4ss%2Fw%2Brd%20%22x%22%5C%F0%9F%98%80",
                "p%c3%a4ss/w%2brd+%22x%22%5c%f0%9f%98%80",
                "p\\u00e4ss\\/w+rd \\\"x\\\"\\\\\\ud83d\\ude00",
                "p\\u00E4ss/w+rd \\u0022x\\u0022\\u005C\\uD83D\\uDE00"
            })
    void it_does_not_matter_what_an_encoder_escapes(String escaped) {
        assertThat(masker(PASSWORD).mask("<" + escaped + ">")).isEqualTo("<***>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc"})
    void base64_is_hidden_wherever_the_secret_stands_in_it(String before) {
        var plain = (before + "correct horse battery" + before).getBytes(StandardCharsets.UTF_8);
        var masker = masker("correct horse battery");
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            assertThat(masker.mask(encoder.encodeToString(plain)))
                    .contains("***")
                    .doesNotContain("cnJlY3QgaG9yc2", "29ycmVjdCBob3Jz", "b3JyZWN0IGhvcnNl");
        }
    }

    @Test
    void base64_in_lines_is_hidden() {
        var secret = "0123456789".repeat(20);
        var lines = Base64.getMimeEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        assertThat(masker(secret).mask(lines)).matches("\\*{3}.{0,4}");
    }

    @Test
    void what_nearly_is_a_secret_stays_whole() {
        var text = "hunter2 hunterhunter2 %68unter %6 \\u00 \\ud83d\\u hunter2";
        assertThat(masker("hunter22").mask(text)).isEqualTo(text);
    }

    @Test
    void bytes_that_are_no_text_stay_whole() {
        var bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (i * 31 + i / 256);
        assertThat(masker("hunter22").mask(bytes)).isEqualTo(bytes);
    }

    @Test
    void tokens_are_hidden_though_nobody_named_them() {
        assertThat(masker().mask("token ghp_0123456789abcdefghij0123456789abcdef end"))
                .isEqualTo("token ghp_…*** end");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_secret_survives_any_chunking_and_encoding(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var secret = randomSecret(random);
        var masker = masker(secret, randomSecret(random));
        var plain = new StringBuilder();
        var expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            var filler = "·" + "x%\\+=\n".charAt(random.nextInt(6)) + "·";
            plain.append(filler).append(encoded(secret, random));
            expected.append(filler).append("***");
        }
        plain.append('·');
        expected.append('·');
        assertThat(inChunks(masker, plain.toString(), random))
                .as("seed %d", seed)
                .isEqualTo(expected.toString());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_base64_of_a_secret_survives_any_chunking(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var secret = randomSecret(random);
        var plain = "#".repeat(random.nextInt(4)) + secret + "#".repeat(random.nextInt(4));
        var bytes = plain.getBytes(StandardCharsets.UTF_8);
        var encoder = random.nextBoolean() ? Base64.getEncoder() : Base64.getUrlEncoder();
        var text = encoder.encodeToString(bytes);
        var masked = inChunks(masker(secret), "<" + text + ">", random);
        // What is left are the characters that also hold bits of a neighbour, and the neighbours.
        assertThat(masked.replace("***", ""))
                .as("seed %d", seed)
                .hasSizeLessThanOrEqualTo(2 + 4 + 8 + 4);
        assertThat(masked).contains("***");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_token_survives_any_chunking(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var line = "-".repeat(random.nextInt(40_000)) + "\n";
        var token = "ghp_" + "a1B2".repeat(9 + random.nextInt(20));
        var key =
                "-----BEGIN RSA PRIVATE KEY-----\n"
                        + "MIIsecret\n".repeat(random.nextInt(20_000))
                        + "-----END RSA PRIVATE KEY-----";
        var masked = inChunks(masker(), line + token + " " + line + key + " end", random);
        assertThat(masked)
                .as("seed %d", seed)
                .isEqualTo(line + "ghp_…*** " + line + "----…*** end");
    }

    @Test
    void a_token_longer_than_any_piece_is_hidden_whole() {
        var token = "syt_" + "a".repeat(200_000);
        assertThat(masker().mask("<" + token + "> end")).isEqualTo("<syt_…***> end");
    }

    @Test
    void a_key_without_end_hides_the_rest() {
        var key = "-----BEGIN PRIVATE KEY-----\n" + "MIIsecret\n".repeat(20_000);
        assertThat(masker().mask("a\n" + key)).isEqualTo("a\n----…***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "%", "\\", "\\u", "%6", "ab", "\\ud83d", "-----BEGIN ", "a."})
    void hostile_text_takes_linear_time(String part) {
        var masker = masker("a".repeat(3_000), "a".repeat(2_999) + "b", "%".repeat(50));
        var text = part.repeat(2_000_000 / part.length()).getBytes(StandardCharsets.UTF_8);
        org.junit.jupiter.api.Assertions.assertTimeout(
                Duration.ofSeconds(20), () -> masker.mask(text));
    }

    @Test
    void a_masker_shows_no_secret_of_its_own() {
        assertThat(masker("hunter22")).hasToString("masker");
        assertThat(Secret.of("hunter22")).hasToString("***");
    }

    private static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static Masker masker(String... secrets) {
        return Masker.of(Arrays.stream(secrets).map(Secret::of).toList());
    }

    /** Not only characters that occur in Base64, so that no filler looks like a part of it. */
    private static String randomSecret(SplittableRandom random) {
        var alphabet = "abcXYZ019 +/%&=\"\\\n\t!'()~_-äß€😀".codePoints().toArray();
        var secret = new StringBuilder();
        int length = 6 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 40);
        for (int i = 0; i < length; i++) {
            secret.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return "s" + secret + "s"; // no blanks at the ends
    }

    private static String encoded(String secret, SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> secret;
            case 1 -> URLEncoder.encode(secret, StandardCharsets.UTF_8);
            case 2 -> percent(secret, random, secret.contains("%"));
            case 3 -> json(secret, random);
            default -> URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
        };
    }

    private static String percent(String secret, SplittableRandom random, boolean all) {
        var text = new StringBuilder();
        for (byte b : secret.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = !all && b > ' ' && b != '+' && random.nextBoolean();
            if (plain) text.append((char) b);
            else text.append(String.format(random.nextBoolean() ? "%%%02X" : "%%%02x", b & 0xff));
        }
        return text.toString();
    }

    private static String json(String secret, SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = 0; i < secret.length(); i++) {
            char c = secret.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '/' -> text.append(random.nextBoolean() ? "/" : "\\/");
                default -> {
                    // Both halves of a pair in the same way, as encoders do it.
                    boolean escape = c > '~' || random.nextInt(4) == 0;
                    text.append(escape ? String.format("\\u%04x", (int) c) : "" + c);
                }
            }
        }
        return text.toString();
    }

    private static String inChunks(Masker masker, String text, SplittableRandom random)
            throws IOException {
        var masked = new ByteArrayOutputStream();
        var rest = text.getBytes(StandardCharsets.UTF_8);
        int chunkMax = List.of(1, 3, 50, 40_000).get(random.nextInt(4));
        try (OutputStream stream = masker.stream(masked)) {
            for (var chunk : chunks(rest, chunkMax, random)) {
                stream.write(chunk);
                if (random.nextInt(4) == 0) stream.flush();
            }
        }
        return masked.toString(StandardCharsets.UTF_8);
    }

    private static List<byte[]> chunks(byte[] all, int max, SplittableRandom random) {
        var chunks = new ArrayList<byte[]>();
        for (int at = 0; at < all.length; ) {
            int end = Math.min(all.length, at + 1 + random.nextInt(max));
            chunks.add(Arrays.copyOfRange(all, at, end));
            at = end;
        }
        return chunks;
    }
}
