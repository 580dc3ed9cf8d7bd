package dev.sopwith.engine.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.sopwith.engine.secret.TokenScan.Finding;
import dev.sopwith.engine.secret.TokenScan.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Tokens are put together at run time: no file of this project holds one, not even a false one. */
class TokenScanTest {
    private record Sample(Kind kind, String token) {}

    private static final String KEY_BODY =
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ==\n";

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample(Kind.MATRIX_TOKEN, "syt_" + "b3Bz_" + letters(20) + "_2aB3cD"),
                new Sample(Kind.MATRIX_TOKEN, "syt_" + "c29wLWJvdA_" + letters(20) + "_0zZ9yY"),
                new Sample(Kind.MATRIX_TOKEN, "syr_" + "b3Bz_" + letters(20) + "_2aB3cD"),
                new Sample(Kind.MATRIX_TOKEN, "mat_" + letters(30) + "_a1B2c3"),
                new Sample(Kind.MATRIX_TOKEN, "mct_" + letters(30) + "_a1B2c3"),
                new Sample(Kind.DISCORD_TOKEN, discord("792715454196088842")),
                new Sample(Kind.DISCORD_TOKEN, discord("1234567890123456789")),
                new Sample(Kind.DISCORD_TOKEN, discord("80351110224678912")),
                new Sample(Kind.GITHUB_TOKEN, "ghp_" + letters(36)),
                new Sample(Kind.GITHUB_TOKEN, "gho_" + letters(36)),
                new Sample(Kind.GITHUB_TOKEN, "ghu_" + letters(36)),
                new Sample(Kind.GITHUB_TOKEN, "ghs_" + letters(36)),
                new Sample(Kind.GITHUB_TOKEN, "ghr_" + letters(76)),
                new Sample(Kind.GITHUB_TOKEN, "github_pat_" + letters(22) + "_" + letters(59)),
                new Sample(Kind.GITLAB_TOKEN, "glpat-" + "x-" + letters(18)),
                new Sample(Kind.GITLAB_TOKEN, "glpat-" + letters(27) + ".01.0w1a2b3c4"),
                new Sample(Kind.SLACK_TOKEN, "xoxb-" + "123456789012-" + letters(24)),
                new Sample(Kind.SLACK_TOKEN, "xoxp-" + "1-2-3-" + letters(32)),
                new Sample(Kind.SLACK_TOKEN, "xoxo-" + "523423-234243-234233-e039d02840a0b9379c"),
                new Sample(Kind.AWS_ACCESS_KEY, "AKIA" + "IOSFODNN7EXAMPLE"),
                new Sample(Kind.AWS_ACCESS_KEY, "ASIA" + "IOSFODNN7EXAMPLE"),
                new Sample(Kind.PRIVATE_KEY, pem("PRIVATE KEY")),
                new Sample(Kind.PRIVATE_KEY, pem("RSA PRIVATE KEY")),
                new Sample(Kind.PRIVATE_KEY, pem("EC PRIVATE KEY")),
                new Sample(Kind.PRIVATE_KEY, pem("OPENSSH PRIVATE KEY")),
                new Sample(Kind.PRIVATE_KEY, pem("ENCRYPTED PRIVATE KEY")),
                new Sample(Kind.PRIVATE_KEY, pem("PGP PRIVATE KEY BLOCK")));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_token_is_found_where_it_stands(Sample sample) {
        int length = sample.token.length();
        for (var before :
                List.of("", " ", "token=", "\"", "ü: '", "https://bot:", "[", "x/", "-H "))
            for (var after : List.of("", " ", "\"", "'", ",", ";", ")", "@host", "]", "\t", "\r"))
                assertThat(TokenScan.scan("one\ntwo\n" + before + sample.token + after + "\nend"))
                        .as(before + "…" + after)
                        .containsExactly(new Finding(sample.kind, 3, before.length() + 1, length));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_token_is_found_in_escaped_text(Sample sample) {
        assertThat(TokenScan.scan("{\"log\": \"first\\n" + sample.token + "\\nlast\"}"))
                .containsExactly(new Finding(sample.kind, 1, 17, sample.token.length()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_mask_keeps_four_characters(Sample sample) {
        var four = sample.token.substring(0, 4);
        assertThat(TokenScan.mask("export T=" + sample.token + " # and " + sample.token))
                .isEqualTo("export T=" + four + "…*** # and " + four + "…***");
        assertThat(TokenScan.mask(TokenScan.mask(sample.token))).isEqualTo(four + "…***");
    }

    @Test
    void several_tokens_are_found_in_order() {
        var text =
                "a: %s,%s\n\nb: %s\n%s\nc: %s"
                        .formatted(
                                "ghp_" + letters(36),
                                "AKIA" + "IOSFODNN7EXAMPLE",
                                "glpat-" + letters(20),
                                pem("PRIVATE KEY"),
                                "xoxb-" + letters(20));
        assertThat(TokenScan.scan(text))
                .extracting(Finding::kind, Finding::line, Finding::column)
                .containsExactly(
                        tuple(Kind.GITHUB_TOKEN, 1, 4),
                        tuple(Kind.AWS_ACCESS_KEY, 1, 45),
                        tuple(Kind.GITLAB_TOKEN, 3, 4),
                        tuple(Kind.PRIVATE_KEY, 4, 1),
                        tuple(Kind.SLACK_TOKEN, 8, 4));
    }

    @Test
    void a_private_key_without_its_end_is_masked_to_the_last_character() {
        var begun = "key: " + pem("PRIVATE KEY").substring(0, 60);
        assertThat(TokenScan.mask(begun)).isEqualTo("key: ----…***");
        assertThat(TokenScan.mask(pem("PRIVATE KEY").replace("\n", "\\n"))).isEqualTo("----…***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "xoxo",
                "hugs, xoxo-forever-and-a-day",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6",
                "123e4567-e89b-12d3-a456-426614174000",
                "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN RSA PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE REQUEST-----",
                "-----BEGIN PGP PUBLIC KEY BLOCK-----",
                "-----END PRIVATE KEY-----",
                "the line -----BEGIN ... PRIVATE KEY----- begins a key",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4Vd0m6Q6wJ0v8Ew0kq1K ops@example.org",
                "ghp_xxx",
                "ghp_<your token>",
                "write github_pat_... into GITHUB_TOKEN",
                "glpat-",
                "format_abcdefghijklmnopqrstuvwxyzabcd_string",
                "mat_multiply_by_a_very_long_vector_name",
                "syt_",
                "system_table_of_contents",
                "AKIA",
                "AKIATHISISNOTAKEY",
                "MALAKIAIOSFODNN7EXAMPLES",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
                "Mozilla.5.0",
                "NetworkManager-dispatcher.service.d.override-that-is-really-quite-long",
                "org.eclipse.paho.client.mqttv3.persist.MqttDefaultFilePersistence",
                "@alice:example.org !abcdefghijklmnopqr:example.org $143273582443PhrSn:example.org",
                "MATRIX_ACCESS_TOKEN DISCORD_BOT_TOKEN /run/secrets/github_pat",
                "https://discord.com/channels/81384788765712384/381870553235193857",
            })
    void what_only_resembles_a_token_is_left_alone(String text) {
        assertThat(TokenScan.scan(text)).isEmpty();
        assertThat(TokenScan.mask(text)).isEqualTo(text);
    }

    @Test
    void pictures_and_certificates_in_base64_are_left_alone() {
        var random = new SplittableRandom(7);
        for (int i = 0; i < 100; i++) {
            var bytes = new byte[6000];
            random.nextBytes(bytes);
            var png = new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
            System.arraycopy(png, 0, bytes, 0, png.length);
            assertThat(TokenScan.scan(Base64.getEncoder().encodeToString(bytes))).isEmpty();
            assertThat(TokenScan.scan(Base64.getMimeEncoder().encodeToString(bytes))).isEmpty();
            assertThat(TokenScan.scan(Base64.getUrlEncoder().encodeToString(bytes))).isEmpty();
            assertThat(TokenScan.scan(bytes)).isEmpty();
        }
    }

    @Test
    void bytes_that_are_no_utf_8_hide_nothing() {
        var token = "ghp_" + letters(36);
        var content = ("\u00ff\u00fe\n\u00e9 " + token).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(TokenScan.scan(content))
                .containsExactly(new Finding(Kind.GITHUB_TOKEN, 2, 3, token.length()));
    }

    @Test
    void a_finding_does_not_hold_the_token() {
        var token = "ghp_" + letters(36);
        assertThat(TokenScan.scan(token))
                .hasToString("[Finding[kind=GITHUB_TOKEN, line=1, column=1, length=40]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "syt_",
                "a",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN ",
                "M",
                "Mabc.",
                "xoxb-",
                "\n",
                "glpat-",
                "A A ",
                "ghp_a"
            })
    void time_grows_with_the_length_and_no_faster(String piece) {
        var text = piece.repeat(1 + 300_000 / piece.length());
        long start = System.nanoTime();
        TokenScan.scan(text);
        assertThat(TokenScan.mask(text).length()).isLessThanOrEqualTo(text.length() + 10);
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void every_kind_has_a_sample_and_a_label(Kind kind) {
        assertThat(samples().map(Sample::kind)).contains(kind);
        assertThat(kind.label()).matches("[a-z ]+");
    }

    private static String letters(int count) {
        return "aB3dEfGhIjKlMnOpQrStUvWxYz".repeat(4).replace("3", "c").substring(0, count);
    }

    private static String discord(String id) {
        var first =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(id.getBytes(StandardCharsets.US_ASCII));
        return first + ".X-hvzA." + letters(27);
    }

    private static String pem(String what) {
        return "-----BEGIN " + what + "-----\n" + KEY_BODY + "-----END " + what + "-----";
    }
}
